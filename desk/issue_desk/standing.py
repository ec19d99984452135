"""Where a publication's next issue stands, and what happens when: a word, a sentence, three steps.

Pure: the same facts at the same moment say the same, to everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from issues.models import Approval, Issue, Publication
from rendering.dates import printed_moment


class Stage(StrEnum):
    """What an open issue is in; each is decided by what would be done about it next."""

    UNSHOWABLE = "can't be shown"
    BLOCKED = "not ready"
    READY = "ready to approve"
    APPROVED = "approved"
    LEAVING = "leaves now"


@dataclass(frozen=True, slots=True)
class Standing:
    """An open issue's stage, as a label beside its line, and what it means."""

    stage: Stage
    label: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the week; `state` is `done`, `now` or `ahead`."""

    name: str
    state: str
    said: str


def standing_of(
    issue: Issue, approval: Approval | None, blockers: int, trouble: str, now: datetime
) -> Standing:
    """How an open issue stands.

    Args:
        approval: the one in force, if any.
        blockers: how many of preflight's findings stop the approval.
        trouble: why it can't be rendered; empty if it can.
        now: an aware moment.
    """
    if approval is not None:
        by = f"Approved by {approval.approved_by}."
        if approval.send_at <= now:
            said = "Its time has come: the schedule sends it."
            return Standing(Stage.LEAVING, Stage.LEAVING, f"{by} {said}")
        said = f"It leaves by itself on {there(issue.publication, approval.send_at)}."
        return Standing(Stage.APPROVED, Stage.APPROVED, f"{by} {said}")
    due = issue.publication.due(issue.date)
    if trouble:
        return Standing(Stage.UNSHOWABLE, Stage.UNSHOWABLE, _missed(issue, due, now))
    if blockers:
        label = "1 blocker" if blockers == 1 else f"{blockers} blockers"
        return Standing(Stage.BLOCKED, label, _missed(issue, due, now))
    return Standing(Stage.READY, Stage.READY, _missed(issue, due, now))


def _missed(issue: Issue, due: datetime, now: datetime) -> str:
    moment = there(issue.publication, due)
    if due > now:
        return f"It leaves on {moment} if somebody approves it before."
    return (
        f"Its time was {moment}, and nobody had approved it, so nothing left. Prepared again, it "
        "moves on to the next issue day."
    )


def preparing_of(publication: Publication, day: date) -> datetime:
    """When the schedule prepares the issue of a day: hours before it is due, by the wall clock."""
    due = datetime.combine(day, publication.hour)
    return (due - timedelta(hours=publication.prepare_hours_before)).replace(
        tzinfo=publication.zone
    )


def next_day(publication: Publication, day: date) -> date:
    """The day of the issue that comes next: the first from a day on that has none yet."""
    published = set(
        publication.issues.published().filter(date__gte=day).values_list("date", flat=True)
    )
    while day in published:
        day += timedelta(days=7)
    return day


def steps_of_open(issue: Issue, approval: Approval | None, now: datetime) -> list[Step]:
    """What has happened to an open issue, and what happens next."""
    publication = issue.publication
    again = preparing_of(publication, issue.date)
    prepared = f"on {there(publication, issue.created_at)}"
    if again > now and approval is None:
        prepared = f"and again by itself on {there(publication, again)}"
    leaves = approval.send_at if approval else publication.due(issue.date)
    if approval is not None:
        approved = f"by {approval.approved_by}, on {there(publication, approval.approved_at)}"
    elif leaves > now:
        approved = "waits for a publisher"
    else:
        approved = "nobody did in time"
    moment = there(publication, leaves)
    return [
        Step("Prepared", "done", prepared),
        Step("Approved", "done" if approval else "now", approved),
        Step(
            "Leaves",
            "now" if approval else "ahead",
            moment if approval else f"{moment}, if approved",
        ),
    ]


def steps_of_next(publication: Publication, day: date, now: datetime) -> list[Step]:
    """What happens when to the issue of a day that is not prepared yet."""
    moment = preparing_of(publication, day)
    prepared = there(publication, moment)
    return [
        Step(
            "Prepared",
            "now",
            f"by itself on {prepared}" if moment > now else f"was to be on {prepared}",
        ),
        Step("Approved", "ahead", "by a publisher"),
        Step("Leaves", "ahead", f"{there(publication, publication.due(day))}, if approved"),
    ]


def there(publication: Publication, moment: datetime) -> str:
    """A moment by the publication's own clock: `Sunday, 29 June 2025, 08:00`."""
    return printed_moment(moment.astimezone(publication.zone)).rpartition(" (")[0]
