"""What the ledger holds about a reader: the mailings they were in, and what became of each copy."""

from __future__ import annotations

from delivery.models import Chunk, Recipient
from delivery.states import ChunkState, Exclusion, Outcome, Withdrawal
from subscribers.holdings import Held, moment
from subscribers.models import Reader


def mailings_of(reader: Reader) -> list[Held]:
    """The mailings whose audience a reader was or would have been in, the latest first.

    In three queries, however many mailings there are.
    """
    recipients = list(
        Recipient.objects.filter(subscription__reader=reader)
        .select_related("mailing__edition__publication")
        .defer("mailing__edition__html", "mailing__edition__text", "mailing__edition__content")
        .prefetch_related("events")
        .order_by("-mailing__frozen_at", "-pk")
    )
    chunks = Chunk.objects.filter(mailing__in={row.mailing_id for row in recipients})
    states = {
        (mailing, number): ChunkState(state).label
        for mailing, number, state in chunks.values_list("mailing_id", "number", "state")
    }
    return [
        {
            "publication": row.mailing.edition.publication.name,
            "subject": row.mailing.edition.subject,
            "at": moment(row.mailing.frozen_at),
            "your_copy": fate_of(row) or states.get((row.mailing_id, row.chunk_number or 0), ""),
            "reported": [
                {"at": moment(event.at), "what": event.kind, "reason": event.reason}
                for event in row.events.all()
            ],
        }
        for row in recipients
    ]


def fate_of(row: Recipient) -> str:
    """What is said of this copy and not of all in its chunk; empty if nothing is."""
    if row.exclusion:
        return f"none was made: {Exclusion(row.exclusion).label}"
    if row.withdrawal:
        return f"not sent: {Withdrawal(row.withdrawal).label}"
    return Outcome(row.outcome).label if row.outcome else ""
