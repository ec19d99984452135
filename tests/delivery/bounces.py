"""Mailings of which the provider has said what became of each copy."""

from datetime import timedelta

from django.utils import timezone

from delivery.models import Chunk, Mailing, ProviderEvent, Recipient
from delivery.states import ChunkState, Outcome
from issues.models import Edition

NOW = timezone.now()
KINDS = {Outcome.BLOCKED: "blocked", Outcome.BOUNCED: "bounce"}


def mailed(publication, note, outcomes, *, days_ago=1, said=""):
    """A mailing to some subscriptions, each with what became of its copy.

    Args:
        note: what was mailed.
        outcomes: by subscription.
        days_ago: when it left.
        said: the words of the server that turned a copy away.
    """
    edition = Edition.objects.create(
        publication=publication,
        note=note,
        subject="An alert",
        html="",
        text="",
        sha256="0" * 64,
        content={},
    )
    mailing = Mailing.objects.create(edition=edition, transport="sendgrid", chunk_size=1000)
    moment = NOW - timedelta(days=days_ago)
    Mailing.objects.filter(pk=mailing.pk).update(frozen_at=moment, finished_at=moment)
    mailing.refresh_from_db()
    if outcomes:
        Chunk.objects.create(
            mailing=mailing,
            number=1,
            size=len(outcomes),
            state=ChunkState.ACCEPTED,
            left_at=moment,
        )
    recipients = Recipient.objects.bulk_create(
        Recipient(mailing=mailing, subscription=one, chunk_number=1, outcome=outcome)
        for one, outcome in outcomes.items()
    )
    ProviderEvent.objects.bulk_create(
        ProviderEvent(
            provider_id=f"event {one.pk}",
            fingerprint=f"event {one.pk}",
            recipient=one,
            kind=KINDS[one.outcome],
            at=moment,
            reason=said,
            received_at=moment,
        )
        for one in recipients
        if one.outcome in KINDS
    )
    return mailing
