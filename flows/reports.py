"""What a story says when it is over: plain facts, and one sentence for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from delivery.counting import Counts
from delivery.models import Mailing
from issues.preflight import Finding, Level


@runtime_checkable
class Report(Protocol):
    """How a story ended. `trouble` names what a person has to look at; empty if nothing."""

    @property
    def sentence(self) -> str: ...

    @property
    def trouble(self) -> str: ...


@dataclass(frozen=True)
class PreparationReport:
    """The open issue after `prepare`.

    `serial` is its first one; `changed` compares with before. The headlines of approved notes
    that are not in it: those `waiting` are of this week, but came after its approval; those
    `left_behind` belong to another week's issue.
    """

    line: str
    serial: int
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]
    changed: bool
    waiting: tuple[str, ...]
    left_behind: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """`#318 Vol 7, No 27, 6 July 2025 is prepared with 6 notes; preflight found 1 warning.`"""
        notes = f"{len(self.notes)} note{'' if len(self.notes) == 1 else 's'}"
        doing = "is prepared with" if self.changed else "is as it was, with"
        found = [
            f"{number} {level}{'' if number == 1 else 's'}"
            for level in Level
            if (number := sum(finding.level is level for finding in self.findings))
        ]
        return f"{self.line} {doing} {notes}; preflight found {', '.join(found) or 'nothing'}."

    @property
    def remarks(self) -> tuple[str, ...]:
        """A sentence for each approved note that is not in it."""
        return (
            *(
                f"Not in it, because it was approved after the issue: {note}. "
                "`twtw issue prepare --reopen` takes it in."
                for note in self.waiting
            ),
            *(
                f"Not in it, because it belongs to another week: {note}. "
                "`twtw notes move` moves it to this one."
                for note in self.left_behind
            ),
        )

    @property
    def trouble(self) -> str:
        return ""


@dataclass(frozen=True)
class MailingReport:
    """A mailing as it stands; `before` says that it had ended before and nothing was done now."""

    mailing: int
    line: str
    counts: Counts
    before: bool = False

    @property
    def state(self) -> str:
        """`pending`, `in doubt` or `rejected` if anybody's copy is, else `finished`."""
        return self._open_state or "finished"

    @property
    def sentence(self) -> str:
        """`#318 Vol 7, No 27, 6 July 2025: 25 candidates, …, 22 accepted.`"""
        opening = "was mailed before, and nothing was sent again" if self.before else ""
        return f"{self.line}{f' {opening}' if opening else ''}: {self.counts.sentence()}."

    @property
    def trouble(self) -> str:
        return self._open_state.title().replace(" ", "")

    @property
    def _open_state(self) -> str:
        if self.counts.pending:
            return "pending"
        if self.counts.in_doubt:
            return "in doubt"
        return "rejected" if self.counts.rejected else ""


def line_of(mailing: Mailing) -> str:
    """What a mailing is called: its issue's line, or the headline of its alert."""
    issue = mailing.edition.issue
    return issue.line if issue is not None else str(mailing.edition.note)
