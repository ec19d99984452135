"""The counts: they say what is there, and notice when it does not add up."""

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delivery.counting import Counts, answers, counts, outcomes
from delivery.freezing import start_alert_mailing
from delivery.ledger import count_again
from delivery.models import Chunk, Recipient
from delivery.states import ChunkState, Exclusion, Outcome, Withdrawal
from subscribers.models import Reader, Suppression
from subscribers.suppressing import suppress
from tests.delivery.fates import agree, fates

BALANCED = {
    "candidates": 1030,
    "excluded": {Exclusion.SUPPRESSED: 10, Exclusion.UNCONFIRMED: 20},
    "frozen": 1000,
    "accepted": 500,
    "rejected": 200,
    "withdrawn": 150,
    "in_doubt": 100,
    "pending": 50,
}


def test_counts_in_which_everybody_is_in_one_place_balance():
    assert Counts(**BALANCED).balanced


@pytest.mark.parametrize("field", [name for name in BALANCED if name != "excluded"])
def test_one_reader_too_many_anywhere_is_noticed(field):
    assert not Counts(**BALANCED | {field: BALANCED[field] + 1}).balanced


def test_the_sentence_says_everything_that_is_not_nought():
    assert Counts(**BALANCED).sentence() == (
        "1,030 candidates, 30 excluded (10 suppressed, 20 not confirmed), 500 accepted, "
        "200 rejected, 150 withdrawn, 100 in doubt, 50 pending"
    )


@pytest.fixture
def mailing(alerts, alert, readers, subscribe, pigeon):
    """Four readers in each of six chunks, one of which is in each state; three are excluded."""
    readers(24)
    subscribe(alerts, "left@example.org", state="ended")
    subscribe(alerts, "waits@example.org", state="pending")
    subscribe(alerts, "bounced@example.org")
    suppress("bounced@example.org", Suppression.Reason.BOUNCED)
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=4))
    for number, state in enumerate(ChunkState, start=1):
        put_in(mailing, number, state)
    return mailing


def put_in(mailing, number, state):
    """A chunk as if it had come into a state; as a new row, since not every step is one."""
    chunk = mailing.chunks.get(number=number)
    chunk.delete()
    now = timezone.now()
    Chunk.objects.create(
        mailing=mailing,
        number=number,
        size=chunk.size,
        state=state,
        worker="w",
        lease_until=now,
        left_at=now,
        answer=f"It is {state}.",
    )


def count_all_again(mailing):
    for chunk in mailing.chunks.all():
        count_again(chunk)


@pytest.mark.django_db
def test_a_mailing_with_every_state_at_once_is_counted_as_its_rows_say(mailing):
    reached = counts(mailing)
    assert reached.sentence() == (
        "27 candidates, 3 excluded (1 suppressed, 1 unsubscribed, 1 not confirmed), 4 accepted, "
        "4 rejected, 4 withdrawn, 4 in doubt, 8 pending"
    )
    assert agree(mailing, reached)


@pytest.mark.django_db
def test_who_is_proved_to_have_a_copy_is_accepted_whatever_their_chunk_is(mailing):
    for number in range(1, 7):
        first, second, *_ = mailing.recipients.filter(chunk_number=number).order_by("pk")
        Recipient.objects.filter(pk=first.pk).update(outcome=Outcome.DELIVERED)
        # One who left, and has a copy from a call before that.
        Recipient.objects.filter(pk=second.pk).update(
            outcome=Outcome.BOUNCED, withdrawal=Withdrawal.SUPPRESSED
        )
    count_all_again(mailing)
    reached = counts(mailing)
    assert (reached.accepted, reached.rejected, reached.withdrawn) == (4 + 2 * 5, 2, 2)
    assert (reached.in_doubt, reached.pending) == (2, 4)
    assert agree(mailing, reached)
    assert outcomes(mailing) == {Outcome.DELIVERED: 6, Outcome.BOUNCED: 6}


@pytest.mark.django_db
def test_erased_readers_stay_in_the_counts_without_anything_by_which_they_are_known(mailing):
    before = counts(mailing)
    Reader.objects.all().delete()
    assert not mailing.recipients.filter(subscription__isnull=False).exists()
    assert counts(mailing) == before
    assert agree(mailing, counts(mailing))
    assert not any("@" in str(known_by) for known_by in fates(mailing))


SAID = st.tuples(st.sampled_from(Outcome.values), st.sampled_from(Withdrawal.values))


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(said=st.lists(SAID, min_size=24, max_size=24))
def test_counts_and_rows_agree_whatever_is_said_of_anybody(mailing, said):
    people = list(mailing.recipients.filter(chunk_number__isnull=False).order_by("pk"))
    for person, (outcome, withdrawal) in zip(people, said, strict=True):
        person.outcome, person.withdrawal = outcome, withdrawal
    Recipient.objects.bulk_update(people, ["outcome", "withdrawal"])
    count_all_again(mailing)
    assert agree(mailing, counts(mailing))
    told = outcomes(mailing)
    assert sum(told.values()) == sum(outcome != "" for outcome, _ in said)
    assert list(told) == sorted(told, key=lambda outcome: outcome.weight)
    assert Outcome.NONE not in told


@pytest.mark.django_db
def test_what_was_said_is_told_of_one_mailing_and_of_nobody_of_whom_nothing_was(
    mailing, alerts, make_alert_note, pigeon
):
    other = start_alert_mailing(alerts, make_alert_note(2), pigeon())
    other.recipients.filter(chunk_number=1).update(outcome=Outcome.COMPLAINED)
    assert outcomes(mailing) == {}
    assert outcomes(other) == {Outcome.COMPLAINED: 10}


@pytest.mark.django_db
def test_of_many_answers_each_is_told_once_and_three_at_most(mailing):
    for number in range(7, 13):
        Chunk.objects.create(
            mailing=mailing, number=number, size=1, state="rejected", answer=f"No {number // 2}."
        )
    assert answers(mailing, ChunkState.REJECTED) == ["It is rejected.", "No 3.", "No 4."]
    assert answers(mailing, ChunkState.IN_DOUBT) == ["It is in doubt."]
