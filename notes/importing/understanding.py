"""Says in short what was taken from a file, for the person who brought it."""

from __future__ import annotations

from collections.abc import Iterator

from notes.importing.countries import country_name
from notes.importing.parsed import ParsedNote, TablePart
from notes.importing.photos import pictures_of


def understood(note: ParsedNote) -> tuple[str, ...]:
    """What a file says, in the order in which a note is read."""
    return tuple(_understood(note))


def _understood(note: ParsedNote) -> Iterator[str]:
    yield f"Headline: {note.subject}{f': {note.claim}' if note.claim else ''}"
    if note.authors:
        yield f"{_count('Author', note.authors)}: {_listed(one.name for one in note.authors)}"
    with_biography = sum(bool(author.biography) for author in note.authors)
    if with_biography:
        yield f"Biographies: {with_biography}"
    yield f"Date: {note.date.day} {note.date:%B %Y}"
    headings = [section.heading for section in note.sections if section.heading]
    if headings:
        yield f"{_count('Section', headings)}: {' · '.join(headings)}"
    tables = sum(isinstance(part, TablePart) for one in note.sections for part in one.parts)
    pictures = len(pictures_of(note))
    for name, number in (
        ("Pictures", pictures),
        ("Tables", tables),
        ("Sources", len(note.sources)),
    ):
        if number:
            yield f"{name}: {number}"
    if note.countries:
        yield f"Countries: {', '.join(country_name(code) for code in note.countries)}"


def _count(name: str, things: object) -> str:
    return name if len(things) == 1 else f"{name}s"  # type: ignore[arg-type]


def _listed(names: Iterator[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
