"""Puts a parsed note into the database: as a draft, once, whole or not at all.

The same headline on the same day in the same publication is the same note. If its
file has changed since, a new draft revision is made; the approved words stay in the
row until that draft is approved too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.db.models import Model

from notes.importing.parsed import (
    FigurePart,
    NoteFormatError,
    ParsedNote,
    ParsedPart,
    PictureFile,
    QuotePart,
    TablePart,
    TakeawaysPart,
    TextPart,
)
from notes.importing.people import byline_for
from notes.importing.photos import Checked, check_pictures, stored_photo
from notes.importing.reading import read_note
from notes.models import Note, NoteAuthor, NoteSource, Photo, SectionSchema
from notes.names import name_key

_NOT_CONTENT = {"line", "warnings"}


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file. `warnings` are sentences about what needs a look."""

    note: Note
    status: Literal["new", "unchanged", "changed"]
    warnings: tuple[str, ...]


def import_notes(paths: Iterable[Path], publication: Model) -> list[Imported]:
    """Import the note in each file.

    Importing a file twice makes one note, also when two processes do it at once.

    Args:
        paths: Markdown files with front matter, or the texts of note pages.
        publication: the `issues.Publication` that the notes are written for.

    Raises:
        NoteFormatError: if one of the files can't be read as a note, or two of them are the same
            note in other words; then none is stored.
    """
    paths = list(paths)
    ready = [_looked_at(path) for path in paths]
    first: dict[str, tuple[Path, str]] = {}
    for path, (parsed, checked, _) in zip(paths, ready, strict=True):
        digest = import_digest(parsed, checked)
        other, words = first.setdefault(import_key(parsed, publication), (path, digest))
        if words != digest:
            raise NoteFormatError(
                path.name,
                f"it has the headline and the date of {other.name}, but other words; leave one of "
                "the two out.",
            )
    return [_stored_once(*one, publication) for one in ready]


def import_note(path: Path, publication: Model) -> Imported:
    """Import the note in one file; see `import_notes`."""
    return import_notes([path], publication)[0]


def _looked_at(path: Path) -> tuple[ParsedNote, Checked, SectionSchema]:
    """The note with everything that it names: nothing stored yet, nothing missing."""
    parsed = read_note(path)
    return parsed, check_pictures(parsed, path), _schema(parsed.schema, path.name)


def _stored_once(
    parsed: ParsedNote, checked: Checked, schema: SectionSchema, publication: Model
) -> Imported:
    try:
        return _stored(parsed, checked, schema, publication)
    except IntegrityError:
        # Another process stored the same note, person or slug a moment ago: now it is there.
        return _stored(parsed, checked, schema, publication)


def _schema(name: str, source_name: str) -> SectionSchema:
    schema: SectionSchema | None = SectionSchema.objects.filter(name__iexact=name).first()
    if schema is not None:
        return schema
    names = list(SectionSchema.objects.values_list("name", flat=True))
    close = get_close_matches(name, names, n=1) or names
    raise NoteFormatError(source_name, f"`schema: {name}` is unknown; write {' or '.join(close)}.")


def _stored(
    parsed: ParsedNote, checked: Checked, schema: SectionSchema, publication: Model
) -> Imported:
    made: list[Photo] = []
    try:
        with transaction.atomic():
            return _store(parsed, checked, schema, publication, made)
    except BaseException:
        for photo in made:
            photo.file.delete(save=False)
        raise


def _store(
    parsed: ParsedNote,
    checked: Checked,
    schema: SectionSchema,
    publication: Model,
    made: list[Photo],
) -> Imported:
    key, digest = import_key(parsed, publication), import_digest(parsed, checked)
    known = Note.objects.select_for_update().filter(import_key=key).first()
    if known is not None and known.import_digest == digest:
        return Imported(known, "unchanged", parsed.warnings)
    byline, about_people = byline_for(parsed.authors)
    photos: dict[PictureFile, Photo] = {}
    for picture, content in checked.items():
        photos[picture], is_new = stored_photo(picture, content)
        made += [photos[picture]] if is_new else []
    note = known.get_latest_revision_as_object() if known else Note(live=False, import_key=key)
    note.publication, note.schema = publication, schema
    _fill(note, parsed, byline, photos)
    note.printed_under, note.import_digest = parsed.printed_under, digest
    warnings = (*parsed.warnings, *about_people)
    if known is None:
        note.save()
        note.save_revision()
        return Imported(note, "new", warnings)
    if known.latest_revision and known.latest_revision.user_id:
        warnings += ("the draft was edited at the desk before; its words are in its history",)
    if known.approved_revision_id is None:
        note.save()
    Note.objects.filter(pk=known.pk).update(
        printed_under=parsed.printed_under, import_digest=digest
    )
    note.save_revision()
    return Imported(Note.objects.get(pk=known.pk), "changed", warnings)


def _fill(
    note: Note,
    parsed: ParsedNote,
    byline: Sequence[NoteAuthor],
    photos: Mapping[PictureFile, Photo],
) -> None:
    """Put the words and pictures of a file into a note."""
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


def import_key(parsed: ParsedNote, publication: Model) -> str:
    """What makes it the same note: SHA-256 of the publication, the headline and the date."""
    headline = name_key(f"{parsed.subject} {parsed.claim}")
    return _sha256([str(publication.pk), headline, parsed.date.isoformat()])


def import_digest(parsed: ParsedNote, checked: Checked) -> str:
    """What makes it the same words and pictures: SHA-256 of everything that the file says."""

    def content(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return {key: value for key, value in pairs if key not in _NOT_CONTENT}

    hashes = [picture.file_hash for picture in checked.values()]
    return _sha256([asdict(parsed, dict_factory=content), hashes])


def _sha256(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


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
        case FigurePart(picture):
            return "figure", {"picture": photos[picture], "caption": ""}
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
