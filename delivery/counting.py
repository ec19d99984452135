"""The counts of a mailing: they balance at every moment, and are shown wherever it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Sum

from delivery.models import Mailing
from delivery.states import ChunkState, Exclusion, Outcome


@dataclass(frozen=True, slots=True)
class Counts:
    """How many readers a mailing concerns, and what became of them.

    `candidates`, `excluded` and `frozen` are counted in the recipients' rows, everything else
    in the chunks', so that `balanced` says something.
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


@dataclass
class _Sums:
    """Readers by the state of their chunk; the withdrawn and the proved by themselves."""

    withdrawn: int = 0
    proved: int = 0
    open: dict[ChunkState, int] = field(default_factory=dict)

    def of(self, *states: ChunkState) -> int:
        return sum(self.open.get(state, 0) for state in states)


def counts(mailing: Mailing) -> Counts:
    """The counts of a mailing as they are now.

    A million recipients are counted in a tenth of a second: their rows by the index alone,
    and their states by those of their chunks.
    """
    everybody = mailing.recipients.order_by()
    candidates, frozen = everybody.aggregate(all=Count("pk"), frozen=Count("chunk_number")).values()
    reasons = dict(
        everybody.filter(chunk_number__isnull=True).values_list("exclusion").annotate(Count("pk"))
    )
    sums = _sums(mailing)
    return Counts(
        candidates=candidates,
        excluded={reason: reasons[reason] for reason in Exclusion if reason in reasons},
        frozen=frozen,
        accepted=sums.of(ChunkState.ACCEPTED) + sums.proved,
        rejected=sums.of(ChunkState.REJECTED),
        withdrawn=sums.of(ChunkState.WITHDRAWN) + sums.withdrawn,
        in_doubt=sums.of(ChunkState.IN_DOUBT),
        pending=sums.of(ChunkState.PENDING, ChunkState.SENDING),
    )


def _sums(mailing: Mailing) -> _Sums:
    sums = _Sums()
    rows = mailing.chunks.order_by().values_list("state")
    for state, size, withdrawn, proved in rows.annotate(
        Sum("size"), Sum("withdrawn"), Sum("proved")
    ):
        sums.withdrawn += withdrawn
        sums.proved += proved
        sums.open[ChunkState(state)] = size - withdrawn - proved
    return sums


def outcomes(mailing: Mailing) -> dict[Outcome, int]:
    """What the provider has said of the copies so far, by what became of them."""
    rows = mailing.recipients.order_by().exclude(outcome="").values_list("outcome")
    found = dict(rows.annotate(Count("pk")))
    return {outcome: found[outcome] for outcome in Outcome if outcome in found}


def answers(mailing: Mailing, state: ChunkState) -> list[str]:
    """What the transport said of the chunks in a state: each answer once, at most three."""
    said = mailing.chunks.filter(state=state).exclude(answer="")
    return list(said.order_by("answer").values_list("answer", flat=True).distinct()[:3])
