"""Every text of a note, in the order of reading: where it stands, its words, how they are changed.

A note in memory is meant, as a form or a revision holds it; nothing here asks or writes the
database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from wagtail.rich_text import RichText

from notes import markup
from notes.models import Note

Kind = Literal["headline", "heading", "paragraph", "cell", "caption", "credit", "source"]


@dataclass(frozen=True, slots=True)
class Text:
    """Words that stand together: a headline, a paragraph, a cell of a table.

    `key` tells it from the note's other texts while none comes or goes (`body.0.parts.1.2`),
    `place` is for people (`What happened?`).
    """

    key: str
    place: str
    kind: Kind
    words: str
    change: Callable[[int, int, str], None]


def texts(note: Note) -> Iterator[Text]:
    """All that have words. What a text's `change(start, end, meant)` changes is the note given."""
    for text in _texts(note):
        if text.words.strip():
            yield text


def _texts(note: Note) -> Iterator[Text]:
    yield _plain("subject", "headline", "headline", note)
    yield _plain("claim", "headline", "headline", note)
    for number, author in enumerate(note.authors.all()):
        place = str(author.person) if author.person_id else "author"
        for name in ("affiliation", "biography"):
            yield from _lines(f"authors.{number}", name, place, author)
    yield _plain("photo_source", "picture", "credit", note)
    for number, block in enumerate(note.body):
        section = block.value
        place = section["heading"] or "opening"
        yield _plain("heading", place, "heading", section, f"body.{number}")
        for at, part in enumerate(section["parts"]):
            yield from _part(f"body.{number}.parts.{at}", place, part)
    for number, source in enumerate(note.sources.all()):
        for name in ("outlet", "title"):
            yield _plain(name, "sources", "source", source, f"sources.{number}")


def _part(key: str, place: str, part: Any) -> Iterator[Text]:
    value = part.value
    match part.block_type:
        case "text":
            yield from _rich(key, place, part, "value")
        case "quote":
            yield from _lines(key, "text", place, value)
            yield _plain("attribution", place, "credit", value, key)
        case "figure":
            yield _plain("caption", place, "caption", value, key)
        case "table" if value:
            yield _plain("table_caption", place, "caption", value, key)
            for number, row in enumerate(value.get("data") or []):
                for column in range(len(row)):
                    yield _plain(column, place, "cell", row, f"{key}.{number}")
        case "takeaways":
            for number, point in enumerate(value):
                yield _plain("lead", place, "paragraph", point, f"{key}.{number}")
                yield from _rich(f"{key}.{number}", place, point, "text")


def _read(holder: Any, name: Any) -> Any:
    """A field of a model, a block's value, or a cell of a row."""
    return holder[name] if isinstance(holder, dict | list) else getattr(holder, name)


def _write(holder: Any, name: Any, value: Any) -> None:
    if isinstance(holder, dict | list):
        holder[name] = value
    else:
        setattr(holder, name, value)


def _plain(name: Any, place: str, kind: Kind, holder: Any, within: str = "") -> Text:
    known = holder.get(name) if isinstance(holder, dict) else _read(holder, name)
    words = "" if known is None else str(known)

    def change(start: int, end: int, meant: str) -> None:
        now = str(_read(holder, name))
        _write(holder, name, now[:start] + meant + now[end:])

    return Text(f"{within}.{name}" if within else str(name), place, kind, words, change)


def _lines(within: str, name: str, place: str, holder: Any) -> Iterator[Text]:
    """A text of several lines, each of which is read by itself."""
    offset = 0
    for number, line in enumerate(str(_read(holder, name) or "").splitlines(keepends=True)):
        words = line.rstrip("\r\n")

        def change(start: int, end: int, meant: str, offset: int = offset) -> None:
            now = str(_read(holder, name))
            _write(holder, name, now[: offset + start] + meant + now[offset + end :])

        yield Text(f"{within}.{name}.{number}", place, "paragraph", words, change)
        offset += len(line)


def _rich(key: str, place: str, holder: Any, name: str) -> Iterator[Text]:
    source = _source(holder, name)
    for number, passage in enumerate(markup.passages(source)):

        def change(start: int, end: int, meant: str, number: int = number) -> None:
            source = markup.edited(_source(holder, name), number, start, end, meant)
            _write(holder, name, RichText(source))

        yield Text(f"{key}.{number}", place, "paragraph", passage.words, change)


def _source(holder: Any, name: str) -> str:
    rich = _read(holder, name)
    return rich.source or "" if rich is not None else ""


def rich_texts(note: Note) -> Iterator[tuple[str, Callable[[str], None]]]:
    """Each rich text's HTML, and what puts another one in its place."""
    for holder, name in _rich_places(note):

        def put(source: str, holder: Any = holder, name: str = name) -> None:
            _write(holder, name, RichText(source))

        yield _source(holder, name), put


def _rich_places(note: Note) -> Iterator[tuple[Any, str]]:
    for block in note.body:
        for part in block.value["parts"]:
            if part.block_type == "text":
                yield part, "value"
            elif part.block_type == "takeaways":
                for point in part.value:
                    yield point, "text"
