"""A note as it was read from a file: plain values, nothing stored yet.

Whatever the format, the importer ends here; storing starts from here. An error
names the file, the line and the part, and says what was expected.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from notes.importing.pictures import CheckedPicture

# The room that the database has for each part, in characters.
MOST_CHARACTERS = {
    "subject": 200,
    "claim": 300,
    "date": 40,
    "schema": 100,
    "heading": 200,
    "author's name": 200,
    "affiliation": 300,
    "biography": 2000,
    "photo's source": 200,
    "picture's file name": 200,
    "picture's credit": 200,
    "picture's mark": 10,
    "picture's alternative text": 255,
    "attribution": 500,
    "source's outlet": 200,
    "source's title": 400,
    "source's address": 1000,
    "issue line": 200,
}


class NoteFormatError(Exception):
    """A file can't be read as a note; the message is one sentence with the file and the line.

    `without_name` is for where the file's name stands already.
    """

    def __init__(self, source_name: str, sentence: str, line: int | None = None) -> None:
        self.source_name = source_name
        self.without_name = sentence if line is None else f"line {line}: {sentence}"
        place = source_name if line is None else f"{source_name}, line {line}"
        super().__init__(f"{place}: {sentence}")


@dataclass(frozen=True, slots=True)
class Preset:
    """What the newsroom knows where a Word document does not say it.

    `day` is the date of a note without one; `schemas` are the section schemas' headings by name.
    """

    day: date | None = None
    schemas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture that the note names. `file` is relative to the note; `line` is where it does so.

    `enclosed` is the picture itself, where it came in the same file as the words.
    """

    file: str
    alt: str
    credit: str
    ai_generated: bool
    line: int | None = None
    enclosed: CheckedPicture | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class TextPart:
    """Paragraphs and lists, in the HTML that a rich text block keeps."""

    html: str


@dataclass(frozen=True, slots=True)
class QuotePart:
    """Somebody's words, set apart. Plain text."""

    text: str
    attribution: str


@dataclass(frozen=True, slots=True)
class FigurePart:
    """A picture in the text, with the words below it that are not its credit."""

    picture: PictureFile
    caption: str = ""


@dataclass(frozen=True, slots=True)
class TablePart:
    """Rows of plain-text cells; the first row is the header."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class TakeawaysPart:
    """Numbered points: what to remember, in plain text, and why, in the HTML of a rich text."""

    points: tuple[tuple[str, str], ...]


ParsedPart = TextPart | QuotePart | FigurePart | TablePart | TakeawaysPart


@dataclass(frozen=True, slots=True)
class ParsedSection:
    """A heading (empty for an opening without one) and what stands under it."""

    heading: str
    parts: tuple[ParsedPart, ...]


@dataclass(frozen=True, slots=True)
class ParsedAuthor:
    """An author; affiliation and biography are empty where the file does not give them."""

    name: str
    affiliation: str = ""
    biography: str = ""


@dataclass(frozen=True, slots=True)
class ParsedSource:
    """Where a statement comes from."""

    outlet: str
    title: str
    url: str = ""
    published: date | None = None
    accessed: date | None = None


@dataclass(frozen=True, slots=True)
class ParsedNote:
    """Everything a file says about a note. Countries are ISO 3166 alpha-2 codes.

    `schema` is the name of a section schema. `warnings` are sentences about what a person
    should look at; they keep nothing from being imported.
    """

    subject: str
    claim: str
    authors: tuple[ParsedAuthor, ...]
    date: date
    schema: str
    sections: tuple[ParsedSection, ...]
    countries: tuple[str, ...] = ()
    picture: PictureFile | None = None
    photo_source: str = ""
    sources: tuple[ParsedSource, ...] = ()
    printed_under: str = ""
    warnings: tuple[str, ...] = ()


# What XML, and so a mail's markup, can't hold. Tab and line feed may stay.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def lines_of(text: str, source_name: str) -> list[str]:
    """The lines as an editor counts them, the first being line 1.

    Raises:
        NoteFormatError: if the text is empty or holds a control character.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not text.removeprefix("\ufeff").strip():
        raise NoteFormatError(source_name, "the file is empty.")
    for number, line in enumerate(lines, start=1):
        if found := CONTROL.search(line):
            raise NoteFormatError(
                source_name,
                f"there is an invisible control character (U+{ord(found[0]):04X}); delete it.",
                number,
            )
    return lines


def fitting(value: str, part: str, source_name: str, line: int | None) -> str:
    """The value, if the database has room for it (see `MOST_CHARACTERS`) and a mail can hold it.

    Raises:
        NoteFormatError: if it has more characters than that, or a control character, which
            the double quotes of front matter can write as `\\x00`.
    """
    if found := CONTROL.search(value):
        raise NoteFormatError(
            source_name,
            f"the {part} has the control character U+{ord(found[0]):04X}; delete it.",
            line,
        )
    most = MOST_CHARACTERS[part]
    if len(value) > most:
        raise NoteFormatError(
            source_name,
            f"the {part} has {len(value)} characters; {most} are allowed, so shorten it.",
            line,
        )
    return value
