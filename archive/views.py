"""The public pages: the latest of every publication, one issue, one note, one alert."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from archive.publishing import (
    Appearance,
    appearances,
    errata_of,
    issue_path,
    mailed_issue,
    neighbours,
    shelves,
)
from issues.content import shortened
from rendering.content import IssueContent, NoteContent, PublicationContent, Text
from rendering.keeping import issue_from_json
from rendering.richtext import Paragraph, blocks

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
    edition = mailed_issue(publication, serial)
    path = issue_path(edition)
    if path != request.path:
        return HttpResponsePermanentRedirect(path)
    earlier, later = neighbours(edition)
    return issue_page(
        request,
        issue_from_json(edition.content),
        path,
        errata=errata_of(edition),
        earlier=earlier,
        later=later,
    )


def issue_page(
    request: HttpRequest, content: IssueContent, path: str, **around: Any
) -> HttpResponse:
    """An issue's page, as the public sees it or would see it.

    Args:
        path: its address on this site.
        around: what stands beside the issue, if anything: `errata` by note, `earlier` and `later`
            ones.
    """
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
        **{"errata": {}, "earlier": None, "later": None, **around},
    )


@_public
def note(request: HttpRequest, note: str) -> HttpResponse:
    """A note as its issue had it, or else its alert, with where it was published first."""
    places = appearances(note)
    return _note_page(request, [p for p in places if p.in_issue] or places, places)


@_public
def alert(request: HttpRequest, note: str) -> HttpResponse:
    """A note as it was mailed on its own."""
    places = appearances(note)
    return _note_page(request, [p for p in places if not p.in_issue], places)


def _note_page(
    request: HttpRequest, shown: list[Appearance], places: list[Appearance]
) -> HttpResponse:
    if not shown:
        raise Http404
    first = shown[0]
    return note_page(
        request, first.note, first.publication, errata=first.errata, appearances=places
    )


def note_page(
    request: HttpRequest, content: NoteContent, publication: PublicationContent, **around: Any
) -> HttpResponse:
    """A note's page, as the public sees it or would see it.

    Args:
        around: what stands beside the note: its `errata`, its `appearances`.
    """
    return _page(
        request,
        "web/note.html",
        # A note has one address of its own, for search engines too.
        reverse("archive:note", args=[content.slug]),
        note=content,
        publication=publication,
        description=_opening(content),
        **around,
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
