"""Opens the archive that an Excel workbook is, or says in a sentence why it is none to open.

Nothing is unpacked to the disk, and however much an archive claims or hides, what is read of it
at once is bounded: its small parts as a whole, its large ones block by block.
"""

from __future__ import annotations

import posixpath
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote
from xml.etree import ElementTree as ET
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from subscribers.errors import ReaderFileError

_MOST_ENTRIES = 2_000
# Python reads the whole list of an archive's entries into memory, before anybody can count them.
_LARGEST_LIST = 1 << 20
LARGEST_SMALL_PART = 16_000_000
# 1,048,576 rows of 40 cells; and no sheet is packed so much smaller, unless it is made to be.
_LARGEST_PART = 4_000_000_000
_LARGEST_RATIO = 300
_RATIO_COUNTS_FROM = 50_000_000
BLOCK = 1 << 16
_BROKEN = (
    *(BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError),
    *(UnicodeDecodeError, OverflowError, struct.error),
)
_SAVE = "save it as an Excel workbook (.xlsx) or as CSV UTF-8"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"


class ExcelArchive:
    """The parts of a workbook, each read within bounds.

    Args:
        file: where it is.
        name: what the person calls it.
    """

    def __init__(self, file: Path, name: str) -> None:
        """
        Raises:
            ReaderFileError: if it is no workbook that may be opened.
        """
        self.file = file
        self.name = name
        with self._complaining():
            self._check_list()
            with ZipFile(file) as archive:
                entries = archive.infolist()
        self._entries = {entry.filename.lstrip("/"): entry for entry in entries}
        if len(entries) > _MOST_ENTRIES:
            raise self.odd()
        self._check_kind()

    def __contains__(self, part: str) -> bool:
        return part in self._entries

    def odd(self) -> ReaderFileError:
        """A refusal of what no spreadsheet has written."""
        return ReaderFileError(
            f"{self.name} is damaged, or was not made by a spreadsheet as it is; open it in one, "
            f"and {_SAVE}."
        )

    def size(self, part: str) -> int:
        """How many bytes a part has when it is unpacked."""
        return self._entry(part).file_size

    def blocks(self, part: str) -> Iterator[bytes]:
        """A part's bytes, some at a time.

        Raises:
            ReaderFileError: if it is damaged, or unpacks to far more than a list has.
        """
        entry = self._entry(part)
        packed = max(entry.compress_size, 1)
        if entry.file_size > _LARGEST_PART or (
            entry.file_size > _RATIO_COUNTS_FROM and entry.file_size / packed > _LARGEST_RATIO
        ):
            raise ReaderFileError(
                f"{self.name} unpacks to far more than a list of readers has; copy its list into "
                f"a new workbook, and {_SAVE}."
            )
        # No more than the size that is declared: more would not have its checksum.
        with self._opened(entry) as stream:
            while block := self._read(stream):
                yield block

    def xml(self, part: str) -> ET.Element:
        """A small part's XML.

        Raises:
            ReaderFileError: if it is none, is too large, or declares anything of its own.
        """
        if self.size(part) > LARGEST_SMALL_PART:
            raise self.odd()
        parser = ET.XMLParser(target=_Building())  # noqa: S314 - `_Building` refuses declarations
        try:
            for block in self.blocks(part):
                parser.feed(block)
            root: ET.Element = parser.close()
        except (ET.ParseError, ValueError, LookupError, _DeclaresError):
            raise self.odd() from None
        return root

    def related_to(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to inside of the archive: kind and name, by the key it uses."""
        folder, base = posixpath.split(part)
        listed = posixpath.join(folder, "_rels", f"{base}.rels")
        if listed not in self:
            return {}
        found = {}
        for one in self.xml(listed).iter(f"{{{_RELATIONSHIPS}}}Relationship"):
            if one.get("TargetMode") == "External":
                continue
            target = posixpath.normpath(posixpath.join("/", folder, unquote(one.get("Target", ""))))
            kind = one.get("Type", "").rpartition("/")[2]
            found[one.get("Id", "")] = (kind, target.lstrip("/"))
        return found

    def _entry(self, part: str) -> ZipInfo:
        entry = self._entries.get(part)
        if entry is None or entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise self.odd()
        return entry

    @contextmanager
    def _opened(self, entry: ZipInfo) -> Iterator[BinaryIO]:
        with self._complaining():
            archive = ZipFile(self.file)
        with archive:
            with self._complaining():
                stream = archive.open(entry)
            with stream:
                yield stream  # type: ignore[misc]

    def _read(self, stream: BinaryIO) -> bytes:
        with self._complaining():
            return stream.read(BLOCK)

    @contextmanager
    def _complaining(self) -> Iterator[None]:
        try:
            yield
        except _BROKEN:
            raise self.odd() from None
        except RuntimeError:
            raise ReaderFileError(
                f"{self.name} is protected with a password; open it, and {_SAVE} without one."
            ) from None

    def _check_list(self) -> None:
        """See how long the list of entries is, by the record at the archive's end (APPNOTE 4.3)."""
        with self.file.open("rb") as stream:
            length = stream.seek(0, 2)
            stream.seek(max(0, length - 66_000))
            tail = stream.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) < at + 22:
            raise self.odd()
        (size,) = struct.unpack_from("<L", tail, at + 12)
        if tail[at - 20 : at - 16] == b"PK\x06\x07" and at >= 76:
            if tail[at - 76 : at - 72] != b"PK\x06\x06":
                raise self.odd()
            (size,) = struct.unpack_from("<Q", tail, at - 76 + 40)
        if size > _LARGEST_LIST:
            raise self.odd()

    def _check_kind(self) -> None:
        names = self._entries
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise ReaderFileError(f"{self.name} has macros; {_SAVE}, which has none.")
        if "xl/workbook.bin" in names:
            raise ReaderFileError(f"{self.name} is a binary workbook (.xlsb); {_SAVE}.")
        if any(name.endswith(".iwa") for name in names):
            raise ReaderFileError(
                f"{self.name} is a Numbers or Pages file; in Numbers, export it to Excel or CSV."
            )
        if "mimetype" in names:
            raise ReaderFileError(f"{self.name} is an OpenDocument file; {_SAVE}.")
        if any(entry.flag_bits & 1 for entry in names.values()):
            raise ReaderFileError(
                f"{self.name} is protected with a password; unpack it, or {_SAVE} without one."
            )
        if not any(name.startswith("xl/") for name in names):
            raise ReaderFileError(
                f"{self.name} is an archive and no workbook; unpack it, and take the list in it."
            )


class _DeclaresError(Exception):
    """A document type, which no spreadsheet writes."""


class _Building(ET.TreeBuilder):
    """With no declarations there are no entities to grow or fetch."""

    def doctype(self, *_: object) -> None:
        raise _DeclaresError
