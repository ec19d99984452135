"""Approving a note: by Wagtail's workflow, whoever starts it.

The approved revision is copied into the note's row and remembered. The note
stays non-public (`live` is false) until what carries it is mailed.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from notes.biographies import keep_biographies

if TYPE_CHECKING:
    from notes.models import Note


class ApprovalError(Exception):
    """A note can't be approved as it is; the message says what to do."""


@transaction.atomic
def approve_revision(note: Note, revision: Any, user: Any) -> Note:
    """Copy a revision's words into the note's row and record who approved them."""
    approved: Note = revision.as_object()
    approved.approved_revision = revision
    approved.approved_at = timezone.now()
    approved.approved_by = user
    approved.row_may_change = True
    approved.has_unpublished_changes = note.latest_revision_id != revision.pk
    approved.save()
    keep_biographies(approved)
    return approved


@transaction.atomic
def approve(note: Note, user: Any = None) -> Note:
    """Take a note through every step of its workflow in one go.

    For the command line, where the operator stands in for the editors; the
    workflow's history shows it. Approving an approved note changes nothing.

    Args:
        note: the note, as read from the database.
        user: the Django user who approves; None for the operator.

    Raises:
        ApprovalError: if the note has no workflow or no text yet.
    """
    if note.is_approved:
        return note
    workflow = note.get_workflow()
    if workflow is None:
        raise ApprovalError(
            "No workflow is set for notes; choose one in the desk under Settings, Workflows."
        )
    if note.latest_revision is None:
        note.save_revision(user=user)
    state = note.current_workflow_state
    if state is None:
        state = workflow.start(note, user)
    elif state.status == state.STATUS_NEEDS_CHANGES:
        state.resume(user)
    while state.status == state.STATUS_IN_PROGRESS:
        state.current_task_state.specific.approve(user=user)
        state.refresh_from_db()
    note.refresh_from_db()
    return note


def make_public(notes: QuerySet[Note], at: datetime) -> None:
    """Mark notes as public from a moment on (aware), with their approved words.

    What the public sees is what was kept with the mail; a later edit, approved or not, is a
    correction and changes nothing of it.
    """
    notes.filter(live=False).update(
        live=True, live_revision=F("approved_revision"), first_published_at=at, last_published_at=at
    )
