"""What a story says when it is over: plain facts, and one sentence for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from django.utils import timezone

from delivery.counting import Counts, counts
from delivery.models import Mailing
from delivery.standing import Standing, State, line_of, standing
from issues.models import Publication
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


# Prefect's name for the state of a run that ends with something for a person to look at. A
# mailing that waits goes on by itself, and what is cancelled is as somebody wanted it.
TROUBLE = {
    State.PAUSED: "Paused",
    State.SENDING: "Pending",
    State.PENDING: "Pending",
    State.IN_DOUBT: "InDoubt",
    State.REJECTED: "Rejected",
}


@dataclass(frozen=True)
class MailingReport:
    """A mailing as it stands.

    `before` says that it had ended before and nothing was done now; `again` is the command that
    goes on with it.
    """

    mailing: int
    line: str
    counts: Counts
    standing: Standing
    again: str
    before: bool = False

    @property
    def state(self) -> str:
        """One of `delivery.standing.State`."""
        return self.standing.state.value

    @property
    def sentence(self) -> str:
        """`#318 Vol 7, No 27, 6 July 2025: 25 candidates, …, 22 accepted.`"""
        opening = "was mailed before, and nothing was sent again" if self.before else ""
        return f"{self.line}{f' {opening}' if opening else ''}: {self.counts.sentence()}."

    @property
    def is_held(self) -> bool:
        """Whether it does not go on, for whatever reason."""
        return self.standing.state in (State.PAUSED, State.WAITING, State.CANCELLED)

    @property
    def trouble(self) -> str:
        return TROUBLE.get(self.standing.state, "")

    @property
    def advice(self) -> tuple[str, ...]:
        """What a person should know or do, a sentence or two each; the state's comes first."""
        own = {
            State.CANCELLED: "Whoever has a copy keeps it; what had not left was withdrawn.",
            State.PAUSED: f"Nothing further leaves until `twtw mailing resume {self.mailing}`, or "
            "until it is resumed at the desk.",
            State.WAITING: f"It goes on by itself then while `twtw up` runs, or with {self.again}.",
            State.SENDING: "Another worker is at it.",
            State.PENDING: "They are tried again by themselves while `twtw up` runs, and at once "
            f"with {self.again}.",
        }
        state = self.standing.state
        found = [f"{self.standing.sentence} {own[state]}" if state in own else ""]
        if self.counts.in_doubt:
            found.append(
                f"For {_copies(self.counts.in_doubt)} no answer came: they may have been sent or "
                "not, so they are not sent again by themselves. "
                f"`twtw mailing settle {self.mailing}` shows what is known, and what can be done."
            )
        if self.counts.rejected:
            found.append(
                f"{_copies(self.counts.rejected).capitalize()} were refused, and are not sent "
                f"again by themselves. `twtw mailing show {self.mailing}` says why."
            )
        if state is State.FINISHED:
            found.append(self.standing.sentence)
        return tuple(sentence for sentence in found if sentence)


def report_of(mailing: Mailing, *, before: bool = False) -> MailingReport:
    """A mailing's report, from what the database holds now."""
    fresh = Mailing.objects.select_related(
        "edition__publication", "edition__issue", "edition__note"
    ).get(pk=mailing.pk)
    reached = counts(fresh)
    return MailingReport(
        mailing=fresh.pk,
        line=line_of(fresh),
        counts=reached,
        standing=standing(fresh, reached, timezone.now()),
        again=command_that_sends(fresh),
        before=before,
    )


def command_for(verb: str, publication: Publication) -> str:
    """`twtw issue approve`, in backticks; the weekly itself need not be named."""
    named = "" if publication.slug == "twtw" else f" --publication {publication.slug}"
    return f"`twtw issue {verb}{named}`"


def command_that_sends(mailing: Mailing) -> str:
    """The command that begins a mailing, and goes on with it, in backticks."""
    publication, note = mailing.edition.publication, mailing.edition.note
    if mailing.edition.correction_id is not None:
        return f"`twtw correction send {mailing.edition.correction_id}`"
    if note is None:
        return command_for("publish", publication)
    named = "" if publication.slug == "gp-alerts" else f" --publication {publication.slug}"
    return f"`twtw alert {note.slug}{named}`"


def _copies(number: int) -> str:
    return f"{number:,} cop{'y' if number == 1 else 'ies'}"
