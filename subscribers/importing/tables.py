"""Opening a file of readers as a table, whatever program wrote it; rows come one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from subscribers.errors import ReaderFileError

_AS_WHAT = "save it as an Excel workbook (.xlsx) or as CSV UTF-8"
# By what a file begins with; whatever its name says.
_OTHER_KINDS = {
    b"%PDF": "is a PDF; copy its table into a spreadsheet, and save that as CSV UTF-8",
    b"{\\rtf": f"is rich text; copy its table into a spreadsheet, and {_AS_WHAT}",
    b"\x1f\x8b": "is compressed; unpack it first",
    b"\x28\xb5\x2f\xfd": "is compressed; unpack it first",
    b"Rar!": "is an archive; unpack it first",
    b"7z\xbc\xaf": "is an archive; unpack it first",
    b"SQLite format 3": "is a database; export its table as CSV UTF-8",
    b"MZ": "is a program and no list of readers",
    b"\x89PNG": "is a picture and no list of readers",
    b"\xff\xd8\xff": "is a picture and no list of readers",
}
# Exports that call themselves .xls are often a web page's table, which Excel opens all the same.
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml")
_OLE = b"\xd0\xcf\x11\xe0"
_ARCHIVE = b"PK\x03\x04"
_LOCKED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the line it begins on, the last line it takes, and its cells."""

    number: int
    last_line: int
    cells: list[str]


class Table(Protocol):
    """A file that was found readable."""

    @property
    def format(self) -> str:
        """How it was read, for people: `UTF-8, with a comma between cells`."""

    @property
    def sheets(self) -> list[str]:
        """The names of a workbook's sheets; none if it is no workbook."""

    @property
    def sheet(self) -> str:
        """The sheet that is read."""

    def rows(self) -> Iterator[tuple[Row, float]]:
        """Its rows without blank ones, the headings too, and how much is read (0 to 1).

        Raises:
            ReaderFileError: if it can't be read on.
        """


def open_table(file: Path, name: str, *, sheet: str = "", tell: Callable[[], None]) -> Table:
    """Find out what a file is, and how it is to be read.

    Args:
        file: where it is.
        name: what the person calls it.
        sheet: of a workbook the sheet to read; empty: the first one that has rows.
        tell: called again and again while a large file is looked at.

    Raises:
        ReaderFileError: if it is not there, empty, or no table.
    """
    from subscribers.importing.csv_tables import open_csv
    from subscribers.importing.excel_tables import open_workbook

    try:
        with file.open("rb") as stream:
            first = stream.read(4096)
            if first.startswith(_OLE):
                raise _old_workbook(name, first + stream.read(1 << 20))
        for opening, what in _OTHER_KINDS.items():
            if first.startswith(opening):
                raise ReaderFileError(f"{name} {what}.")
        if first.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
            raise ReaderFileError(
                f"{name} is a web page or XML, whatever its name says; open it in a spreadsheet, "
                f"and {_AS_WHAT}."
            )
        if first.startswith(_ARCHIVE):
            return open_workbook(file, name, sheet)
        return open_csv(file, name, tell)
    except OSError as error:
        raise ReaderFileError(f"{name} can't be read: {error.strerror or error}.") from None


def _old_workbook(name: str, beginning: bytes) -> ReaderFileError:
    if _LOCKED in beginning:
        return ReaderFileError(
            f"{name} is protected with a password; open it, and {_AS_WHAT} without one."
        )
    return ReaderFileError(f"{name} is an old Excel workbook (.xls); open it, and {_AS_WHAT}.")
