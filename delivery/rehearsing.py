"""Rehearsing: the provider checks every copy of an issue as it is now, and nothing is mailed.

Nothing is frozen or written down: a rehearsal can be held at any time, with any readers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from delivery.audience import subscribers_of, subscriptions_in
from delivery.claiming import Claimed, ClaimedRecipient
from delivery.messages import addressees_of, rehearsed
from delivery.transports import Refused, Taken, Transport
from issues.models import Publication
from rendering.content import Rendering
from subscribers.models import Subscription


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
    segment: str = "",
) -> Rehearsal:
    """Have every copy checked that would leave if these words were mailed now.

    Args:
        transport: one that mails nothing (`delivery.transports.opening.open_sandbox`).
        on_progress: called after each call with how much is done, 0 to 1.
        segment: the sentence that chooses a part of the readers; empty for all.

    Raises:
        DeliveryError: if the words can't leave as they are, or the segment can't be understood.
    """
    message = rehearsed(publication, rendering, timezone.now())
    readers = subscriptions_in(subscribers_of(publication, segment=segment))
    rehearsal = Rehearsal(len(readers))
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


def _chunks(readers: Sequence[int], size: int) -> Iterator[list[ClaimedRecipient]]:
    """One short query for each, so that nobody is held up while the provider is called."""
    for first in range(0, len(readers), size):
        rows = Subscription.objects.filter(pk__in=readers[first : first + size]).order_by("pk")
        yield list(
            rows.values_list("pk", "pk", "reader__address", "reader__name", "reader__link_version")
        )
