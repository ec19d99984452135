"""Holding: nothing leaves of what is paused or cancelled, and nothing that has left is lost."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from delivery import holding
from delivery.claiming import claim_next_chunk, depart
from delivery.counting import counts
from delivery.delivering import deliver
from delivery.errors import DeliveryError
from delivery.freezing import start_alert_mailing
from delivery.ledger import mark_finished, record_answer, recover_lost_chunks, settle
from delivery.models import Chunk, Mailing, Pace
from delivery.states import ChunkState, Event
from delivery.transports import Barred, NotLeft, Refused, Taken, Unanswered
from tests.delivery.fates import agree, fates

pytestmark = pytest.mark.django_db
with_threads = pytest.mark.django_db(transaction=True)

LEASE = timedelta(minutes=1)
LOST = timedelta(seconds=-1)
AT_ONCE = (0, 0, 0)


@pytest.fixture
def mailing(alert, readers, pigeon):
    """Six readers in six chunks."""
    readers(6)
    return start_alert_mailing(*alert, pigeon(chunk_size=1))


def hand_over(mailing, *answers):
    """Have a chunk leave for each answer; with None it stays in its worker's hands."""
    for answer in answers:
        claimed = claim_next_chunk(mailing, f"worker {answer}", LEASE)
        assert depart(claimed)
        if answer is not None:
            record_answer(claimed, answer)
    return claimed


def fresh(mailing):
    return Mailing.objects.get(pk=mailing.pk)


def states(mailing):
    return list(mailing.chunks.order_by("number").values_list("state", flat=True))


# Pausing and resuming


def test_of_a_paused_mailing_nothing_is_claimed_until_it_is_resumed(mailing):
    assert holding.pause(mailing, "Ann paused it.")
    assert (fresh(mailing).pause_reason, holding.is_held(mailing)) == ("Ann paused it.", True)
    assert claim_next_chunk(mailing, "worker", LEASE) is None
    assert not holding.pause(mailing, "Ben did, too."), "the first reason stays"
    assert fresh(mailing).pause_reason == "Ann paused it."
    assert holding.resume(mailing)
    assert not holding.resume(mailing)
    assert (fresh(mailing).paused_at, fresh(mailing).pause_reason) == (None, "")
    assert claim_next_chunk(mailing, "worker", LEASE).number == 1


def test_a_chunk_that_was_claimed_before_the_pause_does_not_depart_and_comes_back(mailing):
    claimed = claim_next_chunk(mailing, "worker", LEASE)
    holding.pause(mailing, "Ann paused it.")
    assert not depart(claimed)
    assert record_answer(claimed, NotLeft("held")) == "pending"
    assert counts(mailing).pending == 6
    holding.resume(mailing)
    assert [hand_over(mailing, Taken()).number for _ in range(6)] == [2, 3, 4, 5, 6, 1]


def test_what_had_departed_before_the_pause_is_recorded_as_it_went(mailing):
    departed = hand_over(mailing, None)
    holding.pause(mailing, "Ann paused it.")
    assert record_answer(departed, Taken("abc")) == "accepted"
    assert counts(mailing).sentence() == "6 candidates, 1 accepted, 5 pending"


@with_threads
def test_a_mailing_that_is_paused_in_the_middle_ends_its_calls_in_flight_and_begins_no_other(
    mailing, pigeon
):
    both = threading.Barrier(2)

    def answer(_):
        both.wait(timeout=30)
        holding.pause(mailing, "Ann paused it.")
        return Taken()

    transport = pigeon(answer=answer)
    ended = deliver(mailing, transport, threads=2)
    assert ended.sentence() == "6 candidates, 2 accepted, 4 pending"
    assert len(transport.calls) == 2
    assert fresh(mailing).finished_at is None
    again = pigeon()
    assert deliver(mailing, again, threads=2) == ended
    assert again.calls == []
    holding.resume(mailing)
    assert deliver(mailing, again, threads=2).accepted == 6
    assert fresh(mailing).finished_at is not None


@with_threads
def test_who_pauses_between_claim_and_call_is_in_time(mailing, pigeon, monkeypatch):
    from delivery import delivering

    def pause_first(claimed):
        holding.pause(mailing, "Ann paused it.")
        return depart(claimed)

    monkeypatch.setattr(delivering, "depart", pause_first)
    transport = pigeon()
    assert deliver(mailing, transport, threads=1, pauses=AT_ONCE).pending == 6
    assert transport.calls == []
    assert set(states(mailing)) == {"pending"}


# The breaker


@pytest.mark.parametrize("answer", [Unanswered("No answer came."), Refused("The sender is wrong.")])
def test_so_many_doubts_or_refusals_in_a_row_pause_the_mailing_and_say_why(mailing, answer):
    Pace.objects.update(breaker_after=3)
    hand_over(mailing, answer, answer)
    assert not holding.is_held(mailing)
    hand_over(mailing, answer)
    assert fresh(mailing).pause_reason == (
        "3 chunks in a row were refused or got no answer. The last time: " + answer.reason
    )
    assert claim_next_chunk(mailing, "worker", LEASE) is None
    assert counts(mailing).pending == 3


def test_one_that_was_taken_in_between_begins_the_count_anew(mailing):
    Pace.objects.update(breaker_after=3)
    hand_over(mailing, Unanswered("silence"), Refused("no"), Taken(), Refused("no"), Refused("no"))
    assert not holding.is_held(mailing)
    hand_over(mailing, Unanswered("silence"))
    assert holding.is_held(mailing)


def test_after_a_resumption_the_count_begins_anew(mailing):
    Pace.objects.update(breaker_after=2)
    hand_over(mailing, Refused("no"), Refused("no"))
    assert holding.resume(mailing)
    hand_over(mailing, Refused("no"))
    assert not holding.is_held(mailing)
    hand_over(mailing, Refused("no"))
    assert holding.is_held(mailing)


def test_that_single_addresses_are_refused_pauses_nothing(mailing):
    Pace.objects.update(breaker_after=1)
    for _ in range(3):
        claimed = hand_over(mailing, None)
        (recipient,) = claimed.recipients
        record_answer(claimed, Refused("No such address.", blamed=frozenset({recipient[0]})))
    hand_over(mailing, NotLeft("no route"))
    assert not holding.is_held(mailing)
    assert counts(mailing).rejected == 3


def test_a_doubt_that_a_lost_worker_left_counts_as_well(mailing, pigeon):
    Pace.objects.update(breaker_after=1)
    claim_next_chunk(mailing, "gone before its call", LOST)
    recover_lost_chunks(mailing, pigeon())
    assert not holding.is_held(mailing)
    claimed = claim_next_chunk(mailing, "gone", LOST)
    depart(claimed)
    recover_lost_chunks(mailing, pigeon())
    assert fresh(mailing).pause_reason.startswith("1 chunk was refused or got no answer.")


def test_a_silence_after_which_reports_prove_that_it_was_taken_is_no_doubt(mailing):
    Pace.objects.update(breaker_after=2)
    hand_over(mailing, Unanswered("silence"))
    claimed = hand_over(mailing, None)
    mailing.recipients.filter(chunk_number=claimed.number).update(outcome="delivered")
    assert record_answer(claimed, Unanswered("silence")) == "accepted"
    hand_over(mailing, Unanswered("silence"))
    assert not holding.is_held(mailing)


def test_what_bars_the_mailing_pauses_it_with_its_own_sentence_and_loses_nothing(mailing):
    hand_over(mailing, Barred("Check that the key has the right Mail Send."))
    assert fresh(mailing).pause_reason == "Check that the key has the right Mail Send."
    assert states(mailing) == ["pending"] * 6
    assert claim_next_chunk(mailing, "worker", LEASE) is None


@with_threads
def test_a_wrong_key_is_tried_once_and_the_right_one_mails_everybody(mailing, pigeon):
    transport = pigeon(answer=lambda _: Barred("The key is wrong."))
    assert deliver(mailing, transport, threads=1).pending == 6
    assert len(transport.calls) == 1
    holding.resume(mailing)
    assert deliver(mailing, pigeon(), threads=1).accepted == 6


# Cancelling


def test_cancelling_withdraws_what_has_not_left_and_nothing_else(mailing):
    hand_over(mailing, Taken(), Refused("no"), Unanswered("silence"))
    assert holding.cancel(mailing, "Ann")
    assert states(mailing) == ["accepted", "rejected", "in doubt", *["withdrawn"] * 3]
    withdrawn = mailing.chunks.filter(state="withdrawn").values_list("answer", flat=True)
    assert set(withdrawn) == {"The mailing was cancelled by Ann."}
    assert agree(mailing, counts(mailing))
    assert claim_next_chunk(mailing, "worker", LEASE) is None
    mark_finished(mailing)
    assert fresh(mailing).finished_at is not None


def test_a_doubt_that_turns_out_to_have_come_to_nothing_after_that_is_withdrawn(mailing):
    hand_over(mailing, Taken(), Unanswered("silence"), Unanswered("silence"))
    holding.cancel(mailing, "Ann")
    mark_finished(mailing)
    finished_at = fresh(mailing).finished_at
    for number, event in ((2, Event.DISPROVED), (3, Event.PROVED)):
        with transaction.atomic():
            settle(Chunk.objects.select_for_update().get(number=number), event, "The logs say so.")
    assert states(mailing) == ["accepted", "withdrawn", "accepted", *["withdrawn"] * 3]
    assert fresh(mailing).finished_at == finished_at
    assert agree(mailing, counts(mailing))


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Taken(), "accepted"),
        (Refused("no"), "rejected"),
        (Unanswered("silence"), "in doubt"),
        (NotLeft("no route", wait=5), "withdrawn"),
        (Barred("a wrong key"), "withdrawn"),
    ],
)
def test_what_was_in_a_workers_hands_ends_as_it_went_and_is_withdrawn_if_it_came_back(
    mailing, answer, state
):
    claimed = hand_over(mailing, None)
    holding.cancel(mailing, "Ann")
    assert states(mailing) == ["sending", *["withdrawn"] * 5]
    mark_finished(mailing)
    assert fresh(mailing).finished_at is None, "somebody may get it still"
    assert record_answer(claimed, answer) == state
    mark_finished(mailing)
    assert fresh(mailing).finished_at is not None
    assert agree(mailing, counts(mailing))


@pytest.mark.parametrize(
    ("blamed", "ended"),
    [(frozenset(), ["withdrawn", "withdrawn"]), ({0}, ["withdrawn", "rejected"])],
)
def test_what_would_have_been_divided_leaves_nothing_pending_in_a_cancelled_mailing(
    alert, readers, pigeon, blamed, ended
):
    readers(4)
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=4))
    claimed = hand_over(mailing, None)
    holding.cancel(mailing, "Ann")
    ids = [pk for pk, *_ in claimed.recipients]
    refusal = Refused("One of them.", blamed=frozenset(ids[n] for n in blamed), divisible=True)
    assert record_answer(claimed, refusal) == "withdrawn"
    assert states(mailing) == ended
    mark_finished(mailing)
    assert fresh(mailing).finished_at is not None
    assert agree(mailing, counts(mailing))


def test_a_lost_chunk_of_a_cancelled_mailing_is_withdrawn_if_it_had_not_left(mailing, pigeon):
    claim_next_chunk(mailing, "gone", LOST)
    depart(claim_next_chunk(mailing, "gone in the middle", LOST))
    holding.cancel(mailing, "Ann")
    recover_lost_chunks(mailing, pigeon())
    assert states(mailing) == ["withdrawn", "in doubt", *["withdrawn"] * 4]


def test_who_is_proved_to_have_a_copy_keeps_it_in_the_counts(alert, readers, pigeon):
    readers(4)
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=4))
    claimed = hand_over(mailing, Unanswered("silence"))
    mailing.recipients.filter(pk=claimed.recipients[0][0]).update(outcome="delivered")
    mailing.chunks.update(proved=1)
    holding.cancel(mailing, "Ann")
    with transaction.atomic():
        settle(Chunk.objects.select_for_update().get(), Event.DISPROVED, "Ann says so.")
    assert counts(mailing).sentence() == "4 candidates, 1 accepted, 3 withdrawn"
    assert agree(mailing, counts(mailing))


@with_threads
def test_a_mailing_that_is_cancelled_in_the_middle_is_finished_afterwards(mailing, pigeon):
    answers = iter([Taken(), NotLeft("no route")])

    def answer(addressees):
        said = next(answers)
        if isinstance(said, NotLeft):
            holding.cancel(mailing, "Ann")
        return said

    transport = pigeon(answer=answer)
    ended = deliver(mailing, transport, threads=1, pauses=AT_ONCE)
    assert ended.sentence() == "6 candidates, 1 accepted, 5 withdrawn"
    assert len(transport.calls) == 2
    assert fresh(mailing).finished_at is not None


@with_threads
def test_a_cancellation_that_was_cut_short_is_done_to_its_end_by_the_next_run(mailing, pigeon):
    # As if the machine had died between the two steps.
    Mailing.objects.update(cancelled_at=timezone.now(), cancelled_by="Ann")
    transport = pigeon()
    assert deliver(mailing, transport, threads=1).withdrawn == 6
    assert transport.calls == []
    assert fresh(mailing).finished_at is not None


def test_cancelling_is_for_ever(mailing):
    holding.pause(mailing, "Ben paused it.")
    assert holding.cancel(mailing, "Ann")
    cancelled = fresh(mailing)
    assert (cancelled.paused_at, cancelled.cancelled_by) == (None, "Ann")
    assert not holding.cancel(mailing, "Ben")
    assert not holding.pause(mailing, "Ben paused it.")
    with pytest.raises(DeliveryError, match="is cancelled, and stays so"):
        holding.resume(mailing)
    assert (fresh(mailing).cancelled_at, fresh(mailing).cancelled_by) == (
        cancelled.cancelled_at,
        "Ann",
    )
    assert holding.is_held(mailing)
    assert set(fates(mailing).values()) == {"withdrawn"}


@with_threads
def test_a_mailing_that_is_cancelled_by_two_at_once_has_one_name(mailing):
    names, together = [], threading.Barrier(4)

    def cancel(name):
        try:
            together.wait(timeout=30)
            if holding.cancel(mailing, name):
                names.append(name)
        finally:
            connection.close()

    people = [threading.Thread(target=cancel, args=[name]) for name in ("Ann", "Ben", "Cem", "Di")]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert names == [fresh(mailing).cancelled_by]
    assert set(states(mailing)) == {ChunkState.WITHDRAWN}
