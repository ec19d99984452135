"""Rendering an issue or an alert, and keeping what was rendered, unchanged, for ever."""

from __future__ import annotations

from django.db import transaction

from issues.content import alert_content, issue_content
from issues.errors import IssueError, NotApproved
from issues.models import Edition, Issue, Publication
from notes.models import Note
from rendering import mail
from rendering.content import Rendering


def render_issue(issue: Issue) -> Rendering:
    """The issue as a mail, from its notes' approved words; the same words give the same bytes."""
    return mail.render_issue(issue_content(issue))


def keep(issue: Issue, rendering: Rendering) -> Edition:
    """Store a rendering of an issue as an edition."""
    return Edition.objects.create(
        publication=issue.publication,
        issue=issue,
        subject=rendering.subject,
        html=rendering.html,
        text=rendering.text,
        sha256=rendering.sha256,
    )


def make_alert(publication: Publication, note: Note) -> Edition:
    """The one edition of a note as an alert: rendered the first time, the same ever after.

    Raises:
        NotApproved: if the note's latest words are not approved.
        IssueError: if the publication comes out in numbered issues.
    """
    if publication.numbered:
        raise IssueError(f"{publication} comes out in numbered issues and has no alerts.")
    with transaction.atomic():
        # Two that send at once wait for each other here (SQLite: in every transaction).
        Publication.objects.select_for_update().get(pk=publication.pk)
        kept = publication.editions.filter(note=note).first()
        if kept is not None:
            return kept
        if not note.is_approved:
            raise NotApproved(
                f"“{note}” is not approved; approve it at the desk or with "
                f"`twtw notes approve {note.pk}`."
            )
        rendering = mail.render_alert(alert_content(publication, note))
        return Edition.objects.create(
            publication=publication,
            note=note,
            subject=rendering.subject,
            html=rendering.html,
            text=rendering.text,
            sha256=rendering.sha256,
        )
