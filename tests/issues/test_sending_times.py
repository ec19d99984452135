"""Local times that are one moment, and those that are none."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.sending_times import NoSuchTime, check_is_meant, moment_there

ZONES = ["Asia/Kolkata", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]


@given(
    day=st.dates(date(2000, 1, 1), date(2037, 12, 31)),
    hour=st.times().map(lambda hour: hour.replace(second=0, microsecond=0)),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
def test_a_moment_reads_there_as_it_was_written(day, hour, zone):
    try:
        moment = moment_there(day, hour, zone)
    except NoSuchTime:
        return
    back = moment.astimezone(UTC).astimezone(zone)
    assert (back.date(), back.time()) == (day, hour)


@pytest.mark.parametrize(
    ("zone", "day", "hour", "said"),
    [
        ("Europe/Berlin", date(2027, 3, 28), time(2, 0), "There is no 02:00 on 28 March 2027"),
        ("Europe/Berlin", date(2027, 3, 28), time(2, 59), "the clocks go forward"),
        ("Europe/Berlin", date(2027, 10, 31), time(2, 0), "02:00 on 31 October 2027 comes twice"),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "comes twice"),
    ],
)
def test_what_a_clock_skips_or_shows_twice_is_refused(zone, day, hour, said):
    with pytest.raises(NoSuchTime, match=said):
        moment_there(day, hour, ZoneInfo(zone))


@pytest.mark.parametrize("hour", [time(1, 59), time(3, 0)])
def test_the_minutes_beside_a_gap_are_moments(hour):
    assert moment_there(date(2027, 3, 28), hour, ZoneInfo("Europe/Berlin")).time() == hour


def test_a_mistyped_year_is_noticed():
    now = datetime(2026, 1, 1, tzinfo=UTC)
    check_is_meant(now + timedelta(days=366), now)
    with pytest.raises(NoSuchTime, match="2 January 2036 is more than a year away"):
        check_is_meant(datetime(2036, 1, 2, tzinfo=UTC), now)


@pytest.mark.parametrize("year", [1, 26, 2025])
def test_a_year_long_past_does_not_mean_at_once(year):
    now = datetime(2026, 7, 5, tzinfo=UTC)
    check_is_meant(now - timedelta(days=31), now)
    with pytest.raises(NoSuchTime, match="is more than a month ago"):
        check_is_meant(moment_there(date(year, 1, 1), time(8), ZoneInfo("Asia/Kolkata")), now)
