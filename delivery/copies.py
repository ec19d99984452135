"""What one reader was mailed: which mailings they were in, and what became of their copies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, Subquery

from delivery.holdings import fate_of
from delivery.models import Chunk, Mailing, ProviderEvent, Recipient
from delivery.states import ChunkState

# So many mailings, and reports of the provider, are told; the newest.
MOST = 200


@dataclass(frozen=True, slots=True)
class Copy:
    """A reader's copy of a mailing, or why there is none."""

    mailing: Mailing
    at: datetime
    fate: str


@dataclass(frozen=True, slots=True)
class Copies:
    """The newest first; `left_out` counts the copies and reports that are too many to tell."""

    copies: list[Copy]
    events: list[ProviderEvent]
    left_out: int


def copies_of(reader_id: int) -> Copies:
    """A reader's copies and what the provider reported of them.

    Args:
        reader_id: the id of a `subscribers.models.Reader`.
    """
    own = Recipient.objects.filter(subscription__reader=reader_id)
    chunk = Chunk.objects.filter(mailing=OuterRef("mailing"), number=OuterRef("chunk_number"))
    rows = (
        own.annotate(
            chunk_state=Subquery(chunk.values("state")[:1]),
            answered_at=Subquery(chunk.values("answered_at")[:1]),
        )
        .select_related(
            "mailing__edition__publication",
            "mailing__edition__issue__volume",
            "mailing__edition__note",
        )
        .defer("mailing__edition__html", "mailing__edition__text")
    )
    events = ProviderEvent.objects.filter(recipient__in=own).annotate(
        mailing_id=F("recipient__mailing")
    )
    return Copies(
        [
            Copy(
                row.mailing,
                row.answered_at or row.mailing.frozen_at,
                fate_of(row) or ChunkState(row.chunk_state).label,
            )
            for row in rows.order_by("-mailing__frozen_at", "-pk")[:MOST]
        ],
        list(events.order_by("-at", "-pk")[:MOST]),
        max(0, own.count() - MOST) + max(0, events.count() - MOST),
    )
