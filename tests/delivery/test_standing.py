"""One word for how a mailing stands; of several that fit, the one that matters most now."""

from datetime import timedelta

import pytest
from django.utils import timezone

from delivery import holding, intervening
from delivery.claiming import claim_next_chunk, depart
from delivery.counting import counts
from delivery.delivering import PATIENCE
from delivery.describing import groups_of, sum_of
from delivery.errors import DeliveryError
from delivery.freezing import start_alert_mailing
from delivery.ledger import record_answer
from delivery.models import Chunk, Mailing, Pace
from delivery.pace import pace_of
from delivery.standing import State, is_resting, standing, waits
from delivery.states import ChunkState
from delivery.transports import NotLeft, Refused, Taken, Unanswered

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def mailing(alert, readers, pigeon):
    """Three readers in three chunks."""
    readers(3)
    return start_alert_mailing(*alert, pigeon(chunk_size=1))


def answer(mailing, *answers):
    for one in answers:
        claimed = claim_next_chunk(mailing, "a worker", MINUTE)
        assert depart(claimed)
        record_answer(claimed, one)


def state_of(mailing, ago=timedelta(0)):
    """The state at a moment that is so long after now."""
    fresh = Mailing.objects.get(pk=mailing.pk)
    return standing(fresh, counts(fresh), timezone.now() + ago).state


def wait_for(mailing, pause):
    pace = pace_of(mailing.edition.publication)
    until = timezone.now() + pause
    Pace.objects.filter(pk=pace.pk).update(next_at=until, next_reason="the provider wants it")


def test_what_no_worker_is_at_is_pending(mailing):
    assert state_of(mailing) == State.PENDING
    answer(mailing, NotLeft("It is away."))
    assert state_of(mailing) == State.PENDING


def test_what_a_worker_has_in_its_hands_is_being_sent_and_so_is_it_between_two_chunks(mailing):
    claimed = claim_next_chunk(mailing, "a worker", MINUTE)
    assert state_of(mailing) == State.SENDING
    assert depart(claimed)
    record_answer(claimed, Taken())
    assert state_of(mailing) == State.SENDING
    assert state_of(mailing, ago=MINUTE) == State.PENDING


def test_what_is_left_to_a_person_is_in_doubt_before_it_is_rejected_before_it_is_finished(mailing):
    answer(mailing, Taken(), Refused("No."), Unanswered("No answer."))
    assert state_of(mailing) == State.IN_DOUBT
    Chunk.objects.filter(state=ChunkState.IN_DOUBT).update(state=ChunkState.ACCEPTED)
    assert state_of(mailing) == State.REJECTED
    Chunk.objects.filter(state=ChunkState.REJECTED).update(state=ChunkState.PENDING)
    answer(mailing, Taken())
    assert state_of(mailing) == State.FINISHED


def test_a_pause_counts_for_more_than_a_worker_and_a_cancellation_for_more_than_a_pause(mailing):
    claim_next_chunk(mailing, "a worker", MINUTE)
    holding.pause(mailing, "A reason")
    assert state_of(mailing) == State.PAUSED
    holding.cancel(mailing, "Ann")
    assert state_of(mailing) == State.CANCELLED


def test_only_a_wait_that_no_run_waits_for_makes_a_mailing_wait(mailing):
    wait_for(mailing, PATIENCE - MINUTE)
    assert state_of(mailing) == State.SENDING
    assert not is_resting(mailing, timezone.now())
    wait_for(mailing, PATIENCE + MINUTE)
    assert state_of(mailing) == State.WAITING
    assert is_resting(mailing, timezone.now())


def test_a_run_that_has_waited_gets_a_moment_to_go_on(mailing):
    wait_for(mailing, MINUTE)
    now = timezone.now()
    assert waits(mailing, now, MINUTE)
    assert waits(mailing, now + 1.5 * MINUTE, MINUTE)
    assert not waits(mailing, now + 2.5 * MINUTE, MINUTE)


def test_a_pause_of_what_has_nothing_left_is_no_state_but_holds_what_comes_back(mailing):
    answer(mailing, Taken(), Taken(), Unanswered("No answer."))
    holding.pause(mailing, "Too many doubts.")
    assert state_of(mailing) == State.IN_DOUBT
    Chunk.objects.filter(state=ChunkState.IN_DOUBT).update(state=ChunkState.PENDING)
    assert state_of(mailing) == State.PAUSED


def test_a_cancellation_counts_those_who_will_not_get_it(mailing):
    answer(mailing, Taken())
    done = intervening.cancel(mailing, "Ann")
    assert done.sentence == f"Mailing {mailing.pk} is cancelled: 2 readers will not get it."
    mailing.refresh_from_db()
    assert mailing.finished_at is not None


@pytest.mark.parametrize("verb", ["pause", "cancel"])
def test_what_is_over_can_neither_be_paused_nor_cancelled(mailing, verb):
    answer(mailing, Taken(), Taken(), Taken())
    with pytest.raises(DeliveryError, match="has nothing left to send"):
        getattr(intervening, verb)(mailing, "Ann")
    mailing.refresh_from_db()
    assert (mailing.paused_at, mailing.cancelled_at) == (None, None)


def test_every_total_is_the_sum_of_what_stands_above_it(mailing):
    answer(mailing, Taken(), Unanswered("No answer."))
    running = 0
    for row in sum_of(counts(mailing)):
        if row.total:
            assert row.readers == running
        else:
            running += row.readers
    assert running == 3


def test_chunks_are_grouped_by_their_state_with_what_was_said(mailing):
    answer(mailing, Taken(), Unanswered("No answer."))
    assert [(one.state, one.chunks, one.readers, one.answers) for one in groups_of(mailing)] == [
        (ChunkState.PENDING, 1, 1, ()),
        (ChunkState.ACCEPTED, 1, 1, ()),
        (ChunkState.IN_DOUBT, 1, 1, ("No answer.",)),
    ]


def test_accepted_chunks_have_all_their_readers_though_some_were_proved(alert, readers, pigeon):
    readers(3)
    mailing = start_alert_mailing(*alert, pigeon())
    mailing.chunks.update(state="sending", worker="w", lease_until=timezone.now())
    mailing.chunks.update(state="accepted", left_at=timezone.now(), proved=2)
    (group,) = groups_of(mailing)
    assert (group.chunks, group.readers) == (1, 3)
