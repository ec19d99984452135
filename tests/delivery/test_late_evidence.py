"""What becomes known during a call, or only after something else was decided, is not lost."""

from datetime import timedelta

import pytest

from delivery import holding
from delivery.claiming import claim_next_chunk, depart
from delivery.counting import counts
from delivery.delivering import deliver
from delivery.freezing import start_alert_mailing
from delivery.ledger import record_answer, recover_lost_chunks
from delivery.messages import addressees_of, message_of
from delivery.models import Mailing, Recipient
from delivery.settling import Decision, settle_by_person
from delivery.transports import NotLeft, Refused, Taken
from tests.delivery.fates import agree, fates

pytestmark = pytest.mark.django_db

LEASE = timedelta(minutes=1)
LOST = timedelta(seconds=-1)


@pytest.fixture
def mailing(alert, readers, pigeon):
    """Twenty-five readers in three chunks."""
    readers(25)
    return start_alert_mailing(*alert, pigeon(chunk_size=10))


@pytest.fixture
def sent_again(mailing, pigeon):
    """A worker's chunk that was taken for lost, and that a person has sent again."""
    claimed = claim_next_chunk(mailing, "slow", LOST)
    assert depart(claimed)
    recover_lost_chunks(mailing, pigeon())
    settle_by_person(mailing.chunks.get(number=1), Decision.RESEND, "A. Person", at_once=True)
    return claimed


def test_who_has_a_copy_by_a_late_yes_gets_no_other_though_a_person_wanted_it(
    mailing, sent_again, pigeon
):
    assert record_answer(sent_again, Taken("late")) == "pending"
    assert counts(mailing).accepted == 10
    again = pigeon(chunk_size=10)
    assert deliver_the_rest(mailing, again).accepted == 25
    assert not set(again.taken) & {pk for pk, *_ in sent_again.recipients}


def test_a_late_yes_counts_in_a_mailing_that_was_cancelled_meanwhile(mailing, sent_again):
    holding.cancel(mailing, "An Editor")
    record_answer(sent_again, Taken("late"))
    reached = counts(mailing)
    assert (reached.accepted, reached.withdrawn) == (10, 15)
    assert agree(mailing, reached)


def test_a_late_yes_settles_the_doubt_of_a_second_call(mailing, sent_again, pigeon):
    for _ in range(2):
        claim_next_chunk(mailing, "other", LEASE)
    second = claim_next_chunk(mailing, "quick", LOST)
    assert depart(second)
    recover_lost_chunks(mailing, pigeon())
    assert record_answer(sent_again, Taken("late")) == "accepted"
    assert agree(mailing, counts(mailing))


def test_a_refusal_about_somebody_proved_meanwhile_loses_nobody_else(mailing):
    claimed = claim_next_chunk(mailing, "worker", LEASE)
    assert depart(claimed)
    proved = claimed.recipients[0][0]
    Recipient.objects.filter(pk=proved).update(outcome="delivered")
    assert record_answer(claimed, Refused("bad address", frozenset({proved}))) == "pending"
    assert mailing.chunks.count() == 3
    assert set(list(fates(mailing).values())[1:10]) == {"pending"}
    assert agree(mailing, counts(mailing))


def test_a_refusal_of_whom_all_were_proved_meanwhile_leaves_nothing_to_decide(mailing):
    claimed = claim_next_chunk(mailing, "worker", LEASE)
    assert depart(claimed)
    Recipient.objects.filter(pk__in=[pk for pk, *_ in claimed.recipients]).update(
        outcome="delivered"
    )
    record_answer(claimed, Refused("no"))
    assert not mailing.chunks.filter(state="rejected").exists()
    assert counts(mailing).accepted == 10
    assert agree(mailing, counts(mailing))


def test_a_refusal_that_names_strangers_is_about_all(mailing):
    claimed = claim_next_chunk(mailing, "worker", LEASE)
    assert depart(claimed)
    assert record_answer(claimed, Refused("no", frozenset({-1}))) == "rejected"


def test_a_worker_that_dies_in_many_calls_is_one_doubt_in_a_row(alert, readers, pigeon):
    readers(60)
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=5))
    for number in range(8):
        assert depart(claim_next_chunk(mailing, f"dead:{number}", LOST))
    assert recover_lost_chunks(mailing, pigeon()) == 8
    mailing = Mailing.objects.get(pk=mailing.pk)
    assert (mailing.in_a_row, mailing.paused_at) == (1, None)


@pytest.mark.django_db(transaction=True)
def test_a_transport_that_puts_off_for_ever_holds_no_run_for_ever(mailing, pigeon):
    transport = pigeon(answer=lambda _: NotLeft("too many requests", wait=0.01))
    ended = deliver(mailing, transport, threads=1, pauses=(0, 0))
    assert ended.pending == 25
    assert len(transport.calls) <= 6


def deliver_the_rest(mailing, transport):
    """Without threads, so that it can be done in the test's own transaction."""
    while claimed := claim_next_chunk(mailing, "rest", LEASE):
        assert depart(claimed)
        record_answer(claimed, transport.hand_over(message_of(mailing), addressees_of(claimed)))
    return counts(mailing)
