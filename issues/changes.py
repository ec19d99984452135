"""Voids an approval at once when something that it is bound to is changed, by whomever.

The publication confirms every approval once more before anything leaves (`issues.approval`):
this only brings the news forward, to the moment of the edit.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from wagtail.models import Revision

from issues.approval import what_changed
from issues.models import (
    Approval,
    Issue,
    IssueEntry,
    IssueSerial,
    Publication,
    Volume,
)
from issues.voiding import approval_in_force, void_approval
from notes.models import Biography, Note, NoteAuthor, NoteSource, Person, Photo

# What a rendering is made of. Revisions, because an edit of a note is one; approvals, because what
# somebody changed while one was given was not to be seen yet by whoever gave it.
WATCHED: tuple[type[Model], ...] = (
    *(Approval, Issue, IssueEntry, IssueSerial, Volume, Publication),
    *(Note, NoteAuthor, NoteSource, Person, Biography, Photo, Revision),
)


def watch() -> None:
    """Look on from now on; called once, when Django is ready."""
    for model in WATCHED:
        for signal in (post_save, post_delete):
            signal.connect(
                _note_down, sender=model, dispatch_uid=f"issues.changes.{model.__name__}"
            )


def void_what_changed() -> None:
    """Void every approval whose issue would be another mail now than the approved one."""
    in_force = Approval.objects.filter(voided_at__isnull=True, issue__published_at__isnull=True)
    for approval in in_force.select_related("issue__publication", "issue__volume", "edition"):
        if what_changed(approval.issue, approval):
            _void_if_changed(approval)


@transaction.atomic
def _void_if_changed(approval: Approval) -> None:
    """Looked at once more when nobody else can publish, approve or arrange the issue."""
    issue = Issue.objects.select_for_update().filter(pk=approval.issue_id).first()
    if issue is None or issue.is_published or approval_in_force(issue) != approval:
        return
    if reason := what_changed(issue, approval):
        void_approval(approval, reason)


def _note_down(**_: Any) -> None:
    """Look once when the transaction is done, however much is changed in it."""
    last = connection.run_on_commit[-1:]
    here = set(connection.savepoint_ids)
    if not last or last[0][1] is not void_what_changed or last[0][0] != here:
        transaction.on_commit(void_what_changed, robust=True)
