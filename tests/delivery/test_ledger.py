"""Claiming, recording and recovering: one chunk belongs to one worker, and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delivery.claiming import NOBODY_LEFT, claim_next_chunk, depart
from delivery.counting import counts
from delivery.errors import DeliveryError
from delivery.freezing import start_alert_mailing
from delivery.ledger import (
    extend_leases,
    is_in_hand,
    is_unfinished,
    mark_finished,
    record_answer,
    recover_lost_chunks,
)
from delivery.models import Chunk, Mailing
from delivery.states import ChunkState
from delivery.transports import Barred, NotLeft, Refused, Taken, Unanswered
from subscribers.leaving import end_subscription
from subscribers.models import Reader, Subscription, Suppression
from subscribers.suppressing import suppress
from tests.delivery.fates import agree, fates

pytestmark = pytest.mark.django_db

LEASE = timedelta(minutes=1)
LOST = timedelta(seconds=-1)


def claimed_and_gone(mailing, worker, lease):
    """A chunk whose call has begun."""
    claimed = claim_next_chunk(mailing, worker, lease)
    assert depart(claimed)
    return claimed


@pytest.fixture
def mailing(alert, readers, pigeon):
    """Twenty-five readers in three chunks."""
    readers(25)
    return start_alert_mailing(*alert, pigeon(chunk_size=10))


def test_chunks_are_claimed_in_order_and_each_once(mailing):
    claims = [claim_next_chunk(mailing, f"worker {n}", LEASE) for n in range(4)]
    assert [claim.number for claim in claims[:3]] == [1, 2, 3]
    assert claims[3] is None
    assert [len(claim.recipients) for claim in claims[:3]] == [10, 10, 5]
    assert set(mailing.chunks.values_list("state", flat=True)) == {"sending"}


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Taken("abc"), "accepted"),
        (Refused("no"), "rejected"),
        (Unanswered("silence"), "in doubt"),
        (NotLeft("no route"), "pending"),
        (Barred("a wrong key"), "pending"),
    ],
)
def test_an_answer_moves_the_chunk_and_with_it_everybody_in_it(mailing, answer, state):
    claimed = claimed_and_gone(mailing, "worker", LEASE)
    assert record_answer(claimed, answer) == state
    chunk = mailing.chunks.get(number=1)
    assert chunk.state == state
    assert (chunk.provider_id, chunk.answer) in {("abc", ""), ("", getattr(answer, "reason", ""))}
    assert chunk.answered_at is not None
    assert list(fates(mailing).values()) == [state] * 10 + ["pending"] * 15
    assert agree(mailing, counts(mailing))


def test_who_leaves_between_freeze_and_claim_gets_no_copy(mailing):
    gone, bounced, erased = mailing.recipients.order_by("pk")[:3]
    end_subscription(gone.subscription_id, "a test")
    suppress(bounced.subscription.reader.address.upper(), Suppression.Reason.BOUNCED)
    erased.subscription.reader.delete()

    claimed = claimed_and_gone(mailing, "worker", LEASE)

    assert len(claimed.recipients) == 7
    assert not {gone.pk, bounced.pk, erased.pk} & {pk for pk, *_ in claimed.recipients}
    record_answer(claimed, Taken())
    withdrawn = mailing.recipients.exclude(withdrawal="").order_by("pk")
    reasons = list(withdrawn.values_list("withdrawal", flat=True))
    assert reasons == ["unsubscribed", "suppressed", "erased"]
    assert agree(mailing, counts(mailing))
    assert counts(mailing).sentence() == ("25 candidates, 7 accepted, 3 withdrawn, 15 pending")


def test_a_chunk_in_which_nobody_is_left_is_skipped_and_claims_nothing(mailing):
    for recipient in mailing.recipients.filter(chunk_number=1):
        end_subscription(recipient.subscription_id, "a test")
    assert claim_next_chunk(mailing, "worker", LEASE).number == 2
    assert claim_next_chunk(mailing, "worker", LEASE).number == 3
    assert claim_next_chunk(mailing, "worker", LEASE) is None
    emptied = mailing.chunks.get(number=1)
    assert (emptied.state, emptied.answer) == ("withdrawn", NOBODY_LEFT)
    assert (counts(mailing).withdrawn, counts(mailing).pending) == (10, 15)


def test_a_mailing_is_finished_once_nobody_is_pending(mailing):
    for recipient in mailing.recipients.filter(chunk_number=1):
        end_subscription(recipient.subscription_id, "a test")
    while claimed := claim_next_chunk(mailing, "worker", LEASE):
        depart(claimed)
        mark_finished(mailing)
        assert Mailing.objects.get(pk=mailing.pk).finished_at is None
        record_answer(claimed, Taken())
    assert not is_unfinished(mailing)
    mark_finished(mailing)
    finished_at = Mailing.objects.get(pk=mailing.pk).finished_at
    assert finished_at is not None
    mark_finished(mailing)
    assert Mailing.objects.get(pk=mailing.pk).finished_at == finished_at


def test_a_chunk_that_came_back_is_claimed_after_the_others(mailing):
    record_answer(claim_next_chunk(mailing, "worker", LEASE), NotLeft("no route"))
    assert [claim_next_chunk(mailing, "worker", LEASE).number for _ in range(3)] == [2, 3, 1]


def test_a_lost_chunk_is_in_doubt_because_its_call_may_have_left(mailing, pigeon):
    claimed_and_gone(mailing, "gone", LOST)
    kept = claim_next_chunk(mailing, "alive", LEASE)
    assert recover_lost_chunks(mailing, pigeon()) == 1
    assert recover_lost_chunks(mailing, pigeon()) == 0
    assert mailing.chunks.get(number=1).state == "in doubt"
    assert mailing.chunks.get(number=kept.number).state == "sending"
    assert (counts(mailing).in_doubt, counts(mailing).pending) == (10, 15)


def test_a_lost_chunk_whose_call_had_not_begun_is_pending_again(mailing, pigeon):
    claimed = claim_next_chunk(mailing, "gone", LOST)
    assert recover_lost_chunks(mailing, pigeon()) == 1
    assert mailing.chunks.get(number=1).state == "pending"
    assert not depart(claimed), "a worker that wakes up after its lease calls nobody"


def test_a_chunk_departs_once(mailing):
    claimed = claim_next_chunk(mailing, "worker", LEASE)
    assert depart(claimed)
    assert not depart(claimed)


def test_a_lost_chunk_is_pending_again_where_handing_over_twice_does_no_harm(mailing, pigeon):
    claimed_and_gone(mailing, "gone", LOST)
    recover_lost_chunks(mailing, pigeon(repeatable=True))
    assert mailing.chunks.get(number=1).state == "pending"
    assert counts(mailing).pending == 25


def test_a_renewed_lease_is_not_lost(mailing, pigeon):
    claim_next_chunk(mailing, "slow", LOST)
    extend_leases(mailing, ["slow"], LEASE)
    assert recover_lost_chunks(mailing, pigeon()) == 0


@pytest.mark.parametrize(
    ("late", "state"),
    [
        (Taken("abc"), "accepted"),
        (Refused("no"), "pending"),
        (NotLeft("no route"), "pending"),
        (Barred("a wrong key"), "pending"),
        (Unanswered("silence"), "in doubt"),
    ],
)
def test_a_late_answer_is_the_evidence_on_the_doubt_that_it_left(mailing, pigeon, late, state):
    claimed = claimed_and_gone(mailing, "slow", LOST)
    recover_lost_chunks(mailing, pigeon())
    assert record_answer(claimed, late) == state
    assert mailing.chunks.get(number=1).state == state


def test_a_late_answer_never_touches_a_chunk_that_somebody_else_has(mailing, pigeon):
    late = claimed_and_gone(mailing, "slow", LOST)
    recover_lost_chunks(mailing, pigeon(repeatable=True))
    for _ in range(2):
        claim_next_chunk(mailing, "other", LEASE)
    second = claimed_and_gone(mailing, "quick", LEASE)
    assert second.chunk_id == late.chunk_id
    assert record_answer(late, Refused("no")) == "sending"
    assert record_answer(second, Taken()) == "accepted"
    assert record_answer(late, Refused("no")) == "accepted"
    assert counts(mailing).accepted == 10


def test_a_doubt_that_ended_in_nothing_sent_opens_a_finished_mailing_again(mailing, pigeon):
    while claimed := claim_next_chunk(mailing, "worker", LEASE):
        depart(claimed)
        if claimed.number == 3:
            late = claimed
        else:
            record_answer(claimed, Taken())
    Chunk.objects.filter(state=ChunkState.SENDING).update(lease_until="2020-01-01T00:00Z")
    recover_lost_chunks(mailing, pigeon())
    mark_finished(mailing)
    assert Mailing.objects.get(pk=mailing.pk).finished_at is not None
    record_answer(late, NotLeft("no route"))
    assert Mailing.objects.get(pk=mailing.pk).finished_at is None


class Busy:
    """Another connection that has what an answer is to be written to, until it lets go."""

    HOLD = {"sqlite": "SELECT 1", "postgresql": "LOCK TABLE delivery_chunk"}
    IMPATIENT = {"sqlite": {"timeout": 0.001}, "postgresql": {"options": "-c lock_timeout=1"}}

    def __init__(self, monkeypatch):
        impatient = self.IMPATIENT[connection.vendor]
        options = connection.settings_dict["OPTIONS"] | impatient
        monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
        self.other = connection.copy()

    def __enter__(self):
        connection.close()
        # On SQLite every transaction here begins by taking the one lock that there is.
        self.other.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        with self.other.cursor() as cursor:
            cursor.execute(self.HOLD[connection.vendor])
        return self

    def __exit__(self, *_):
        self.other.close()
        connection.close()

    def let_go_after(self, pauses):
        """Pauses of no length; in the last of them the other connection lets go."""
        yield from [0] * (pauses - 1)
        self.other.rollback()
        yield 0


@pytest.mark.django_db(transaction=True)
def test_a_known_answer_is_not_lost_because_the_database_was_busy_for_a_moment(
    mailing, monkeypatch, caplog
):
    claimed = claimed_and_gone(mailing, "worker", LEASE)
    with Busy(monkeypatch) as busy:
        assert record_answer(claimed, Taken("abc"), busy.let_go_after(3)) == "accepted"
    assert counts(mailing).accepted == 10
    assert caplog.text.count("could not be recorded yet") == 3


@pytest.mark.django_db(transaction=True)
def test_a_database_that_stays_away_is_said_in_the_end(mailing, monkeypatch, caplog):
    claimed = claimed_and_gone(mailing, "worker", LEASE)
    with Busy(monkeypatch), pytest.raises(OperationalError):
        record_answer(claimed, Taken("abc"), [0, 0])
    assert "taken, as abc" in caplog.text, "a person can still settle it by what is known"


def test_a_mailing_is_in_hand_while_a_live_worker_has_a_chunk_of_it(mailing):
    assert not is_in_hand(mailing)
    claim_next_chunk(mailing, "gone", LOST)
    assert not is_in_hand(mailing)
    claim_next_chunk(mailing, "alive", LEASE)
    assert is_in_hand(mailing)


@pytest.mark.django_db(transaction=True)
def test_ten_workers_claim_every_chunk_once(alert, readers, pigeon):
    readers(60)
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=1))

    def work(worker):
        numbers = []
        try:
            while claimed := claim_next_chunk(mailing, f"worker {worker}", LEASE):
                numbers.append(claimed.number)
                depart(claimed)
                record_answer(claimed, Taken())
        finally:
            connection.close()
        return numbers

    with ThreadPoolExecutor(10) as pool:
        claimed = [number for numbers in pool.map(work, range(10)) for number in numbers]
    # A worker may find the last chunks locked by the others' claims, which end in their hands.
    assert sorted(claimed) == list(range(1, 61))
    assert counts(mailing).accepted == 60


ANSWERS = st.sampled_from(
    [
        *(Taken("id"), Refused("no"), Refused("one of them", divisible=True)),
        *(Unanswered("silence"), NotLeft("no route"), None),
    ]
)
MAILED = {"accepted", "rejected", "in doubt"}
READERS = st.lists(
    st.tuples(st.sampled_from(Subscription.State.values), st.booleans(), st.booleans()),
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(people=READERS, answers=st.lists(ANSWERS, max_size=8), size=st.integers(1, 5))
def test_the_counts_balance_whatever_the_readers_do_and_the_transport_says(
    alerts, alert, subscribe, pigeon, people, answers, size
):
    for model in (Mailing, Reader, Suppression):
        model.objects.all().delete()
    for place, (state, is_suppressed, _) in enumerate(people):
        subscribe(alerts, f"{place}@example.org", state=state)
        if is_suppressed:
            suppress(f"{place}@example.org", Suppression.Reason.COMPLAINED)
    if not any(state == "confirmed" and not bad for state, bad, _ in people):
        with pytest.raises(DeliveryError):
            start_alert_mailing(*alert, pigeon(chunk_size=size))
        return
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=size))
    assert counts(mailing).balanced
    for place, (_, _, leaves) in enumerate(people):
        if leaves:
            end_subscription(Subscription.objects.get(reader__key=f"{place}@example.org").pk, "")
    for answer in answers:
        claimed = claim_next_chunk(mailing, "worker", LEASE if answer else LOST)
        if claimed is not None and depart(claimed) and answer is not None:
            record_answer(claimed, answer)
        recover_lost_chunks(mailing, pigeon())
        assert agree(mailing, counts(mailing))

    ended = counts(mailing)
    assert ended.candidates == len(people)
    assert ended.frozen == sum(s == "confirmed" and not bad for s, bad, _ in people)
    left = {f"{place}@example.org" for place, (_, _, leaves) in enumerate(people) if leaves}
    mailed = {address for address, fate in fates(mailing).items() if fate in MAILED}
    assert not mailed & left
