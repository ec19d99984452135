"""Approving a note: by Wagtail's workflow, whoever starts it.

The approved revision is copied into the note's row and remembered. The note
stays non-public (`live` is false) until what carries it is mailed.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from notes.biographies import keep_biographies

if TYPE_CHECKING:
    from notes.models import Note


class ApprovalError(Exception):
    """A note can't be approved as it is; the message says what to do."""


class OwnNoteError(ApprovalError, PermissionDenied):
    """Somebody would have approved their own note."""


def may_approve(note: Note, user: Any) -> bool:
    """Whether an account may approve a note that waits for it, as far as this is about whose it is.

    Nobody approves their own note, a superuser neither, unless the newsroom's setting allows it.
    It is one's own if one writes it (`owner`), or if one asked for this approval: what an editor
    brought in or wrote anew, and submitted, is read by a second person, too. Who only puts a word
    right while reviewing may still approve; that is what editors are for.

    Args:
        note: the note, as read from the database.
        user: the account; None for the operator at the command line, who stands in for everybody.
    """
    if user is None or settings.APPROVE_OWN_NOTES:
        return True
    state = note.current_workflow_state
    return user.pk not in {note.owner_id, state.requested_by_id if state else None}


def refuse_own_note(note: Note, user: Any) -> None:
    """See `may_approve`.

    Raises:
        OwnNoteError: with the sentence that the desk shows.
    """
    if not may_approve(note, user):
        raise OwnNoteError(
            f"You wrote or submitted “{note}”, so somebody else has to approve it. If you "
            "are alone, whoever runs the newsroom can allow it with TWTW_APPROVE_OWN_NOTES."
        )


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
def approve(note: Note) -> Note:
    """Take a note through every step of its workflow in one go.

    For the command line, where the operator stands in for the editors; the
    workflow's history shows it. Approving an approved note changes nothing.

    Args:
        note: the note, as read from the database.

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
        note.save_revision()
    state = note.current_workflow_state
    if state is None:
        state = workflow.start(note, None)
    elif state.status == state.STATUS_NEEDS_CHANGES:
        state.resume()
    while state.status == state.STATUS_IN_PROGRESS:
        state.current_task_state.specific.approve()
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
