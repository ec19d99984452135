"""A note that nobody may have saved yet, as a reader would see it: four ways, and safe to look at.

What is shown can't run, send or lead anywhere, and no cache keeps it. Whatever is missing is said
in a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from issues.content import alert_content, publication_content
from notes.content import NoteContentError, note_content
from notes.models import Note
from rendering.content import Rendering
from rendering.errors import RenderingError
from rendering.mail import render_alert
from rendering.marks import shown_to_nobody

# No script, no form, nothing from elsewhere; a link opens in another tab.
_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
_HEAD = re.compile(r"<head\b[^>]*>")


def shown(request: HttpRequest, note: Note, mode: str) -> HttpResponse:
    """A preview in one of `Note.preview_modes`.

    Raises:
        Http404: if there is no such mode.
    """
    if mode not in _MODES:
        raise Http404
    missing = _missing(note)
    if not missing:
        _leave_gaps_out(note)
        try:
            return _safe(_MODES[mode](request, note))
        except (NoteContentError, RenderingError) as error:
            missing = [str(error)]
    return not_shown(missing)


def not_shown(sentences: list[str]) -> HttpResponse:
    """A page that says what is missing instead of a preview."""
    return _safe(render_to_string("desk/note_not_shown.html", {"sentences": sentences}))


def _missing(note: Note) -> list[str]:
    said = []
    if note.publication_id is None:
        said.append("Choose the publication: it decides how the note looks.")
    if note.date is None:
        said.append("Write the note’s date.")
    return said


def _leave_gaps_out(note: Note) -> None:
    """What is only begun, so that the rest can be looked at."""
    authors = [entry for entry in note.authors.all() if entry.person_id]
    for entry in authors:
        # Its biography is that of the day which stands in the form.
        entry.note = note
    note.authors = authors
    note.slug = note.slug or "preview"
    for block in note.body:
        parts = block.value["parts"]
        for number in reversed(range(len(parts))):
            part = parts[number]
            if part.block_type == "table" and not (part.value or {}).get("data"):
                del parts[number]


def _mail(note: Note) -> Rendering:
    return render_alert(alert_content(note.publication, note))


def _as_mail(_request: HttpRequest, note: Note) -> str:
    return _here(shown_to_nobody(_mail(note).html))


def _on_a_phone(request: HttpRequest, note: Note) -> str:
    return render_to_string("desk/note_on_a_phone.html", {"mail": _as_mail(request, note)})


def _as_text(_request: HttpRequest, note: Note) -> str:
    return render_to_string("desk/note_as_text.html", {"text": shown_to_nobody(_mail(note).text)})


def _as_page(request: HttpRequest, note: Note) -> str:
    content = note_content(note)
    context: dict[str, Any] = {
        "note": content,
        "publication": publication_content(note.publication),
        "appearances": [],
        "errata": [],
        "description": content.claim,
        "site_url": settings.SITE_URL,
        "canonical": f"{settings.SITE_URL}{reverse('archive:note', args=[content.slug])}",
    }
    return _here(render_to_string("web/note.html", context, request))


_MODES: dict[str, Callable[[HttpRequest, Note], str]] = {
    "mail": _as_mail,
    "phone": _on_a_phone,
    "text": _as_text,
    "web": _as_page,
}


def _here(html: str) -> str:
    """With pictures from where the desk is, and links that open in a tab of their own."""
    html = html.replace(f"{settings.SITE_URL}{settings.MEDIA_URL}", settings.MEDIA_URL)
    return _HEAD.sub(lambda head: f'{head[0]}<base target="_blank">', html, count=1)


def _safe(html: str) -> HttpResponse:
    return HttpResponse(
        html,
        headers={
            "Cache-Control": "no-store",
            "Content-Security-Policy": _POLICY,
            "X-Frame-Options": "SAMEORIGIN",
        },
    )
