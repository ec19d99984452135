"""Puts the words and pictures of a parsed note into a note of the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from notes.importing.parsed import (
    FigurePart,
    ParsedNote,
    ParsedPart,
    PictureFile,
    QuotePart,
    TablePart,
    TakeawaysPart,
    TextPart,
)
from notes.models import Note, NoteAuthor, NoteSource, Photo


def fill(
    note: Note,
    parsed: ParsedNote,
    byline: Sequence[NoteAuthor],
    photos: Mapping[PictureFile, Photo],
) -> None:
    """Give a note what a file says; nothing is saved.

    Args:
        note: the note.
        parsed: what the file says.
        byline: its authors, as people whom the newsroom knows.
        photos: its pictures, as they are in the library.
    """
    note.subject = parsed.subject
    note.claim = parsed.claim
    note.date = parsed.date
    note.countries = list(parsed.countries)
    note.photo = photos[parsed.picture] if parsed.picture else None
    note.photo_source = parsed.photo_source
    note.body = _body(parsed, photos)
    note.authors = byline
    note.sources = [
        NoteSource(sort_order=order, **asdict(source))
        for order, source in enumerate(parsed.sources)
    ]


def _body(parsed: ParsedNote, photos: Mapping[PictureFile, Photo]) -> list[tuple[str, Any]]:
    return [
        (
            "section",
            {
                "heading": section.heading,
                "parts": [_part(part, photos) for part in section.parts],
            },
        )
        for section in parsed.sections
    ]


def _part(part: ParsedPart, photos: Mapping[PictureFile, Photo]) -> tuple[str, Any]:
    match part:
        case TextPart(html):
            return "text", html
        case QuotePart(text, attribution):
            return "quote", {"text": text, "attribution": attribution}
        case FigurePart(picture, caption):
            return "figure", {"picture": photos[picture], "caption": caption}
        case TakeawaysPart(points):
            return "takeaways", [{"lead": lead, "text": html} for lead, html in points]
        case TablePart(rows):
            return "table", {
                "data": [list(row) for row in rows],
                "first_row_is_table_header": True,
                "first_col_is_header": False,
                "table_header_choice": "row",
                "table_caption": "",
                "cell": [],
                "mergeCells": [],
            }
