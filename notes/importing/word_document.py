"""Reads a Word document with Mammoth, from a copy that holds only what a note can use.

The copy has no links to pictures elsewhere, no comments, no headers and footers, and no
bytes of pictures: those are read from the archive itself, within its bounds.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZIP_STORED, ZipFile

from mammoth import docx

from notes.importing.parsed import NoteFormatError
from notes.importing.word_archive import Relationship, WordArchive
from notes.importing.word_cleaning import TooManyFieldsError, clean, text_of
from notes.importing.word_styles import Styles, W

# 40,000 words; a note has a thousand, and an issue ten thousand.
MOST_CHARACTERS = 250_000

_TEXTS = ("document", "footnotes", "endnotes")
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
# What Mammoth raises for what is not as Word writes it.
_NOT_AS_WORD_WRITES = (AttributeError, IndexError, KeyError, OSError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Where a picture's bytes are: a part of the archive, or an address (`is_outside`)."""

    target: str
    is_outside: bool


class WordDocument:
    """A document's text as Mammoth's elements, and what they refer to.

    `found` counts what `word_cleaning.SENTENCES` speaks of; `characters` are those of the words.
    """

    def __init__(self, archive: WordArchive) -> None:
        """
        Raises:
            NoteFormatError: if it is damaged, too long, or too intricate.
        """
        self._archive = archive
        self.found: Counter[str] = Counter()
        self._drawn: list[Drawn] = []
        self.characters = dict.fromkeys(_TEXTS, 0)
        related = archive.related_to(archive.document)
        self._parts = {one.kind: one.target for one in related if not one.is_outside}
        styles = self._parts.get("styles", "")
        self._styles = archive.xml(styles) if styles in archive else None
        self.styles = Styles(self._styles)
        self.body, self._notes = self._read()

    def note(self, kind: str, key: str) -> list[Any]:
        """The elements of a footnote or endnote; none where it is lost."""
        try:
            found: list[Any] = self._notes.find_note(kind, key).body
        except KeyError:
            return []
        return found

    def drawn(self, image: Any) -> Drawn:
        """Where the bytes of one of Mammoth's images are."""
        with image.open() as entry:
            return self._drawn[int(entry.read())]

    def _read(self) -> tuple[list[Any], Any]:
        copy = BytesIO()
        with ZipFile(copy, "w", ZIP_STORED) as archive:
            for name, content in self._parts_of_copy().items():
                archive.writestr(name, content)
            for number in range(len(self._drawn)):
                archive.writestr(f"word/media/{number}", str(number))
        try:
            document = docx.read(copy).value
        except RecursionError:
            raise self._archive.error(
                "its tables or text boxes nest too deeply; copy its text into a new document."
            ) from None
        except _NOT_AS_WORD_WRITES:
            raise self._damaged() from None
        return document.children, document.notes

    def _parts_of_copy(self) -> dict[str, bytes]:
        copied: dict[str, bytes] = {}
        for kind in _TEXTS:
            name = self._archive.document if kind == "document" else self._parts.get(kind, "")
            if name in self._archive:
                copied |= self._text_part(kind, name)
        if self._styles is not None:
            copied["word/styles.xml"] = ET.tostring(self._styles)
        numbering = self._parts.get("numbering", "")
        if numbering in self._archive:
            copied["word/numbering.xml"] = ET.tostring(self._archive.xml(numbering))
        return copied

    def _text_part(self, kind: str, name: str) -> dict[str, bytes]:
        root = self._archive.xml(name)
        if root.tag != f"{W}{kind}":
            raise self._damaged()
        related = self._archive.related_to(name)
        try:
            used = {one.key: one.kind for one in related}
            self.found.update(clean(root, self.styles, used))
        except TooManyFieldsError:
            raise self._archive.error(
                "it has too many fields; copy its text into a new document."
            ) from None
        self.characters[kind] = len(text_of(root))
        if sum(self.characters.values()) > MOST_CHARACTERS:
            raise self._archive.error(
                f"it is too long for a note, with more than {MOST_CHARACTERS:,} characters; cut "
                "the note out of it."
            )
        return {
            f"word/{kind}.xml": ET.tostring(root),
            f"word/_rels/{kind}.xml.rels": self._relationships(related),
        }

    def _relationships(self, related: list[Relationship]) -> bytes:
        """The part's links and pictures; a picture's entry in the copy holds its number."""
        root = ET.Element(f"{{{_RELATIONSHIPS}}}Relationships")
        for one in related:
            if one.kind not in {"hyperlink", "image"}:
                continue
            target = one.target
            if one.kind == "image":
                target = f"media/{len(self._drawn)}"
                self._drawn.append(Drawn(one.target, one.is_outside))
            ET.SubElement(
                root,
                f"{{{_RELATIONSHIPS}}}Relationship",
                {"Id": one.key, "Type": f"{_KINDS}{one.kind}", "Target": target},
            )
        return ET.tostring(root)

    def _damaged(self) -> NoteFormatError:
        return self._archive.error(
            "its text can't be read; open it in Word, and save it under another name."
        )
