"""From content to a complete mail: subject, HTML and text.

The same content gives the same bytes, on every machine and at any time, so that
an approval can hold for exactly those bytes. What differs from reader to reader
are the marks (see `rendering.marks`), and content can't write one.
"""

from __future__ import annotations

import hashlib
import re
import traceback
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from jinja2 import TemplateError, TemplateSyntaxError

from rendering.colours import readable
from rendering.content import AlertContent, IssueContent, NoteContent, Rendering, Text
from rendering.environment import mail_environment
from rendering.errors import RenderingError
from rendering.marks import OPENING, Mark
from rendering.mjml import compile_mjml
from rendering.sanitising import LONGEST_HTML, clean, clean_text

LONGEST_SUBJECT = 200

# The darkest of the light backgrounds and the lightest of the dark ones, as
# `templates/email/partials/look.mjml` has them.
_LIGHT, _DARK = "#f3f0ea", "#2b2825"
_SERVICE_COLOUR = "#3d4852"

# Stand for the marks while a mail is composed. Unicode keeps these characters for a program's
# own use, and `clean` has taken them out of the content.
_STAND_INS = {mark: chr(0xFDD0 + place) for place, mark in enumerate(Mark)}


def render_issue(content: IssueContent) -> Rendering:
    """The mail of an issue.

    Raises:
        RenderingError: if it can't be rendered; the message names the note or the template.
    """
    issue = clean(content)
    return _render(
        "issue",
        subject=issue.subject_line,
        colour=issue.publication.colour,
        notes=issue.notes,
        context={"issue": issue, "publication": issue.publication, "view_url": issue.url},
    )


def render_alert(content: AlertContent) -> Rendering:
    """The mail of one note.

    Raises:
        RenderingError: if it can't be rendered; the message names the note or the template.
    """
    alert = clean(content)
    return _render(
        "alert",
        subject=alert.subject_line,
        colour=alert.publication.colour,
        notes=(alert.note,),
        context={"alert": alert, "publication": alert.publication, "view_url": alert.url},
    )


def render_notice(
    subject: str, paragraphs: Sequence[str], links: Sequence[tuple[str, str]] = ()
) -> Rendering:
    """A plain service mail to the editors.

    Args:
        subject: what it is about; the heading too.
        paragraphs: plain texts.
        links: pairs of what a link says and its absolute address.

    Raises:
        RenderingError: if there is no subject, or it is too long for one.
    """
    subject = clean_text(subject)
    return _render(
        "notice",
        subject=subject,
        colour=_SERVICE_COLOUR,
        notes=(),
        context={
            "paragraphs": clean(tuple(paragraphs)),
            "links": clean(tuple(links)),
            "site_name": settings.WAGTAIL_SITE_NAME,
            "site_url": settings.SITE_URL,
        },
    )


def digest(*, subject: str, html: str, text: str) -> str:
    """The SHA-256 of a mail, in hex, by which a rendering is known (see `Rendering`)."""
    parts = (subject, html, text)
    return hashlib.sha256(b"".join(part.encode() + b"\0" for part in parts)).hexdigest()


def _render(
    name: str, *, subject: str, colour: str, notes: Sequence[NoteContent], context: dict[str, Any]
) -> Rendering:
    for note in notes:
        _check(note)
    context = context | {
        "title": " ".join(subject.split()),
        "accent": readable(colour, _LIGHT),
        "accent_on_dark": readable(colour, _DARK),
        "unsubscribe_url": _STAND_INS[Mark.UNSUBSCRIBE_URL],
        "preferences_url": _STAND_INS[Mark.PREFERENCES_URL],
    }
    body = f"email/{name}/body.mjml"
    html = compile_mjml(_filled(body, context), body, [_headline(note) for note in notes])
    return _complete(
        subject=_one_line(_filled(f"email/{name}/subject.txt", context)),
        html=html.strip() + "\n",
        text=_tidied(_filled(f"email/{name}/body.txt", context)),
    )


def _complete(subject: str, html: str, text: str) -> Rendering:
    """Put the marks in, after whatever looks like one has been made harmless."""
    # In HTML the bracket is written as an entity, which looks the same. In plain text a
    # word joiner (U+2060), which nobody sees, comes between the two characters.
    html = html.replace(OPENING, "&#91;%")
    text = text.replace(OPENING, "[\u2060%")
    for mark, stand_in in _STAND_INS.items():
        # In an attribute of HTML the stand-in has become an entity. In a text the same characters
        # are somebody's words, whose `&` would have been escaped in HTML.
        html = html.replace(f"&#{ord(stand_in)};", mark).replace(stand_in, mark)
        text = text.replace(stand_in, mark)
    subject = subject.replace(OPENING, "[\u2060%")
    return Rendering(
        subject=subject, html=html, text=text, sha256=digest(subject=subject, html=html, text=text)
    )


def _filled(template: str, context: dict[str, Any]) -> str:
    try:
        return mail_environment().get_template(template).render(context)
    except TemplateSyntaxError as error:
        raise RenderingError(
            f"templates/{error.name}, line {error.lineno}: {error.message}"
        ) from error
    except TemplateError as error:
        raise RenderingError(f"{_place(error, template)}: {error.message}") from error


def _place(error: TemplateError, template: str) -> str:
    """The template and line in which an error arose; Jinja2 puts both in the traceback."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if "/templates/email/" in frame.filename
    ]
    if not frames:
        return f"templates/{template}"
    name = frames[-1].filename.rpartition("/templates/")[2]
    return f"templates/{name}, line {frames[-1].lineno}"


def _check(note: NoteContent) -> None:
    for section in note.sections:
        for part in section.parts:
            if isinstance(part, Text) and len(part.html) > LONGEST_HTML:
                raise RenderingError(
                    f"{_headline(note)}: a text under “{section.heading}” has "
                    f"{len(part.html):,} characters of HTML, and at most {LONGEST_HTML:,} fit. "
                    "Divide it into several texts."
                )


def _headline(note: NoteContent) -> str:
    return f"{note.subject}: {note.claim}"


def _one_line(text: str) -> str:
    """A subject that is safe as a header: no newline can be in it.

    Raises:
        RenderingError: if nothing is left, or more than `LONGEST_SUBJECT` characters are.
    """
    line = " ".join(text.split())
    if not line:
        raise RenderingError("The mail has no subject line; write one.")
    if len(line) > LONGEST_SUBJECT:
        raise RenderingError(
            f"The subject line has {len(line)} characters; shorten it to {LONGEST_SUBJECT} or "
            f"fewer: {line}"
        )
    return line


def _tidied(text: str) -> str:
    """No space at the end of a line, never two empty lines in a row."""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n") + "\n"
