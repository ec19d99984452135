"""Arranging the open issue by hand: the order of its notes, what is left out, who gets it.

Every change is made to the arrangement that the person saw: if it is another one by now, nothing
is changed and the person is told. Each takes the issue's approval back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Coalesce
from wagtail.log_actions import log

from issues.assembling import approved_and_free, move_to_week, weeks_notes
from issues.errors import IssueError
from issues.models import Issue, IssueEntry, Omission
from issues.seen import audience_rule
from issues.voiding import void_approval_of
from notes.models import Note
from rendering.dates import printed_date


@dataclass(frozen=True)
class Arrangement:
    """What there is for an issue, each note in one place.

    `notes` are in the issue, in order; `left_out` are of its week and were taken out of it;
    `waiting` are of its week, approved since it was prepared; `left_behind` are approved, of an
    earlier week, and in no issue; `in_review` and `drafts` are of its week and not approved;
    `later` are moved or dated to a later one.
    """

    notes: list[Note]
    left_out: list[Note]
    waiting: list[Note]
    left_behind: list[Note]
    in_review: list[Note]
    drafts: list[Note]
    later: list[Note]

    @property
    def order(self) -> list[int]:
        """The keys of the notes in the issue, in order: by it a change knows what was seen."""
        return [note.pk for note in self.notes]


def arrangement_of(issue: Issue) -> Arrangement:
    """What there is for an open issue."""
    entries = issue.entries.select_related("note__latest_revision", "note__publication")
    notes = [entry.note for entry in entries.prefetch_related("note__authors__person")]
    omissions = issue.omissions.select_related("note")
    left_out = [one.note for one in omissions.prefetch_related("note__authors__person")]
    placed = {note.pk for note in (*notes, *left_out)}
    week = set(weeks_notes(issue.publication, issue.date).values_list("pk", flat=True))
    free = [
        note
        for note in approved_and_free(issue.publication).prefetch_related("authors__person")
        if note.pk not in placed
    ]
    unapproved = (
        Note.objects.filter(publication=issue.publication)
        .exclude(pk__in=Note.objects.approved())
        .exclude(pk__in=placed)
        .exclude(entries__issue__published_at__isnull=False)
        .annotate(counted_day=Coalesce("moved_to", "date"))
        .filter(counted_day__lte=issue.date)
        .select_related("owner")
        .prefetch_related("authors__person", "workflow_states__current_task_state__task")
    )
    reviewed = {
        note.pk
        for note in unapproved
        if any(state.status == state.STATUS_IN_PROGRESS for state in note.workflow_states.all())
    }
    return Arrangement(
        notes=notes,
        left_out=left_out,
        waiting=[note for note in free if note.pk in week],
        left_behind=[
            note for note in free if note.pk not in week and note.counts_for <= issue.date
        ],
        in_review=[note for note in unapproved if note.pk in reviewed],
        drafts=[note for note in unapproved if note.pk not in reviewed],
        later=[note for note in free if note.counts_for > issue.date],
    )


@transaction.atomic
def arrange(issue: Issue, order: Sequence[int], seen: Sequence[int], user: Any = None) -> bool:
    """Put the issue's notes into another order; whether it is another one.

    Args:
        order: the keys of all of its notes, in the order that is wanted.
        seen: their keys in the order that the person saw.
        user: who does it.

    Raises:
        IssueError: if the issue is published, or is arranged otherwise than the person saw.
    """
    issue, entries = _opened(issue, seen)
    if sorted(order) != sorted(seen):
        raise IssueError("The order has to name each note of the issue once; open it again.")
    if list(order) == list(seen):
        return False
    by_note = {entry.note_id: entry for entry in entries}
    _number([by_note[key] for key in order])
    _record(issue, "issues.arrange", "the order of its notes was changed.", user, order=list(order))
    return True


@transaction.atomic
def leave_out(issue: Issue, note: Note, seen: Sequence[int], user: Any = None) -> None:
    """Take a note out of the issue and keep it out, until it is put back.

    Raises:
        IssueError: as `arrange`, or if the note is not in the issue.
    """
    issue, entries = _opened(issue, seen)
    _remove(entries, note)
    Omission.objects.get_or_create(issue=issue, note=note)
    _record(issue, "issues.leave_out", f"“{note}” was left out.", user, note=note.pk)


@transaction.atomic
def take_in(issue: Issue, note: Note, seen: Sequence[int], user: Any = None) -> None:
    """Take an approved note in as the last one: one left out, waiting, left behind or for later.

    Raises:
        IssueError: as `arrange`, or if the note is not approved, of another publication, in the
            issue already or published in another one.
    """
    issue, entries = _opened(issue, seen)
    if note.pk in {entry.note_id for entry in entries}:
        raise IssueError(f"“{note}” is in {issue} already.")
    free = approved_and_free(issue.publication)
    if not free.filter(pk=note.pk).exists():
        raise IssueError(
            f"“{note}” can't be taken in: it is not approved, or was published, or belongs to "
            "another publication."
        )
    issue.omissions.filter(note=note).delete()
    if not weeks_notes(issue.publication, issue.date).filter(pk=note.pk).exists():
        move_to_week(note, issue.date)
    IssueEntry.objects.create(issue=issue, note=note, position=len(entries) + 1)
    _record(issue, "issues.take_in", f"“{note}” was taken in.", user, note=note.pk)


@transaction.atomic
def postpone(issue: Issue, note: Note, seen: Sequence[int], user: Any = None) -> None:
    """Move a note to the issue of the week after this one.

    Raises:
        IssueError: as `leave_out`.
    """
    issue, entries = _opened(issue, seen)
    omission = issue.omissions.filter(note=note)
    if omission.exists():
        omission.delete()
    else:
        _remove(entries, note)
    later = issue.date + timedelta(days=7)
    move_to_week(note, later)
    moved = f"“{note}” was moved to {printed_date(later)}."
    _record(issue, "issues.postpone", moved, user, note=note.pk)


@transaction.atomic
def choose_readers(issue: Issue, segment: str, seen: str, user: Any = None) -> bool:
    """Have the issue go to a part of the readers, or to all; whether that is others than before.

    Args:
        segment: the sentence that chooses them, in its normal form; empty for all.
        seen: the sentence that the person saw.
        user: who does it.

    Raises:
        IssueError: if the issue is published, or somebody else chose others since.
    """
    issue = Issue.objects.select_for_update().get(pk=issue.pk)
    if issue.is_published:
        raise IssueError(f"{issue} is published; what was mailed stays.")
    if issue.segment != seen:
        raise IssueError(
            "Somebody else chose the readers of this issue since you opened it; look at what they "
            "chose, and do it again if it is still wanted."
        )
    if segment == seen:
        return False
    issue.segment = segment
    issue.save(update_fields=["segment"])
    chosen = f"it is to go to {audience_rule(issue.publication, segment)}."
    _record(issue, "issues.choose_readers", chosen, user)
    return True


def _opened(issue: Issue, seen: Sequence[int]) -> tuple[Issue, list[IssueEntry]]:
    """The issue and its entries as they are now, and nobody else's to change until it is done."""
    issue = Issue.objects.select_for_update().get(pk=issue.pk)
    if issue.is_published:
        raise IssueError(f"{issue} is published; what was mailed stays.")
    entries = list(issue.entries.select_related("note"))
    if [entry.note_id for entry in entries] != list(seen):
        raise IssueError(
            "Somebody else arranged this issue since you opened it; look at it as it is now, and "
            "do it again if it is still wanted."
        )
    return issue, entries


def _remove(entries: list[IssueEntry], note: Note) -> None:
    gone = next((entry for entry in entries if entry.note_id == note.pk), None)
    if gone is None:
        raise IssueError(f"“{note}” is not in this issue.")
    gone.delete()
    _number([entry for entry in entries if entry is not gone])


def _number(entries: Sequence[IssueEntry]) -> None:
    for position, entry in enumerate(entries, start=1):
        entry.position = position
    IssueEntry.objects.bulk_update(entries, ["position"])


def _record(issue: Issue, action: str, what: str, user: Any, **data: Any) -> None:
    void_approval_of(issue, what)
    log(issue, action, user=user, data={**data, "what": what})
