"""Reading a CSV file as spreadsheets of all sorts write it, row by row.

Finds out encoding and delimiter, and says which it took. A row has the number
of the line it begins on, as an editor shows it, whatever line breaks are quoted above it.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import TextIOWrapper
from pathlib import Path

from subscribers.errors import ReaderFileError

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_BLOCK = 1 << 20
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_ENCODING_NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Latin-1 (Windows-1252)",
}
# Follows the file's last line. If it does not come out as a row of its own, a quotation mark
# was still open at the end of the file; the csv module says nothing of that.
_END = "end of file: put here by its reader"


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the line it begins on, the last line it takes, and its cells."""

    number: int
    last_line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file that was found readable. `encoding` and `delimiter` are named for people."""

    file: Path
    codec: str
    mark: str
    header: tuple[str, ...]

    @property
    def encoding(self) -> str:
        return _ENCODING_NAMES[self.codec]

    @property
    def delimiter(self) -> str:
        return DELIMITERS[self.mark]

    def rows(self) -> Iterator[tuple[Row, float]]:
        """The rows under the header, without blank ones, and how much of the file is read (0-1).

        Raises:
            ReaderFileError: if a quotation mark is opened and never closed.
        """
        size = self.file.stat().st_size
        with self.file.open("rb") as stream, TextIOWrapper(stream, self.codec, newline="") as text:
            rows = _parsed(text, self.mark, self.file.name)
            next(rows)
            for row in rows:
                if any(cell.strip() for cell in row.cells):
                    yield row, stream.tell() / size


def open_table(file: Path, is_known: Callable[[str], bool]) -> Table:
    """Look through a file: its encoding, its delimiter, and its first row, the column names.

    Args:
        file: the CSV file.
        is_known: whether a column of this name is looked for; tells the delimiter.

    Raises:
        ReaderFileError: if it is not there, empty, or not a text file with rows.
    """
    try:
        codec = _codec(file)
    except OSError as error:
        raise ReaderFileError(f"{file} can't be read: {error.strerror}.") from None
    if codec is None:
        raise ReaderFileError(
            f"{file.name} is not a text file (a spreadsheet's own format?); save it as CSV, UTF-8."
        )
    headers = {mark: _header(file, codec, mark) for mark in DELIMITERS}
    mark = max(headers, key=lambda mark: (sum(map(is_known, headers[mark])), len(headers[mark])))
    if not any(headers[mark]):
        raise ReaderFileError(
            f"{file.name} is empty; its first row must name the columns, e.g. address,name."
        )
    return Table(file, codec, mark, headers[mark])


def _codec(file: Path) -> str | None:
    """The file's encoding; None if it is not text. What is not UTF-8 is taken for Windows-1252."""
    with file.open("rb") as stream:
        first = stream.read(4)
    marked = next((name for mark, name in _BYTE_ORDER_MARKS.items() if first.startswith(mark)), "")
    candidates = [marked] if marked else ["utf-8", "cp1252"]
    return next((name for name in candidates if _is_text(file, name)), None)


def _is_text(file: Path, codec: str) -> bool:
    with file.open(encoding=codec, newline="") as text:
        try:
            return all("\0" not in block for block in iter(partial(text.read, _BLOCK), ""))
        except UnicodeError:
            return False


def _header(file: Path, codec: str, mark: str) -> tuple[str, ...]:
    with file.open(encoding=codec, newline="") as text:
        first = next(_parsed(text, mark, file.name), None)
    return tuple(cell.strip() for cell in first.cells) if first else ()


def _parsed(text: TextIOWrapper, mark: str, name: str) -> Iterator[Row]:
    lines = _Lines(text)
    begins = 1
    try:
        for cells in csv.reader(lines, delimiter=mark, skipinitialspace=True):
            if cells == [_END]:
                return
            if cells and cells[-1].endswith(_END):
                break
            yield Row(begins, lines.count, cells)
            begins = lines.count + 1
    except csv.Error:
        # A cell of more than 128 KiB, i.e. half of the file in one cell.
        pass
    raise ReaderFileError(
        f"{name}, row {begins}: a quotation mark is opened and never closed; close it or remove it."
    )


class _Lines:
    """The lines of a file, counted as an editor does, and the end mark after them."""

    def __init__(self, text: TextIOWrapper) -> None:
        self.count = 0
        self._text = text

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self.count += 1
            yield line
        yield _END
