"""Fills in what the checks look at, from the database and what is known of the world outside.

Nobody outside is asked here (see `issues.outside` for that): what was answered last counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django_countries import countries

from issues.content import alert_content, issue_content
from issues.models import Issue, IssueSerial, Publication
from issues.outside.answers import known_answers, linked_addresses
from issues.outside.spam import known_verdict
from issues.preflight.facts import (
    House,
    Identity,
    IssueRendering,
    NoteFacts,
    Numbering,
    Sender,
)
from issues.preflight.spelling import candidates, unknown_words
from issues.segments import doubt_about
from notes.models import Note, Person
from rendering import mail
from rendering.content import (
    AlertContent,
    CorrectionContent,
    Figure,
    IssueContent,
    NoteContent,
    Picture,
    Region,
    Rendering,
)


def facts_of_issue(
    issue: Issue,
    content: IssueContent | None = None,
    rendering: Rendering | None = None,
    *,
    spelling: bool = True,
) -> IssueRendering:
    """An issue as it would leave now.

    Args:
        issue: an open one.
        content: its content, where it is known already; likewise its `rendering`.
        spelling: whether Hunspell is asked about its words; it takes a tenth of a second.

    Raises:
        NoteContentError, RenderingError: if it can't be rendered.
    """
    content = content or issue_content(issue)
    rendering = rendering or mail.render_issue(content)
    entries = issue.entries.select_related("note__schema").prefetch_related(
        "note__schema__headings"
    )
    facts = _facts(
        issue.publication, content, rendering, [entry.note for entry in entries], content.notes
    )
    facts = replace(
        facts,
        introduction=content.introduction,
        regions=content.regions,
        cover=content.cover,
        numbering=_numbering(issue),
        doubt_about_readers=doubt_about(issue.segment),
        readers_fix=reverse("issue_desk:audience", args=[issue.publication.slug]),
        fix=_desk_page(issue),
    )
    return _with_what_is_known(facts, spelling=spelling)


def facts_of_alert(
    publication: Publication,
    note: Note,
    content: AlertContent | None = None,
    rendering: Rendering | None = None,
    *,
    spelling: bool = True,
) -> IssueRendering:
    """A note as it would leave now as an alert; the arguments are those of `facts_of_issue`."""
    content = content or alert_content(publication, note)
    rendering = rendering or mail.render_alert(content)
    facts = _facts(publication, content, rendering, [note], (content.note,))
    facts = replace(facts, fix=facts.notes[0].fix)
    return _with_what_is_known(facts, spelling=spelling)


def facts_of_correction(
    publication: Publication, content: CorrectionContent, rendering: Rendering
) -> IssueRendering:
    """A correction as it would leave now; its text stands where the briefs of an issue do."""
    facts = _facts(publication, content, rendering, (), ())
    text = (Region("Correction", (content.correction,)),)
    return _with_what_is_known(replace(facts, regions=text), spelling=False)


def _facts(
    publication: Publication,
    content: IssueContent | AlertContent | CorrectionContent,
    rendering: Rendering,
    notes: Iterable[Note],
    contents: tuple[NoteContent, ...],
) -> IssueRendering:
    return IssueRendering(
        publication=content.publication,
        subject=rendering.subject,
        preview_text=content.preview_text,
        rendering=rendering,
        notes=tuple(_note(*pair) for pair in zip(notes, contents, strict=True)),
        sender=Sender(publication.sender_name, publication.sender_address, publication.reply_to),
        house=House(publication.per_cent, publication.date_style, publication.dictionary),
        names=tuple(
            (person.name, *(alias.name for alias in person.aliases.all()))
            for person in Person.objects.prefetch_related("aliases")
        ),
        places=frozenset(str(name) for _, name in countries),
        weights=_weights(content, contents),
        really_sent=settings.DELIVERY_TRANSPORT != "outbox",
        site_url=settings.SITE_URL,
        view_url=content.url,
        publication_fix=_desk_page(publication),
    )


def _with_what_is_known(facts: IssueRendering, *, spelling: bool) -> IssueRendering:
    known = {*facts.places, *(spelt for person in facts.names for spelt in person)}
    asked = candidates(facts) if spelling and facts.house.dictionary else frozenset()
    now = timezone.now()
    return replace(
        facts,
        answers=known_answers(linked_addresses(facts), now),
        misspelt=unknown_words(asked, facts.house.dictionary, known) if asked else frozenset(),
        spam=known_verdict(facts, now),
    )


def _note(note: Note, content: NoteContent) -> NoteFacts:
    return NoteFacts(
        content=content,
        is_approved=note.is_approved,
        headings=tuple(note.schema.headings_in_order()) if note.schema else (),
        fix=_desk_page(note),
        photo_fix=reverse("wagtailimages:edit", args=[note.photo_id]) if note.photo_id else "",
    )


def _desk_page(thing: Issue | Note | Publication) -> str:
    """The path of the desk's page on which it is edited; named, for the desk is another room."""
    return reverse(
        f"wagtailsnippets_{thing._meta.label_lower.replace('.', '_')}:edit", args=[thing.pk]
    )


def _numbering(issue: Issue) -> Numbering:
    others = IssueSerial.objects.filter(publication=issue.publication).select_related(
        "issue__volume", "issue__publication"
    )
    before = others.filter(serial__lt=issue.serials[0]).order_by("-serial").first()
    after = others.filter(serial__gt=issue.serials[-1]).order_by("serial").first()
    return Numbering(
        identity=_identity(issue),
        numbers=issue.numbers,
        first_serial_of_volume=issue.volume.first_serial,
        volume_begins_on=issue.volume.begins_on,
        weekday=issue.publication.weekday,
        before=_identity(before.issue) if before else None,
        after=_identity(after.issue) if after else None,
    )


def _identity(issue: Issue) -> Identity:
    return Identity(issue.line, issue.serials, issue.volume.number, issue.date)


def _weights(
    content: IssueContent | AlertContent | CorrectionContent, notes: tuple[NoteContent, ...]
) -> dict[str, int]:
    """The bytes of each picture that lies on this machine, by its address."""
    cover = content.cover if isinstance(content, IssueContent) else None
    pictures = [cover, *(picture for note in notes for picture in _pictures(note))]
    media = f"{settings.SITE_URL}/{settings.MEDIA_URL.strip('/')}/"
    weights = {}
    for picture in filter(None, pictures):
        for address in (picture.url, picture.url_2x):
            file = Path(settings.MEDIA_ROOT) / address.removeprefix(media)
            if address.startswith(media) and file.is_file():
                weights[address] = file.stat().st_size
    return weights


def _pictures(note: NoteContent) -> Iterable[Picture]:
    if note.photo:
        yield note.photo
    for section in note.sections:
        for part in section.parts:
            if isinstance(part, Figure):
                yield part.picture
