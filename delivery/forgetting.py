"""Forgetting what the provider reported of copies on their way."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from delivery.models import ProviderEvent
from delivery.states import Outcome
from subscribers.batches import delete_in_batches

# A mailing to a million brings two million of these.
ON_THEIR_WAY = (Outcome.PROCESSED, Outcome.DEFERRED, Outcome.DELIVERED)


def forget_old_reports(now: datetime) -> int:
    """Delete what was reported of copies on their way, in its time; how many reports.

    Their outcomes stay with the recipients, and what went wrong stays for ever. The provider
    repeats a report for a day at most.
    """
    before = now - settings.KEEP_EVENTS
    return delete_in_batches(
        ProviderEvent.objects.filter(kind__in=ON_THEIR_WAY, received_at__lt=before)
    )
