"""Opens the archive that a Word document is, or says in a sentence why it is none to open.

Nothing is unpacked to the disk. However much an archive claims or hides, no more than the
bounds here is read of it, and nothing outside of it.
"""

from __future__ import annotations

import posixpath
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import unquote
from xml.etree import ElementTree as ET
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from notes.importing.files import LARGEST_BYTES, NoteFile
from notes.importing.parsed import NoteFormatError

MOST_ENTRIES = 2_000
LARGEST_PART = 16_000_000
# Mammoth takes 50 µs and 1 kB for an element, and up to seven frames for each level.
MOST_ELEMENTS = 100_000
DEEPEST = 80
MOST_ATTRIBUTES = 100
LONGEST_ATTRIBUTE = 65_536

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships/"
# The stricter of the format's two dialects differs in the names of its namespaces alone.
_DIALECTS = [
    (
        f'"http://purl.oclc.org/ooxml/{strict}"'.encode(),
        f'"http://schemas.openxmlformats.org/{usual}"'.encode(),
    )
    for strict, usual in (
        ("wordprocessingml/main", "wordprocessingml/2006/main"),
        ("officeDocument/relationships", "officeDocument/2006/relationships"),
        ("drawingml/wordprocessingDrawing", "drawingml/2006/wordprocessingDrawing"),
        ("drawingml/main", "drawingml/2006/main"),
        ("drawingml/picture", "drawingml/2006/picture"),
    )
]
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_CONTENT_TYPES = "[Content_Types].xml"
_AS_DOCX = "save it as a Word document (.docx)"
_SAVE = f"in Word, {_AS_DOCX}"
_DAMAGED = f"it is damaged, or no Word document; open it in Word, and {_AS_DOCX}."
_ODD = "it was not made by Word as it is; open it in Word, and save it under another name."
_PASSWORD = f"it is protected with a password; {_SAVE} without one."
_OTHER_KINDS = {
    b"%PDF": f"this is a PDF and no Word document; open it in Word, and {_AS_DOCX}.",
    b"{\\rtf": f"this is rich text; {_SAVE}.",
    b"MZ": "this is a program and no Word document.",
}
_OLE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Relationship:
    """What a part refers to: a part of the archive by its name, or an address outside."""

    key: str
    kind: str
    target: str
    is_outside: bool


class WordArchive:
    """The parts of a Word document, each read within bounds."""

    def __init__(self, file: NoteFile) -> None:
        """
        Raises:
            NoteFormatError: if it is no Word document that may be opened.
        """
        self.source_name = file.name
        self._elements_left = MOST_ELEMENTS
        self._check_kind(file.content)
        try:
            self._zip = ZipFile(BytesIO(file.content))
        except (BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError):
            raise self.error(_DAMAGED) from None
        self._names = {info.filename: info for info in self._zip.infolist()}
        self._check_names()
        self.document = self._main_part()

    def error(self, sentence: str) -> NoteFormatError:
        """A refusal of this file."""
        return NoteFormatError(self.source_name, sentence)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def read(self, name: str, most: int = LARGEST_PART) -> bytes:
        """A part's bytes.

        Raises:
            NoteFormatError: if it is damaged, or has more than `most` bytes.
        """
        info = self._names.get(name)
        if info is None:
            raise self.error(_DAMAGED)
        if info.file_size > most:
            raise self.error(
                "it unpacks to far more than a note has; copy its text into a new document."
            )
        if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise self.error(_ODD)
        try:
            # No more than the size that is declared: more would not have its checksum.
            with self._zip.open(info) as part:
                return part.read(most + 1)
        except (BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError):
            raise self.error(_DAMAGED) from None
        except RuntimeError:
            raise self.error(_PASSWORD) from None

    def xml(self, name: str) -> ET.Element:
        """A part's XML.

        Raises:
            NoteFormatError: if it is none, is too large, or declares anything of its own.
        """
        content = self.read(name)
        for strict, usual in _DIALECTS:
            content = content.replace(strict, usual)
        building = _Building(self._elements_left)
        try:
            parser = ET.XMLParser(target=building)  # noqa: S314 - `_Building` refuses declarations
            parser.feed(content)
            root: ET.Element = parser.close()
        except _TooMuchError:
            raise self.error(
                "it is too intricate for a note; copy its text into a new document."
            ) from None
        except _DeclaresError:
            raise self.error(_ODD) from None
        except (ET.ParseError, ValueError, LookupError):
            raise self.error(_DAMAGED) from None
        self._elements_left = building.left
        return root

    def related_to(self, name: str) -> list[Relationship]:
        """What a part refers to; "" for the archive itself."""
        folder, base = posixpath.split(name)
        listed = posixpath.join(folder, "_rels", f"{base}.rels")
        if listed not in self:
            return []
        return list(self._relationships(self.xml(listed), folder))

    def _relationships(self, root: ET.Element, folder: str) -> Iterator[Relationship]:
        for element in root.iter(f"{_PACKAGE}Relationship"):
            target = element.get("Target", "")
            is_outside = element.get("TargetMode") == "External"
            if not is_outside:
                inside = posixpath.normpath(posixpath.join("/", folder, unquote(target)))
                target = inside.lstrip("/")
            kind = element.get("Type", "").removeprefix(_OFFICE).removeprefix(_STRICT_OFFICE)
            yield Relationship(element.get("Id", ""), kind, target, is_outside)

    def _check_kind(self, content: bytes) -> None:
        if not content:
            raise self.error("the file is empty.")
        if len(content) > LARGEST_BYTES:
            raise self.error(
                f"it has more than {LARGEST_BYTES // 1_000_000} MB; make its pictures smaller."
            )
        if content.startswith(_OLE):
            locked = "EncryptedPackage".encode("utf-16-le") in content
            raise self.error(_PASSWORD if locked else f"this is an old Office document; {_SAVE}.")
        for opening, sentence in _OTHER_KINDS.items():
            if content.startswith(opening):
                raise self.error(sentence)
        if not content.startswith(b"PK\x03\x04"):
            raise self.error(f"this is no Word document, whatever its name says; {_SAVE}.")
        # Counted before the archive is opened: a list of 400,000 entries fits into 20 MB.
        if content.count(b"PK\x01\x02") > MOST_ENTRIES:
            raise self.error(_ODD)

    def _check_names(self) -> None:
        for name, info in self._names.items():
            if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name:
                raise self.error(_ODD)
            if info.flag_bits & 1:
                raise self.error(_PASSWORD)
            if posixpath.basename(name).lower() in {"vbaproject.bin", "vbadata.xml"}:
                raise self._has_macros()

    def _has_macros(self) -> NoteFormatError:
        return self.error(f"it has macros; {_SAVE}, which has none.")

    def _main_part(self) -> str:
        if _CONTENT_TYPES not in self:
            raise self.error(self._other_archive())
        if b"macroEnabled" in self.read(_CONTENT_TYPES):
            raise self._has_macros()
        main = [one.target for one in self.related_to("") if one.kind == "officeDocument"]
        name = next((name for name in [*main, "word/document.xml"] if name in self), "")
        if not name or not name.lower().endswith(".xml"):
            raise self.error(_DAMAGED)
        if name.startswith(("xl/", "ppt/")):
            raise self.error(f"this is an Office document of another kind; {_SAVE}.")
        return name

    def _other_archive(self) -> str:
        if "mimetype" in self and b"opendocument" in self.read("mimetype", 1_000):
            return f"this is an OpenDocument file; {_AS_DOCX}."
        return "this is an archive and no Word document; unpack it, and choose the files in it."


class _TooMuchError(Exception):
    """More elements, or more of them inside of each other, than a note has."""


class _DeclaresError(Exception):
    """A document type, which Word never writes."""


class _Building(ET.TreeBuilder):
    """Builds a tree within bounds. With no declarations there are no entities to grow or fetch."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left
        self._depth = 0

    def doctype(self, *_: object) -> None:
        raise _DeclaresError

    def start(self, tag: str, attributes: dict[str, str]) -> ET.Element:
        self.left -= 1
        self._depth += 1
        if self.left < 0 or self._depth > DEEPEST or len(attributes) > MOST_ATTRIBUTES:
            raise _TooMuchError
        if any(len(value) > LONGEST_ATTRIBUTE for value in attributes.values()):
            raise _TooMuchError
        return super().start(tag, attributes)

    def end(self, tag: str) -> ET.Element:
        self._depth -= 1
        return super().end(tag)
