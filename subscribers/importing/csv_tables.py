"""Reading a CSV file as spreadsheets of all sorts write it, row by row.

Finds out encoding and delimiter, and says which it took. A row has the number of the line it
begins on, as an editor shows it, whatever line breaks are quoted above it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

from subscribers.errors import ReaderFileError
from subscribers.importing.columns import has_address, is_known
from subscribers.importing.encodings import Encoding, encoding_of
from subscribers.importing.tables import Row

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_ROWS_TO_JUDGE_BY = 100
# A line is held in memory; no reader has one that long.
_LONGEST_LINE = 1 << 20
# Follows the file's last line. If it does not come out as a row of its own, a quotation mark
# was still open at the end of the file; the csv module says nothing of that.
_END = "end of file: put here by its reader"
# With it Excel is told the delimiter: "sep=;" in the first line.
_TOLD = re.compile(r"\Asep=(?P<mark>[,;\t|])\s*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV file that was found readable."""

    file: Path
    name: str
    encoding: Encoding
    mark: str
    is_told: bool = False

    @property
    def format(self) -> str:
        return f"{self.encoding.name}, with a {DELIMITERS[self.mark]} between cells"

    @property
    def sheets(self) -> list[str]:
        return []

    @property
    def sheet(self) -> str:
        return ""

    def rows(self) -> Iterator[tuple[Row, float]]:
        size = max(self.file.stat().st_size, 1)
        with self.file.open("rb") as stream:
            stream.seek(self.encoding.skip)
            with TextIOWrapper(stream, self.encoding.codec, errors="replace", newline="") as text:
                rows = _parsed(text, self.mark, self.name)
                for row in islice(rows, int(self.is_told), None):
                    if any(cell.strip() for cell in row.cells):
                        yield row, min(stream.tell() / size, 1.0)


def open_csv(file: Path, name: str, tell: Callable[[], None]) -> CsvTable:
    """Look through a file: its encoding and its delimiter.

    Args:
        file: where it is.
        name: what the person calls it.
        tell: called again and again meanwhile.

    Raises:
        ReaderFileError: if it is empty, or no text file with rows.
    """
    if not file.stat().st_size:
        raise ReaderFileError(f"{name} is empty.")
    encoding = encoding_of(file, tell)
    if encoding is None:
        raise ReaderFileError(
            f"{name} is not a text file, or one whose encoding can't be told; open it in a "
            "spreadsheet, and save it as an Excel workbook (.xlsx) or as CSV UTF-8."
        )
    tables = [CsvTable(file, name, encoding, mark) for mark in DELIMITERS]
    with file.open("rb") as stream:
        stream.seek(encoding.skip)
        first = TextIOWrapper(stream, encoding.codec, errors="replace").readline(100)
    if told := _TOLD.match(first):
        return CsvTable(file, name, encoding, told["mark"], is_told=True)
    return max(tables, key=_likeness)


def _likeness(table: CsvTable) -> tuple[int, int, int]:
    """How much a file looks like a table with this delimiter: names of columns, addresses in
    cells of their own, and then the more columns the better."""
    rows: list[list[str]] = []
    # With another one it may be readable to its end.
    with suppress(ReaderFileError):
        rows.extend(row.cells for row, _ in islice(table.rows(), _ROWS_TO_JUDGE_BY))
    if not rows:
        return 0, 0, 0
    known = sum(map(is_known, rows[0]))
    with_address = sum(any(map(has_address, cells)) for cells in rows)
    return known, with_address, len(rows[0])


def _parsed(text: TextIOWrapper, mark: str, name: str) -> Iterator[Row]:
    lines = _Lines(text, name)
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
        # A cell of more than 128 KiB, i.e. a good part of the file in one cell.
        pass
    raise ReaderFileError(
        f"{name}, row {begins}: a quotation mark is opened and never closed; close it or remove it."
    )


class _Lines:
    """The lines of a file, counted as an editor does, and the end mark after them."""

    def __init__(self, text: TextIOWrapper, name: str) -> None:
        self.count = 0
        self._text = text
        self._name = name

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(_LONGEST_LINE):
            self.count += 1
            if len(line) == _LONGEST_LINE and not line.endswith(("\n", "\r")):
                raise ReaderFileError(
                    f"{self._name}, row {self.count}: the line is longer than any row; save the "
                    "file as CSV UTF-8 again, with a line for each reader."
                )
            yield line
        yield _END
