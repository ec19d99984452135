"""Rendering an issue or an alert, and keeping what was rendered, unchanged, for ever."""

from __future__ import annotations

from typing import Any

from issues.content import alert_content, issue_content
from issues.errors import IssueError, NotApproved
from issues.models import Edition, Issue, Publication
from issues.preflight import blockers_among, preflight, told
from issues.preflight.gathering import facts_of_alert
from notes.models import Note
from rendering import mail
from rendering.content import IssueContent, Rendering
from rendering.keeping import to_json


def render_issue(issue: Issue) -> Rendering:
    """The issue as a mail, from its notes' approved words; the same words give the same bytes."""
    return mail.render_issue(issue_content(issue))


def keep_issue(issue: Issue, content: IssueContent, rendering: Rendering) -> Edition:
    """Store a rendering of an issue as an edition, with what it was rendered from."""
    return Edition.objects.create(
        publication=issue.publication,
        issue=issue,
        content=to_json(content),
        **rendered_fields(rendering),
    )


def make_alert(publication: Publication, note: Note) -> Edition:
    """The one edition of a note as an alert.

    While it has no mailing it is rendered anew, from the words that are approved now. Call this
    in the transaction that freezes its audience, so that nothing comes between the two.

    Raises:
        NotApproved: if it has no mailing and the note's latest words are not approved.
        IssueError: if the publication comes out in numbered issues, or preflight finds something
            that stops it.
    """
    if publication.numbered:
        raise IssueError(f"{publication} comes out in numbered issues and has no alerts.")
    # Two that send at once wait for each other here (SQLite: in every transaction).
    Publication.objects.select_for_update(no_key=True).get(pk=publication.pk)
    kept = publication.editions.filter(note=note).first()
    if kept is not None and hasattr(kept, "mailing"):
        return kept
    note = Note.objects.select_for_update().get(pk=note.pk)
    if not note.is_approved:
        raise NotApproved(
            f"“{note}” is not approved; approve it with `twtw notes approve {note.pk}`."
        )
    content = alert_content(publication, note)
    rendering = mail.render_alert(content)
    facts = facts_of_alert(publication, note, content, rendering, spelling=False)
    if blockers := blockers_among(preflight(facts)):
        raise IssueError(f"“{note}” can't be sent as an alert yet: {told(blockers)}")
    edition, _ = Edition.objects.update_or_create(
        publication=publication,
        note=note,
        defaults={"content": to_json(content), **rendered_fields(rendering)},
    )
    return edition


def rendered_fields(rendering: Rendering) -> dict[str, Any]:
    """What an edition keeps of a rendering, by its fields."""
    return {
        "subject": rendering.subject,
        "html": rendering.html,
        "text": rendering.text,
        "sha256": rendering.sha256,
    }
