"""A mailing told in full, for a person who looks at it: sums that add up, and what is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, F, Sum

from delivery.counting import Counts, answers
from delivery.models import Mailing
from delivery.settling import Decision, Knowledge
from delivery.standing import ended, local
from delivery.states import ChunkState


class Row(NamedTuple):
    """A line of a sum: a part of it, or the total of all lines above."""

    label: str
    readers: int
    total: bool = False


def sum_of(counts: Counts) -> list[Row]:
    """The counts as a sum that anybody can check: five parts, the frozen, the excluded, all."""
    return [
        Row("accepted", counts.accepted),
        Row("rejected", counts.rejected),
        Row("withdrawn", counts.withdrawn),
        Row("in doubt", counts.in_doubt),
        Row("pending", counts.pending),
        Row("frozen", counts.frozen, total=True),
        *(Row(f"excluded: {reason.label}", number) for reason, number in counts.excluded.items()),
        Row("candidates", counts.candidates, total=True),
    ]


@dataclass(frozen=True, slots=True)
class Group:
    """The chunks of a mailing in one state, and what the transport said of them."""

    state: ChunkState
    chunks: int
    readers: int
    answers: tuple[str, ...]


def groups_of(mailing: Mailing) -> list[Group]:
    """A mailing's chunks by their state."""
    rows = mailing.chunks.order_by().values_list("state")
    own = Sum(F("size") - F("withdrawn") - F("proved"))
    found = {
        # Who is proved to have a copy counts as accepted, wherever they are.
        state: (chunks, readers + (proved if state == ChunkState.ACCEPTED else 0))
        for state, chunks, readers, proved in rows.annotate(
            chunks=Count("pk"), readers=own, had=Sum("proved")
        )
    }
    return [
        Group(state, *found[state], tuple(answers(mailing, state)))
        for state in ChunkState
        if state in found
    ]


def told(known: Knowledge, mailing: Mailing) -> list[str]:
    """What is known of a chunk that a person may have to decide about, in sentences."""
    said = [ended(known.why)] if known.why else []
    if known.proved:
        have = "1 reader has a copy" if known.proved == 1 else f"{known.proved:,} readers have one"
        said.append(f"The provider has reported that {have}: whatever is decided, that stays.")
    if known.state == ChunkState.IN_DOUBT:
        if known.asked_at is not None:
            when = local(mailing, known.asked_at)
            said.append(f"The provider's logs were asked on {when}: {ended(known.asked_answer)}")
        elif mailing.transport == "sendgrid":
            said.append("The provider's logs have not been asked about it.")
        else:
            said.append(
                "Nothing but the relay's own log can tell; look there for Message-IDs with "
                f"{mailing.key} in them."
            )
        if not known.ripe:
            when = local(mailing, known.ripe_at)
            said.append(f"Evidence may still come; if there is none by {when}, decide.")
    return said


# What a decision does, for whoever has to take it.
MEANING = {
    Decision.RESEND: "They are handed over again. Who got the first copy after all gets a second.",
    Decision.COUNT_AS_SENT: "Nothing is sent. Who did not get the first copy gets none.",
}
