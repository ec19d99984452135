"""From content to a complete mail: subject, HTML and text.

The same content gives the same bytes, on every machine and at any time, so that
an approval can hold for exactly those bytes. What differs from reader to reader
are the marks (see `rendering.marks`), and content can't write one.
"""

from __future__ import annotations

import hashlib
import re
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.utils import translation
from jinja2 import TemplateError, TemplateSyntaxError

from rendering.colours import readable
from rendering.content import (
    AlertContent,
    CorrectionContent,
    IssueContent,
    NoteContent,
    PublicationContent,
    Rendering,
    Takeaways,
    Text,
)
from rendering.environment import STANDARD, mail_environment
from rendering.errors import RenderingError
from rendering.marks import OPENING, Mark
from rendering.mjml import LONGEST, compile_mjml
from rendering.readers_language import in_readers_language
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
    return _rendered(_mail_of(content))


def render_alert(content: AlertContent) -> Rendering:
    """The mail of one note.

    Raises:
        RenderingError: if it can't be rendered; the message names the note or the template.
    """
    return _rendered(_mail_of(content))


def render_correction(content: CorrectionContent) -> Rendering:
    """The mail that corrects something mailed before.

    Raises:
        RenderingError: if it can't be rendered; the message names the template.
    """
    return _rendered(_mail_of(content))


def render_service_mail(
    kind: str, publication: PublicationContent, context: Mapping[str, Any]
) -> Rendering:
    """A mail to one reader about their own subscriptions.

    Args:
        kind: the folder of its templates.
        publication: the one whose sender writes.
        context: what the templates are filled in with beside that; nothing in it is trusted.

    Raises:
        RenderingError: if it can't be rendered; the message names the template.
    """
    publication = clean(publication)
    cleaned = {name: clean(value) for name, value in context.items()}
    return _rendered(_Mail(kind, "", publication.colour, cleaned | {"publication": publication}))


def render_notice(
    subject: str,
    paragraphs: Sequence[str],
    links: Sequence[tuple[str, str]] = (),
    *,
    audience: str = "the editors",
    because: str = "you are named as an editor",
) -> Rendering:
    """A plain service mail to the editors, or to others of the newsroom's own people.

    Args:
        subject: what it is about; the heading too.
        paragraphs: plain texts.
        links: pairs of what a link says and its absolute address.
        audience: whom it is for.
        because: why they receive it; the site's address is said after it.

    Raises:
        RenderingError: if there is no subject, or it is too long for one.
    """
    subject = clean_text(subject)
    context = {
        "audience": audience,
        "because": because,
        "paragraphs": clean(tuple(paragraphs)),
        "links": clean(tuple(links)),
        "site_name": settings.WAGTAIL_SITE_NAME,
        "site_url": settings.SITE_URL,
    }
    return _rendered(_Mail("notice", subject, _SERVICE_COLOUR, context), settings.LANGUAGE_CODE)


def digest(*, subject: str, html: str, text: str) -> str:
    """The SHA-256 of a mail, in hex, by which a rendering is known (see `Rendering`)."""
    parts = (subject, html, text)
    return hashlib.sha256(b"".join(part.encode() + b"\0" for part in parts)).hexdigest()


@dataclass(frozen=True, slots=True)
class _Mail:
    """What is to be rendered: the folder of its templates, and what they are filled in with.

    `subject` may be empty where it follows from the rest.
    """

    name: str
    subject: str
    colour: str
    context: dict[str, Any]
    notes: tuple[NoteContent, ...] = ()
    template_set: str = STANDARD


def _mail_of(content: IssueContent | AlertContent | CorrectionContent) -> _Mail:
    content = clean(content)
    publication = content.publication
    match content:
        case IssueContent():
            name, notes = "issue", content.notes
        case AlertContent():
            name, notes = "alert", (content.note,)
        case CorrectionContent():
            name, notes = "correction", ()
    context = {name: content, "publication": publication, "view_url": content.url}
    return _Mail(
        name, content.subject_line, publication.colour, context, notes, publication.template_set
    )


def _rendered(mail: _Mail, language: str = "") -> Rendering:
    """The mail, in the readers' language or another one."""
    for note in mail.notes:
        _check(note)
    with translation.override(language) if language else in_readers_language():
        subject = _one_line(_filled(mail, "subject.txt"))
        mail = replace(mail, subject=mail.subject or subject)
        html = compile_mjml(_filled(mail, "body.mjml"), f"email/{mail.name}/body.mjml", mail.notes)
        text = _filled(mail, "body.txt")
    return _complete(subject=subject, html=html.strip() + "\n", text=_tidied(text))


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


def _filled(mail: _Mail, part: str) -> str:
    template = f"email/{mail.name}/{part}"
    context = {
        "title": " ".join(mail.subject.split()),
        "accent": readable(mail.colour, _LIGHT),
        "accent_on_dark": readable(mail.colour, _DARK),
        "unsubscribe_url": _STAND_INS[Mark.UNSUBSCRIBE_URL],
        "preferences_url": _STAND_INS[Mark.PREFERENCES_URL],
        "reader_name": _STAND_INS[
            Mark.READER_NAME if part.endswith(".txt") else Mark.READER_NAME_IN_HTML
        ],
        # A mail to one reader has their own links in place of the marks.
        **mail.context,
    }
    environment = mail_environment(mail.template_set)
    try:
        filled = environment.get_template(template).render(context)
    except TemplateSyntaxError as error:
        file = (error.filename or f"templates/{error.name}").removeprefix(f"{settings.BASE_DIR}/")
        raise RenderingError(f"{file}, line {error.lineno}: {error.message}") from error
    except TemplateError as error:
        raise RenderingError(f"{_place(error, template)}: {error.message}") from error
    except RecursionError as error:
        place = _place(error, template)
        raise RenderingError(f"{place}: templates include each other without an end.") from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # What a template does with a value that is another one than it thinks.
        raise RenderingError(f"{_place(error, template)}: {error}.") from error
    if len(filled) > LONGEST:
        raise RenderingError(
            f"templates/{template} would make {len(filled):,} characters, and more than "
            f"{LONGEST:,} are not mailed. Take notes out, or shorten their tables."
        )
    return filled


def _place(error: Exception, template: str) -> str:
    """The template and line in which an error arose; Jinja2 puts both in the traceback."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.endswith((".mjml", ".txt"))
    ]
    if not frames:
        return f"templates/{template}"
    file, ours = frames[-1].filename, f"{settings.BASE_DIR}/"
    return f"{file.removeprefix(ours)}, line {frames[-1].lineno}"


def _check(note: NoteContent) -> None:
    for section in note.sections:
        for part in section.parts:
            texts = [part.html] if isinstance(part, Text) else []
            if isinstance(part, Takeaways):
                texts = [point.html for point in part.points]
            longest = max(map(len, texts), default=0)
            if longest > LONGEST_HTML:
                raise RenderingError(
                    f"{note.subject}: {note.claim}: a text under “{section.heading}” has "
                    f"{longest:,} characters of HTML, and at most {LONGEST_HTML:,} fit. "
                    "Divide it into several texts."
                )


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
