"""A note as plain values, ready to be rendered: the words in its row, the approved ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse
from wagtail.rich_text import expand_db_html

from notes.biographies import printed_with
from notes.models import Note, Photo
from notes.renditions import renditions
from rendering.content import (
    Author,
    Figure,
    NoteContent,
    Part,
    Picture,
    Quote,
    Section,
    Source,
    Table,
    Takeaway,
    Takeaways,
    Text,
)


class NoteContentError(Exception):
    """A note can't be shown; the message says what to mend at the desk."""


def note_content(note: Note) -> NoteContent:
    """The note as its row says it, with each author's biography of the note's own day.

    Pictures are made in the sizes that a mail needs, once; addresses are absolute.

    Raises:
        NoteContentError: if the file of one of its pictures is lost or damaged.
    """
    return NoteContent(
        subject=note.subject,
        claim=note.claim,
        authors=tuple(_authors(note)),
        date=note.date,
        sections=tuple(_section(block.value, note) for block in note.body),
        photo=picture(note.photo, str(note)) if note.photo else None,
        photo_source=note.photo_source,
        sources=tuple(
            Source(source.outlet, source.title, source.url, source.published)
            for source in note.sources.all()
        ),
        # Stored by code; to a reader that order would look like none.
        countries=tuple(sorted(str(country.name) for country in note.countries)),
        slug=note.slug,
        url=_absolute(reverse("archive:note", args=[note.slug])),
    )


def _authors(note: Note) -> Iterator[Author]:
    for entry in note.authors.all():
        affiliation, biography = printed_with(entry)
        yield Author(entry.person.name, affiliation, biography)


def _section(value: Any, note: Note) -> Section:
    parts = (_part(part.block_type, part.value, note) for part in value["parts"])
    return Section(value["heading"], tuple(part for part in parts if part is not None))


def _part(kind: str, value: Any, note: Note) -> Part | None:
    """One part; None for a figure whose picture was deleted from the library."""
    if kind == "text":
        return Text(expand_db_html(value.source))
    if kind == "quote":
        return Quote(value["text"], value["attribution"])
    if kind == "table":
        return _table(value)
    if kind == "takeaways":
        return Takeaways(
            tuple(Takeaway(point["lead"], expand_db_html(point["text"].source)) for point in value)
        )
    chosen = value["picture"]
    return Figure(picture(chosen, str(note)), value["caption"]) if chosen else None


def _table(value: dict[str, Any]) -> Table:
    rows = tuple(tuple(str(cell or "") for cell in row) for row in value["data"])
    has_header = bool(value.get("first_row_is_table_header") and rows)
    return Table(
        header=rows[0] if has_header else (),
        rows=rows[1:] if has_header else rows,
        caption=value.get("table_caption") or "",
        first_column_is_header=bool(value.get("first_col_is_header")),
    )


def picture(photo: Photo, place: str) -> Picture:
    """A picture in the two sizes that a mail needs, made once; its addresses are absolute.

    Raises:
        NoteContentError: if its file is lost or damaged; `place` is where it is printed.
    """
    try:
        once, twice = renditions(photo)
    except (OSError, SyntaxError, ValueError):
        # What Pillow raises for a damaged file, and Wagtail and Django for one that is lost.
        raise NoteContentError(
            f"The picture “{photo.title}” of “{place}” can't be read; choose it again at the desk."
        ) from None
    return Picture(
        url=_absolute(once.url),
        url_2x=_absolute(twice.url),
        width=once.width,
        height=once.height,
        alt=photo.description,
        credit=photo.credit,
        ai_generated=photo.ai_generated,
    )


def _absolute(address: str) -> str:
    return address if "://" in address else f"{settings.SITE_URL}{address}"
