"""The pace: what leaves leaves in time, never in the quiet hours, never faster than it may."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from delivery import delivering
from delivery.claiming import claim_next_chunk, depart
from delivery.delivering import deliver
from delivery.freezing import start_alert_mailing
from delivery.ledger import record_answer
from delivery.models import Chunk, Mailing, Pace
from delivery.pace import (
    Wait,
    end_of_quiet_time,
    hold_back,
    limits_chunks_to,
    pace_of,
    sentence,
    take_turn,
    wait_of,
)
from delivery.transports import NotLeft, Taken
from subscribers.leaving import end_subscription

LEASE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
NOON = datetime(2025, 6, 29, 12, tzinfo=UTC)
in_a_database = pytest.mark.django_db
with_threads = pytest.mark.django_db(transaction=True)


# Quiet hours

# The clocks of the second are put back at midnight, those of the third by half an hour.
ZONES = ["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Asia/Kolkata"]
CHANGES = [
    *(datetime(2025, 3, 30, 1, tzinfo=UTC), datetime(2025, 10, 26, 1, tzinfo=UTC)),
    *(datetime(2025, 4, 6, 3, tzinfo=UTC), datetime(2025, 9, 7, 4, tzinfo=UTC)),
    *(datetime(2025, 4, 5, 15, tzinfo=UTC), datetime(2025, 10, 4, 15, 30, tzinfo=UTC)),
]
MOMENTS = st.one_of(
    st.builds(lambda days: NOON + days, st.timedeltas(timedelta(0), timedelta(days=500))),
    st.builds(
        lambda change, hours: change + hours,
        st.sampled_from(CHANGES),
        st.timedeltas(-26 * HOUR, 3 * HOUR),
    ),
)
# Round times are those that people choose, and where the clocks change.
TIMES = st.one_of(st.times(), st.builds(time, st.integers(0, 23), st.sampled_from([0, 30])))


def since_midnight(at):
    return timedelta(
        hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond
    )


def from_to(first, then):
    """How long it is from one time of the day to the next time that it is another."""
    return (since_midnight(then) - since_midnight(first)) % timedelta(days=1)


@settings(max_examples=200, deadline=None)
@given(moment=MOMENTS, name=st.sampled_from(ZONES), begins=TIMES, ends=TIMES)
def test_a_quiet_time_ends_at_a_real_moment_that_is_still_to_come(moment, name, begins, ends):
    # Else a clock that is put forward could leave out the only time that is not quiet.
    assume(from_to(ends, begins) > HOUR)
    zone = ZoneInfo(name)
    local = moment.astimezone(zone)

    def is_quiet(at):
        return from_to(begins, at.time()) < from_to(begins, ends)

    end = end_of_quiet_time(local, begins, ends)
    assert (end is not None) == is_quiet(local)
    if end is None:
        return
    there = end.astimezone(UTC)
    assert there > moment
    assert there.astimezone(zone).replace(tzinfo=None) == end.replace(tzinfo=None), "no such time"
    assert not is_quiet(end)
    expected = moment + from_to(local.time(), ends)
    unchanged = (moment - HOUR).astimezone(zone).utcoffset() == (there + HOUR).astimezone(
        zone
    ).utcoffset()
    assert abs(there - expected) <= (timedelta(0) if unchanged else 2 * HOUR)


def test_a_quiet_time_that_the_clock_shows_twice_ends_with_the_second():
    berlin = ZoneInfo("Europe/Berlin")
    second = datetime(2025, 10, 26, 2, 10, tzinfo=berlin, fold=1)
    end = end_of_quiet_time(second, time(22), time(2, 30))
    assert end is not None
    assert end.astimezone(UTC) == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)


@in_a_database
@pytest.mark.parametrize(
    ("zone", "at", "until"),
    [
        ("Asia/Kolkata", datetime(2025, 6, 29, 16, 29, 59, tzinfo=UTC), None),
        ("Asia/Kolkata", datetime(2025, 6, 29, 16, 30, tzinfo=UTC), (30, 0, 30)),
        ("Asia/Kolkata", datetime(2025, 6, 30, 0, 29, 59, tzinfo=UTC), (30, 0, 30)),
        ("Asia/Kolkata", datetime(2025, 6, 30, 0, 30, tzinfo=UTC), None),
        ("America/New_York", datetime(2025, 6, 29, 16, 30, tzinfo=UTC), None),
        ("America/New_York", datetime(2025, 6, 30, 2, 0, tzinfo=UTC), (30, 10, 0)),
    ],
)
def test_quiet_hours_are_those_of_the_publications_own_zone(alerts, zone, at, until):
    alerts.time_zone = zone
    alerts.save()
    pace = Pace(publication=alerts, quiet_from=time(22), quiet_until=time(6))
    wait = wait_of(pace, at)
    if until is None:
        assert wait is None
        return
    day, hour, minute = until
    assert wait is not None
    assert wait.until.astimezone(UTC) == datetime(2025, 6, day, hour, minute, tzinfo=UTC)
    assert sentence(wait, pace) == (
        f"waits until Monday, 30 June 2025, 06:00 ({zone}): "
        f"nothing leaves between 22:00 and 06:00 ({zone})"
    )


# A rate


@pytest.mark.parametrize(
    ("per_minute", "first_day", "size"),
    [(None, None, 1000), (60, None, 60), (None, 50, 50), (60, 50, 50), (5000, 2000, 1000)],
)
def test_a_chunk_is_no_more_than_a_minutes_or_a_first_days_share(per_minute, first_day, size):
    assert limits_chunks_to(Pace(per_minute=per_minute, ramp_up_first_day=first_day), 1000) == size


@in_a_database
def test_an_audience_is_frozen_in_chunks_that_the_pace_lets_leave(alerts, alert, readers, pigeon):
    readers(25)
    pace_of(alerts)
    Pace.objects.update(per_minute=7)
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=10))
    assert mailing.chunk_size == 7
    assert list(mailing.chunks.values_list("size", flat=True)) == [7, 7, 7, 4]


@in_a_database
def test_after_a_chunk_the_next_one_waits_as_long_as_the_chunk_takes(
    alerts, alert, readers, pigeon
):
    readers(40)
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=20))
    gone, *_ = mailing.recipients.filter(chunk_number=1)
    end_subscription(gone.subscription_id, "a test")
    Pace.objects.update(per_minute=60)

    claimed = claim_next_chunk(mailing, "one", LEASE)
    wait = claim_next_chunk(mailing, "another", LEASE)

    claimed_at = Chunk.objects.get(pk=claimed.chunk_id).lease_until - LEASE
    assert isinstance(wait, Wait)
    # Nineteen copies leave, at one a second.
    assert wait == Wait(claimed_at + timedelta(seconds=19), "at most 60 recipients a minute")
    Pace.objects.update(next_at=timezone.now())
    assert claim_next_chunk(mailing, "another", LEASE).number == 2


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    per_minute=st.integers(1, 10_000),
    turns=st.lists(st.tuples(st.integers(1, 1000), st.floats(0, 90)), min_size=2, max_size=30),
)
@in_a_database
def test_in_no_stretch_of_time_more_leaves_than_the_rate_and_one_chunk(alerts, per_minute, turns):
    own = pace_of(alerts)
    Pace.objects.update(per_minute=per_minute, next_at=None)
    now, left = NOON, []
    # Two workers that want a chunk at any time, and know of each other by the database alone.
    for copies, seconds in turns:
        now += timedelta(seconds=seconds)
        seen = Pace.objects.get(pk=own.pk)
        wait = wait_of(seen, now, copies)
        if wait is not None and copies % 2:
            # One of the two comes again when it was told to.
            now = wait.until
            seen = Pace.objects.get(pk=own.pk)
            wait = wait_of(seen, now, copies)
            assert wait is None
        if wait is None:
            take_turn(seen, now, copies)
            left.append((now, copies))
    assert left
    for first, (begun, _) in enumerate(left):
        for place in range(first, len(left)):
            minutes = (left[place][0] - begun) / timedelta(minutes=1)
            before_the_last = sum(copies for _, copies in left[first:place])
            # A microsecond is the least that is kept.
            assert before_the_last <= per_minute * (minutes + place / 60e6) + 1e-6


@with_threads
def test_two_workers_keep_to_the_rate_together(alert, readers, pigeon, monkeypatch):
    monkeypatch.setattr(delivering, "TICK", 0.001)
    readers(40)
    claimed_at = []

    def answer(addressees):
        chunk = Chunk.objects.get(number=addressees[0].chunk_number)
        claimed_at.append(chunk.lease_until)
        return Taken()

    transport = pigeon(answer=answer)
    mailing = start_alert_mailing(*alert, transport)
    # A chunk of ten takes 20 ms.
    Pace.objects.update(per_minute=30_000)
    assert deliver(mailing, transport, threads=2).accepted == 40
    claimed_at.sort()
    for one, next_one in pairwise(claimed_at):
        assert next_one - one >= timedelta(milliseconds=20)


@with_threads
def test_another_connection_knows_what_has_to_be_waited_for(alert, readers, pigeon):
    readers(20)
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=10))
    Pace.objects.update(per_minute=10)

    def claim():
        try:
            return claim_next_chunk(mailing, "elsewhere", LEASE)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(claim).result().number == 1
    assert isinstance(claim_next_chunk(Mailing.objects.get(), "here", LEASE), Wait)


@in_a_database
def test_what_the_former_rate_made_wait_does_not_wait_under_another(alerts, alert, readers, pigeon):
    readers(20)
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=10))
    pace = pace_of(alerts)
    pace.per_minute = 1
    pace.save()
    record_answer(claim_next_chunk(mailing, "worker", LEASE), NotLeft("no route"))
    # Read before the chunk was claimed, and written after it.
    pace.breaker_after = 9
    pace.save()
    assert isinstance(claim_next_chunk(mailing, "worker", LEASE), Wait), "the rate is the same"
    pace.per_minute = 1000
    pace.save()
    assert claim_next_chunk(mailing, "worker", LEASE).number == 2


# What the transport asks for


@in_a_database
def test_what_the_transport_wants_holds_for_all_mailings_of_the_publication(
    alerts, twtw, make_alert_note, readers, pigeon
):
    readers(20)
    readers(10, publication=twtw, first=100)
    one, other = (
        start_alert_mailing(alerts, make_alert_note(number), pigeon(chunk_size=10))
        for number in (1, 2)
    )
    pace_of(twtw)
    before = timezone.now()
    claimed = claim_next_chunk(one, "worker", LEASE)
    assert depart(claimed)
    assert record_answer(claimed, NotLeft("SendGrid answered 429.", wait=90)) == "pending"
    for mailing in (one, other):
        wait = claim_next_chunk(mailing, "worker", LEASE)
        assert isinstance(wait, Wait)
        assert wait.reason == "SendGrid answered 429."
        assert before + timedelta(seconds=90) <= wait.until
        assert wait.until <= timezone.now() + timedelta(seconds=90)
    assert Pace.objects.get(publication=twtw).next_at is None


@in_a_database
def test_a_longer_wait_is_never_made_shorter(alerts, alert, readers, pigeon):
    readers(1)
    mailing = start_alert_mailing(*alert, pigeon())
    hold_back(mailing.pk, 3600, "an hour")
    longer = pace_of(alerts).next_at
    hold_back(mailing.pk, 60, "a minute")
    assert (pace_of(alerts).next_at, pace_of(alerts).next_reason) == (longer, "an hour")
    hold_back(mailing.pk, 7200, "two hours")
    assert pace_of(alerts).next_at > longer
