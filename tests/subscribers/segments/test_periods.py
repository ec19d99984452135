"""Times in words become moments by the calendar of a zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from subscribers.segments.periods import (
    Before,
    In,
    InTheLast,
    Since,
    Span,
    This,
    day_in,
    period_in,
)
from tests.subscribers.segments.strategies import days, periods, spans

KOLKATA = ZoneInfo("Asia/Kolkata")
NOW = datetime(2024, 3, 31, 2, 30, tzinfo=KOLKATA)


def at(*parts):
    return datetime(*parts, tzinfo=KOLKATA)


@pytest.mark.parametrize(
    ("period", "begins", "ends"),
    [
        (InTheLast(Span(90, "day")), NOW - timedelta(days=90), None),
        (InTheLast(Span(2, "week")), NOW - timedelta(days=14), None),
        (InTheLast(Span(1, "month")), at(2024, 2, 29, 2, 30), None),
        (InTheLast(Span(13, "month")), at(2023, 2, 28, 2, 30), None),
        (InTheLast(Span(2, "year")), at(2022, 3, 31, 2, 30), None),
        (This("month"), at(2024, 3, 1), None),
        (This("year"), at(2024, 1, 1), None),
        (Since(date(2025, 1, 1)), at(2025, 1, 1), None),
        (Before(date(2025, 1, 1)), None, at(2025, 1, 1)),
        (In(2024), at(2024, 1, 1), at(2025, 1, 1)),
        (In(2024, 6), at(2024, 6, 1), at(2024, 7, 1)),
        (In(2024, 12), at(2024, 12, 1), at(2025, 1, 1)),
    ],
)
def test_a_period_has_its_moments(period, begins, ends):
    assert period.moments(NOW) == (begins, ends)


def test_days_begin_where_the_publication_is():
    assert Since(date(2025, 1, 1)).moments(NOW)[0] == datetime(2024, 12, 31, 18, 30, tzinfo=UTC)


@given(period=periods)
def test_a_period_reads_as_it_is_written_and_never_ends_before_it_begins(period):
    assert period_in(str(period)) == period
    begins, ends = period.moments(NOW)
    assert begins is None or ends is None or begins < ends


@given(span=spans)
def test_a_span_lies_in_the_past(span):
    assert span.before(NOW) < NOW


@given(day=days)
def test_a_day_is_read_in_every_way_that_it_is_written(day):
    for written in (
        f"{day:%Y-%m-%d}",
        f"{day.day}/{day.month}/{day.year}",
        f"{day.day}.{day.month}.{day.year}",
        f"{day.day}th {day:%B} {day.year}",
        f"{day.day} {day:%b} {day.year}",
    ):
        assert day_in(written) == day
