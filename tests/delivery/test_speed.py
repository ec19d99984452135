"""How fast a mailing goes, from its chunks alone."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from delivery.counting import counts
from delivery.freezing import start_alert_mailing
from delivery.models import Chunk, Pace
from delivery.pace import pace_of
from delivery.speed import MOST_BARS, course_of, divided, speed, told
from delivery.standing import standing
from delivery.transports import Taken, Unanswered
from tests.delivery.test_events import send

pytestmark = pytest.mark.django_db

BEGUN = datetime(2025, 6, 29, 2, 30, tzinfo=UTC)


@pytest.fixture
def mailing(alert, readers, pigeon):
    """Twelve readers; six chunks of two, of which three have left a minute apart, accepted."""
    readers(12)
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=2))
    send(mailing, Taken(), Taken(), Taken())
    for number in (1, 2, 3):
        left = BEGUN + timedelta(minutes=number - 1)
        Chunk.objects.filter(number=number).update(
            left_at=left, answered_at=left + timedelta(seconds=2)
        )
    return mailing


def seen(mailing, now):
    reached = counts(mailing)
    return speed(mailing, reached, standing(mailing, reached, now), now)


def test_what_was_accepted_lately_and_on_average(mailing):
    now = BEGUN + timedelta(minutes=3)
    found = seen(mailing, now)
    assert (found.last_minute, found.average) == (2, 2)
    assert found.sentence == "2 accepted in the last minute; 2 a minute on average."


def test_while_it_goes_on_the_end_is_told(mailing):
    Chunk.objects.filter(number=4).update(
        state="sending", worker="w", lease_until=datetime(2100, 1, 1, tzinfo=UTC)
    )
    now = BEGUN + timedelta(minutes=2, seconds=30)
    found = seen(mailing, now)
    assert found.done_at == now + timedelta(minutes=3)
    assert told(found, mailing).endswith(
        "If it goes on like this, it is done on Sunday, 29 June 2025, 08:05 (Asia/Kolkata)."
    )


def test_of_an_end_nothing_is_said_where_nobody_is_at_it_or_nights_are_quiet(mailing, alerts):
    now = BEGUN + timedelta(minutes=2, seconds=30)
    assert seen(mailing, now).done_at is None
    Chunk.objects.filter(number=4).update(
        state="sending", worker="w", lease_until=datetime(2100, 1, 1, tzinfo=UTC)
    )
    pace_of(alerts)
    Pace.objects.update(quiet_from=time(22), quiet_until=time(6))
    assert seen(mailing, now).done_at is None


def test_before_enough_was_seen_no_rate_is_told(alert, readers, pigeon):
    readers(4)
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=2))
    assert seen(mailing, BEGUN).sentence == "0 accepted in the last minute."
    send(mailing, Taken())
    Chunk.objects.filter(number=1).update(left_at=BEGUN, answered_at=BEGUN)
    assert seen(mailing, BEGUN + timedelta(seconds=1)).average is None


def test_its_course_has_every_accepted_copy_once_and_no_gap(mailing):
    assert [(one.begins, one.copies) for one in course_of(mailing).stretches] == [
        (BEGUN + timedelta(minutes=minute), 2) for minute in range(3)
    ]
    Chunk.objects.filter(number=2).update(left_at=BEGUN + timedelta(minutes=44))
    course = course_of(mailing)
    assert course.minutes == 2
    assert sum(one.copies for one in course.stretches) == counts(mailing).accepted
    assert len(course.stretches) == 23


def test_a_copy_that_is_proved_counts_when_its_call_was_begun(mailing):
    send(mailing, Unanswered("silence"))
    one = mailing.recipients.filter(chunk_number=4)[0]
    type(one).objects.filter(pk=one.pk).update(outcome="delivered")
    Chunk.objects.filter(number=4).update(proved=1, left_at=BEGUN + timedelta(minutes=3))
    course = course_of(mailing)
    assert course.stretches[-1].copies == 1
    assert sum(one.copies for one in course.stretches) == counts(mailing).accepted == 7


def test_nothing_accepted_has_no_course(alert, readers, pigeon):
    readers(1)
    assert course_of(start_alert_mailing(*alert, pigeon())).stretches == ()


@given(st.dictionaries(st.integers(0, 20_000), st.integers(1, 10**6), min_size=1, max_size=50))
def test_a_course_loses_nothing_and_fits_a_chart(minutes):
    known = sorted((BEGUN + timedelta(minutes=at), copies) for at, copies in minutes.items())
    course = divided(known)
    assert sum(one.copies for one in course.stretches) == sum(minutes.values())
    assert 1 <= len(course.stretches) <= MOST_BARS
    steps = {
        later.begins - one.begins
        for one, later in zip(course.stretches, course.stretches[1:], strict=False)
    }
    assert steps <= {timedelta(minutes=course.minutes)}


def test_many_chunks_take_as_few_questions_as_one(mailing):
    with CaptureQueriesContext(connection) as asked:
        seen(mailing, BEGUN)
        course_of(mailing)
    assert not any("delivery_recipient" in one["sql"] and "SUM" in one["sql"] for one in asked)
