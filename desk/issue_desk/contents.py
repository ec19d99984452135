"""What is in an issue and what is not, as the issue desk lists it: who wrote it, who has it now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from wagtail.models import GroupApprovalTask, WorkflowState

from desk.naming import name_of
from desk.ownership import may_change, may_see
from issues.arranging import Arrangement
from notes.models import Note
from rendering.dates import printed_date

# Of those not approved so many are listed; a newsroom may have brought in a whole archive.
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Row:
    """A note in a list; `page` is where it is written or read, empty for who may do neither."""

    note: Note
    byline: str
    page: str
    state: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Notes that are not in the issue, and why; `offers` are what can be done with each."""

    key: str
    heading: str
    why: str
    rows: list[Row]
    offers: tuple[str, ...] = ()
    more: int = 0


def rows_in(arrangement: Arrangement, user: Any) -> list[Row]:
    """The notes in the issue, in order."""
    return [
        row(note, user, "" if note.is_approved else "edited, not approved again")
        for note in arrangement.notes
    ]


def shelves_of(arrangement: Arrangement, user: Any) -> list[Shelf]:
    """Everything else there is for the issue; a list with nothing in it is left out."""
    asked = _whose_turn([*arrangement.in_review])
    unapproved = [
        *(_in_review(note, user, asked) for note in arrangement.in_review[:SHOWN]),
        *(_draft(note, user) for note in arrangement.drafts[:SHOWN]),
    ]
    count = len(arrangement.in_review) + len(arrangement.drafts)
    shelves = [
        Shelf(
            "unapproved",
            "Not approved yet",
            "Once approved, a note of this week is taken in when the issue is prepared again.",
            unapproved[:SHOWN],
            more=max(0, count - SHOWN),
        ),
        Shelf(
            "waiting",
            "Approved since",
            "Approved after the issue was prepared. Take it in, or it comes in with the next "
            "preparing.",
            [row(note, user) for note in arrangement.waiting],
            ("take-in",),
        ),
        Shelf(
            "left-out",
            "Left out",
            "Of this week, and kept out until it is put back.",
            [
                row(note, user, "" if note.is_approved else "not approved")
                for note in arrangement.left_out
            ],
            ("put-back", "postpone"),
        ),
        Shelf(
            "left-behind",
            "Left behind",
            "Approved for an earlier week, and in no issue.",
            [_dated(note, user) for note in arrangement.left_behind],
            ("take-in",),
        ),
        Shelf(
            "later",
            "For later",
            "Approved, and dated or moved to a later issue.",
            [_dated(note, user) for note in arrangement.later],
            ("take-in",),
        ),
    ]
    return [shelf for shelf in shelves if shelf.rows]


def row(note: Note, user: Any, state: str = "", said: str = "") -> Row:
    """A note as a list shows it to somebody."""
    byline = ", ".join(person.name for person in note.authors_in_order())
    return Row(note, byline, page_of(note, user), state, said)


def page_of(note: Note, user: Any) -> str:
    """The path of the page on which somebody writes a note, or else reads it; empty for neither."""
    if may_change(user, note):
        return reverse("wagtailsnippets_notes_note:edit", args=[note.pk])
    if user.has_perm("notes.view_note") or (note.owner_id == user.pk and may_see(user, note)):
        return reverse("wagtailsnippets_notes_note:inspect", args=[note.pk])
    return ""


def _dated(note: Note, user: Any) -> Row:
    day = printed_date(note.counts_for)
    return row(note, user, said=f"moved to {day}" if note.moved_to else day)


def _in_review(note: Note, user: Any, asked: dict[int, str]) -> Row:
    state = _active(note)
    step = state.current_task_state.task_id if state and state.current_task_state else None
    return row(note, user, "in review", f"with {asked[step]}" if step in asked else "")


def _draft(note: Note, user: Any) -> Row:
    owner = note.owner and name_of(note.owner)
    whose = f"with {owner}" if owner else ""
    state = _active(note)
    if state is None:
        return row(note, user, "draft", whose)
    comment = state.current_task_state.comment if state.current_task_state else ""
    wish = f"“{comment}”" if comment else ""
    return row(note, user, "changes requested", ": ".join(filter(None, [whose, wish])))


def _active(note: Note) -> WorkflowState | None:
    """Where the note is in its workflow; prefetched by `arrangement_of`."""
    active = {WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES}
    return next((one for one in note.workflow_states.all() if one.status in active), None)


def _whose_turn(notes: Iterable[Note]) -> dict[int, str]:
    """By a workflow's step, the groups that take it: `Editors or Administrators`."""
    steps = {
        state.current_task_state.task_id
        for note in notes
        if (state := _active(note)) and state.current_task_state
    }
    tasks = GroupApprovalTask.objects.filter(pk__in=steps).prefetch_related("groups")
    return {task.pk: " or ".join(group.name for group in task.groups.all()) for task in tasks}
