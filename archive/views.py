"""The public pages: the latest of every publication, one issue, one note, one alert."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from archive.publishing import (
    appearances,
    issue_path,
    neighbours,
    published_issue,
    sent_alerts,
    shelves,
)
from issues.content import alert_content, issue_content, publication_content, shortened
from notes.content import note_content
from notes.models import Note
from rendering.content import NoteContent, Text
from rendering.richtext import Paragraph, blocks
from rendering.sanitising import clean

# What a search engine shows of a page.
_DESCRIPTION_LENGTH = 160
_MINUTES_IN_CACHES = 5

View = Callable[..., HttpResponse]


def _public(view: View) -> View:
    """A page that caches may keep for minutes and browsers ask for again by its ETag."""
    cached = cache_control(public=True, max_age=60 * _MINUTES_IN_CACHES)
    return require_safe(conditional_page(cached(view)))


@_public
def home(request: HttpRequest) -> HttpResponse:
    """The latest of every publication."""
    return _page(request, "web/home.html", reverse("archive:home"), shelves=shelves())


@_public
def issue(request: HttpRequest, publication: str, serial: int) -> HttpResponse:
    """An issue with its notes, as it was mailed."""
    found = published_issue(publication, serial)
    path = issue_path(found)
    if serial != found.serials[0]:
        return HttpResponsePermanentRedirect(path)
    content = clean(issue_content(found))
    earlier, later = neighbours(found)
    return _page(
        request,
        "web/issue.html",
        path,
        issue=content,
        publication=content.publication,
        description=shortened(
            "; ".join(f"{note.subject}: {note.claim}" for note in content.notes),
            _DESCRIPTION_LENGTH,
        ),
        earlier=earlier and (earlier.line, issue_path(earlier)),
        later=later and (later.line, issue_path(later)),
    )


@_public
def note(request: HttpRequest, note: str) -> HttpResponse:
    """A note, with where it was published first."""
    found = get_object_or_404(Note, slug=note)
    places = appearances(found)
    if not places:
        raise Http404
    content = clean(note_content(found))
    return _page(
        request,
        "web/note.html",
        reverse("archive:note", args=[found.slug]),
        note=content,
        publication=clean(publication_content(places[0].publication)),
        appearances=places,
        description=_opening(content),
    )


@_public
def alert(request: HttpRequest, note: str) -> HttpResponse:
    """A note as it was mailed on its own."""
    edition = sent_alerts().filter(note__slug=note).last()
    if edition is None or edition.note is None:
        raise Http404
    content = clean(alert_content(edition.publication, edition.note))
    return _page(
        request,
        "web/note.html",
        # The same words have one address of their own, for search engines too.
        reverse("archive:note", args=[edition.note.slug]),
        note=content.note,
        publication=content.publication,
        appearances=appearances(edition.note),
        description=_opening(content.note),
    )


def _page(request: HttpRequest, template: str, canonical: str, **context: Any) -> HttpResponse:
    addresses = {"site_url": settings.SITE_URL, "canonical": f"{settings.SITE_URL}{canonical}"}
    return render(request, template, addresses | context)


def _opening(content: NoteContent) -> str:
    """The first words under the headline."""
    texts = (
        "".join(run.text for run in block.runs)
        for section in content.sections
        for part in section.parts
        if isinstance(part, Text)
        for block in blocks(part.html)
        if isinstance(block, Paragraph)
    )
    return shortened(next(texts, content.claim), _DESCRIPTION_LENGTH)
