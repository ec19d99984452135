"""The counts of a mailing: they balance at every moment, and are shown wherever it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from delivery.ledger import NOBODY_LEFT
from delivery.models import Mailing
from delivery.states import ChunkState, Exclusion, RecipientState


@dataclass(frozen=True, slots=True)
class Counts:
    """How many readers a mailing concerns, and what became of them.

    `candidates` and `frozen` are counted by themselves, not added up, so that
    `balanced` says something.
    """

    candidates: int
    excluded: Mapping[Exclusion, int]
    frozen: int
    accepted: int
    rejected: int
    withdrawn: int
    in_doubt: int
    pending: int

    @property
    def balanced(self) -> bool:
        """Whether every candidate is in exactly one place."""
        settled = self.accepted + self.rejected + self.withdrawn
        return (
            self.candidates == self.frozen + sum(self.excluded.values())
            and self.frozen == settled + self.in_doubt + self.pending
        )

    def sentence(self) -> str:
        """One line: `25 candidates, 3 excluded (1 suppressed, 2 not confirmed), 22 accepted`.

        What is nought is left out, except for the accepted.
        """
        reasons = ", ".join(f"{n:,} {reason.label}" for reason, n in self.excluded.items())
        left_out = sum(self.excluded.values())
        parts = [
            f"{self.candidates:,} candidate{'' if self.candidates == 1 else 's'}",
            f"{left_out:,} excluded ({reasons})" if left_out else "",
            f"{self.accepted:,} accepted",
            f"{self.rejected:,} rejected" if self.rejected else "",
            f"{self.withdrawn:,} withdrawn" if self.withdrawn else "",
            f"{self.in_doubt:,} in doubt" if self.in_doubt else "",
            f"{self.pending:,} pending" if self.pending else "",
        ]
        return ", ".join(part for part in parts if part)


def counts(mailing: Mailing) -> Counts:
    """The counts of a mailing as they are now, by one query."""
    groups = mailing.recipients.order_by().values("state", "exclusion")
    rows = list(groups.annotate(all=Count("pk"), frozen=Count("pk", Q(chunk_number__isnull=False))))
    reasons = {row["exclusion"]: row["all"] for row in rows if row["exclusion"]}

    def those(state: RecipientState) -> int:
        return sum(row["all"] for row in rows if row["state"] == state)

    return Counts(
        candidates=sum(row["all"] for row in rows),
        excluded={reason: reasons[reason] for reason in Exclusion if reason in reasons},
        frozen=sum(row["frozen"] for row in rows),
        accepted=those(RecipientState.ACCEPTED),
        rejected=those(RecipientState.REJECTED),
        withdrawn=those(RecipientState.WITHDRAWN),
        in_doubt=those(RecipientState.IN_DOUBT),
        pending=those(RecipientState.PENDING),
    )


def answers(mailing: Mailing, state: ChunkState) -> list[str]:
    """What the transport said of the chunks in a state: each answer once, at most three."""
    said = mailing.chunks.filter(state=state).exclude(answer__in=["", NOBODY_LEFT])
    return list(said.order_by("answer").values_list("answer", flat=True).distinct()[:3])
