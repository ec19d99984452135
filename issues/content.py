"""An issue as plain values, ready to be rendered, with proposals for what the editor left empty."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from wagtail.rich_text import expand_db_html

from issues.alerts_named import alerts_of
from issues.models import Issue, Publication
from notes.content import note_content, picture
from notes.models import Note
from rendering.content import (
    AlertContent,
    IssueContent,
    NoteContent,
    PublicationContent,
    Region,
)

# What a phone shows of a subject line, and of the preview text beside it.
SUBJECT_LENGTH = 78
PREVIEW_LENGTH = 140


def publication_content(publication: Publication) -> PublicationContent:
    """A publication as its mails and pages show it."""
    return PublicationContent(
        name=publication.name,
        short_name=publication.short_name,
        tagline=publication.tagline,
        colour=publication.colour,
        postal_address=publication.postal_address,
        home_url=f"{settings.SITE_URL}{reverse('archive:home')}",
        template_set=publication.template_set,
    )


def issue_content(issue: Issue) -> IssueContent:
    """An issue with its notes in order, as their rows say it: the approved words."""
    entries = issue.entries.select_related("note__photo").prefetch_related(
        "note__authors__person__biographies", "note__sources"
    )
    notes = tuple(note_content(entry.note) for entry in entries)
    publication = issue.publication
    path = reverse("archive:issue", args=[publication.slug, issue.serials[0]])
    return IssueContent(
        publication=publication_content(publication),
        line=issue.line,
        date=issue.date,
        subject_line=issue.subject_line or proposed_subject(issue, notes),
        preview_text=issue.preview_text or proposed_preview(notes[1:]),
        introduction=issue.introduction,
        notes=notes,
        url=f"{settings.SITE_URL}{path}",
        cover=picture(issue.cover, str(issue)) if issue.cover else None,
        regions=tuple(_regions(issue)),
        alerts=alerts_of(issue),
    )


def alert_content(publication: Publication, note: Note) -> AlertContent:
    """One note as an alert."""
    content = note_content(note)
    path = reverse("archive:alert", args=[note.slug])
    return AlertContent(
        publication=publication_content(publication),
        subject_line=shortened(
            f"{publication.short_name}: {content.subject}: {content.claim}", SUBJECT_LENGTH
        ),
        preview_text=shortened(content.claim, PREVIEW_LENGTH),
        note=content,
        url=f"{settings.SITE_URL}{path}",
    )


def _regions(issue: Issue) -> Iterator[Region]:
    for block in issue.regions:
        briefs = tuple(expand_db_html(brief.source) for brief in block.value["briefs"])
        yield Region(block.value["name"], briefs)


def proposed_subject(issue: Issue, notes: tuple[NoteContent, ...]) -> str:
    """`TWTW #318: The growing presence of Russia in Mali`, from what the first note claims."""
    opening = f"{issue.publication.short_name} {issue.line.split(' Vol')[0].rstrip(',')}"
    if not notes:
        return opening
    return shortened(f"{opening}: {notes[0].claim}", SUBJECT_LENGTH)


def proposed_preview(notes: tuple[NoteContent, ...]) -> str:
    """The other notes' subjects, as many as a phone shows."""
    return shortened(" · ".join(note.subject for note in notes), PREVIEW_LENGTH)


def shortened(text: str, length: int) -> str:
    """The text, cut at the end of a word with an ellipsis if it has more than `length` characters.

    >>> shortened("one two three", 8)
    'one two…'
    """
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    if not text[length - 1].isspace() and " " in cut:
        cut = cut.rsplit(" ", 1)[0]
    return cut.rstrip(" .,:;–-·") + "…"
