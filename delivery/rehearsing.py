"""Rehearsing: the provider checks every copy of an issue as it is now, and nothing is mailed.

Nothing is frozen or written down: a rehearsal can be held at any time, with any readers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from delivery.claiming import Claimed, ClaimedRecipient
from delivery.messages import addressees_of, rehearsed
from delivery.transports import Refused, Taken, Transport
from issues.models import Publication
from rendering.content import Rendering
from subscribers.models import Subscription, Suppression


@dataclass
class Rehearsal:
    """How a rehearsal went: copies that would be taken or refused, and why it stopped, if so.

    `reasons` are the provider's words, each once.
    """

    readers: int
    fine: int = 0
    refused: int = 0
    reasons: list[str] = field(default_factory=list)
    stopped: str = ""

    @property
    def sentence(self) -> str:
        """`SendGrid would take 998 of 1,000 copies; nothing was mailed.`"""
        copies = f"{self.fine:,} of {self.readers:,} {'copy' if self.readers == 1 else 'copies'}"
        return f"SendGrid would take {copies}; nothing was mailed."


def rehearse(
    publication: Publication,
    rendering: Rendering,
    transport: Transport,
    on_progress: Callable[[float], None] | None = None,
) -> Rehearsal:
    """Have every copy checked that would leave if these words were mailed now.

    Args:
        transport: one that mails nothing (`delivery.transports.opening.open_sandbox`).
        on_progress: called after each call with how much is done, 0 to 1.

    Raises:
        DeliveryError: if the words can't leave as they are.
    """
    message = rehearsed(publication, rendering, timezone.now())
    suppressed = Suppression.objects.filter(key=OuterRef("reader__key"))
    readers = Subscription.objects.filter(
        ~Exists(suppressed), publication=publication, state=Subscription.State.CONFIRMED
    ).order_by("pk")
    rehearsal = Rehearsal(readers.count())
    for number, chunk in enumerate(_chunks(readers, transport.chunk_size), start=1):
        answer = transport.hand_over(
            message, addressees_of(Claimed(0, 0, number, "rehearsal", chunk))
        )
        if isinstance(answer, Taken):
            rehearsal.fine += len(chunk)
        elif isinstance(answer, Refused):
            refused = len(answer.blamed) or len(chunk)
            rehearsal.refused += refused
            # Those beside the blamed would leave with the next call.
            rehearsal.fine += len(chunk) - refused
            if answer.reason not in rehearsal.reasons:
                rehearsal.reasons.append(answer.reason)
        else:
            rehearsal.stopped = answer.reason
            break
        if on_progress is not None:
            on_progress(min(1.0, number * transport.chunk_size / rehearsal.readers))
    return rehearsal


def _chunks(readers: QuerySet[Subscription], size: int) -> Iterator[list[ClaimedRecipient]]:
    """One short query for each, so that nobody is held up while the provider is called."""
    last = 0
    while True:
        rows = readers.filter(pk__gt=last).values_list(
            "pk", "pk", "reader__address", "reader__name"
        )
        chunk = list(rows[:size])
        if not chunk:
            return
        yield chunk
        last = chunk[-1][0]
