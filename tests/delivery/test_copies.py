"""What one reader was mailed is told with what became of each copy."""

from datetime import timedelta

import pytest
from django.utils import timezone

from delivery import copies
from delivery.claiming import claim_next_chunk, depart
from delivery.copies import copies_of
from delivery.freezing import start_alert_mailing
from delivery.ledger import record_answer
from delivery.models import ProviderEvent, Recipient
from delivery.states import Exclusion, Outcome, Withdrawal
from delivery.transports import Taken
from subscribers.models import Subscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def subscription(alert, readers, pigeon):
    """The first of two readers of a mailing in two chunks, whose own has been accepted."""
    first, _ = readers(2)
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=1))
    claimed = claim_next_chunk(mailing, "a worker", timedelta(minutes=1))
    assert depart(claimed)
    record_answer(claimed, Taken())
    return first


def test_a_copy_is_told_as_its_chunk_is_and_since_when(subscription):
    (copy,) = copies_of(subscription.reader_id).copies
    chunk = copy.mailing.chunks.get(number=1)
    assert (copy.fate, copy.at) == ("accepted", chunk.answered_at)
    other = Subscription.objects.exclude(pk=subscription.pk).get()
    (waiting,) = copies_of(other.reader_id).copies
    assert (waiting.fate, waiting.at) == ("pending", waiting.mailing.frozen_at)


@pytest.mark.parametrize(
    ("said", "fate"),
    [
        ({"outcome": Outcome.BOUNCED}, Outcome.BOUNCED.label),
        ({"withdrawal": Withdrawal.SUPPRESSED}, Withdrawal.SUPPRESSED.label),
        ({"exclusion": Exclusion.PAUSED, "chunk_number": None}, Exclusion.PAUSED.label),
    ],
)
def test_what_is_said_of_one_copy_comes_before_what_is_said_of_its_chunk(subscription, said, fate):
    Recipient.objects.filter(subscription=subscription).update(**said)
    (copy,) = copies_of(subscription.reader_id).copies
    assert fate in copy.fate


def test_the_providers_reports_are_told_the_newest_first_and_the_rest_counted(
    subscription, monkeypatch
):
    monkeypatch.setattr(copies, "MOST", 2)
    recipient, now = Recipient.objects.get(subscription=subscription), timezone.now()
    for number in range(3):
        ProviderEvent.objects.create(
            provider_id=number,
            fingerprint=number,
            recipient=recipient,
            kind="deferred",
            at=now + timedelta(minutes=number),
            received_at=now,
        )
    found = copies_of(subscription.reader_id)
    assert [event.provider_id for event in found.events] == ["2", "1"]
    assert found.left_out == 1
