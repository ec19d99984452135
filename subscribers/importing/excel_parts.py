"""The two large parts of a workbook, read as they come: a sheet's rows, and the shared texts.

openpyxl holds all shared texts in memory, keeps something of every row, and fills up whatever
gap a row claims; a list of a million readers needs a bounded amount, and so does a hostile one.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.parsers import expat

from subscribers.importing.excel_archive import ExcelArchive
from subscribers.importing.folders import open_private

# Excel's own bounds (https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3).
MOST_ROWS = 1_048_576
LONGEST_TEXT = 32_767
# Nobody's list of readers has more; what stands further to the right is not looked at.
MOST_CELLS = 200
# As much of the file may make one tag.
_LONGEST_TAG = 1 << 20
_COLUMN = re.compile(r"([A-Z]{1,3})\d*")

# How a cell's content is to be understood: its type, its style, its content.
Understand = Callable[[str, str, str], str]


class _Refused(Exception):  # noqa: N818 - not an error, but a verdict
    """What no spreadsheet writes."""


class _Reading:
    """Feeds a part to expat; subclasses gather what comes out."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._declares
        self._inside = ""
        self._content: list[str] = []
        self._length = 0

    def feed(self, archive: ExcelArchive, part: str) -> Iterator[int]:
        """Read the part; yields how many bytes are read, after each block.

        Raises:
            ReaderFileError: if it is none that a spreadsheet writes.
        """
        read = 0
        try:
            for block in archive.blocks(part):
                self._parser.Parse(block, False)
                read += len(block)
                if read - max(self._parser.CurrentByteIndex, 0) > _LONGEST_TAG:
                    raise _Refused
                yield read
            self._parser.Parse(b"", True)
            yield read
        except (expat.ExpatError, _Refused, ValueError):
            raise archive.odd() from None

    def _start(self, tag: str, _facts: dict[str, str]) -> None:
        raise NotImplementedError

    def _end(self, tag: str) -> None:
        raise NotImplementedError

    def _text(self, text: str) -> None:
        if self._inside and self._length <= LONGEST_TEXT:
            self._content.append(text)
            self._length += len(text)

    def _declares(self, *_: object) -> None:
        raise _Refused

    def _begin_text(self, tag: str) -> None:
        self._inside = tag

    def _take_text(self) -> str:
        text = "".join(self._content)[:LONGEST_TEXT]
        self._content.clear()
        self._length = 0
        return text


def _plain(tag: str) -> str:
    """A tag without its prefix; the format's two dialects differ in their namespaces alone."""
    return tag.rpartition(":")[2]


class _Texts(_Reading):
    """`<si>` with the runs `<t>` of one text; how it is pronounced (`<rPh>`) is no part of it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._spoken = 0

    def _start(self, tag: str, _facts: dict[str, str]) -> None:
        tag = _plain(tag)
        if tag == "rPh":
            self._spoken += 1
        elif tag == "t" and not self._spoken:
            self._begin_text(tag)

    def _end(self, tag: str) -> None:
        tag = _plain(tag)
        if tag == "rPh":
            self._spoken -= 1
        elif tag == "t":
            self._inside = ""
        elif tag == "si":
            self.found.append(self._take_text())


class SharedTexts:
    """The texts that cells name by number, on the disk.

    Args:
        file: where they are put.
    """

    def __init__(self, file: Path) -> None:
        open_private(file).close()
        self._database = sqlite3.connect(file, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute("CREATE TABLE text (number INTEGER PRIMARY KEY, words TEXT)")

    def read(self, archive: ExcelArchive, part: str) -> None:
        """Take them in."""
        texts, count = _Texts(), 0
        self._database.execute("BEGIN")
        for _ in texts.feed(archive, part):
            self._database.executemany(
                "INSERT INTO text VALUES (?, ?)",
                enumerate((_without_halves(text) for text in texts.found), count),
            )
            count += len(texts.found)
            texts.found.clear()
        self._database.execute("COMMIT")

    def __getitem__(self, number: int) -> str:
        found = self._database.execute("SELECT words FROM text WHERE number = ?", (number,))
        row = found.fetchone()
        return str(row[0]) if row else ""

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


class _Sheet(_Reading):
    """`<row r>` with cells `<c r t s>`, whose content is `<v>`, or `<is><t>`."""

    def __init__(self, understand: Understand) -> None:
        super().__init__()
        self.found: list[tuple[int, list[str]]] = []
        self._understand = understand
        self._row = 0
        self._cells: list[str] = []
        self._column = 0
        self._kind = self._style = ""
        self._in_row = False
        self._spoken = 0

    def _start(self, tag: str, facts: dict[str, str]) -> None:
        tag = _plain(tag)
        if tag == "row":
            self._row = int(facts.get("r", self._row + 1))
            if not 0 < self._row <= MOST_ROWS:
                raise _Refused
            self._cells, self._column, self._in_row = [], 0, True
        elif not self._in_row:
            return
        elif tag == "c":
            self._column = _column(facts["r"]) if "r" in facts else self._column + 1
            self._kind, self._style = facts.get("t", "n"), facts.get("s", "0")
        elif tag == "rPh":
            self._spoken += 1
        elif tag == "v" or (tag == "t" and not self._spoken):
            self._begin_text(tag)

    def _end(self, tag: str) -> None:
        tag = _plain(tag)
        if tag in {"v", "t"}:
            self._inside = ""
        elif tag == "rPh":
            self._spoken -= 1
        elif tag == "c" and self._in_row:
            content = self._take_text()
            if content and self._column <= MOST_CELLS:
                missing = self._column - len(self._cells)
                if missing > 0:
                    self._cells.extend([""] * missing)
                self._cells[self._column - 1] = self._understand(self._kind, self._style, content)
        elif tag == "row":
            self._in_row = False
            self.found.append((self._row, self._cells))


def sheet_rows(
    archive: ExcelArchive, part: str, understand: Understand
) -> Iterator[tuple[int, list[str], float]]:
    """A sheet's rows: the number of each, its cells, and how much of the sheet is read (0 to 1).

    Args:
        understand: makes a cell's content of its type, its style and what is written in it.

    Raises:
        ReaderFileError: if it is no sheet that a spreadsheet writes.
    """
    sheet, size = _Sheet(understand), max(archive.size(part), 1)
    for read in sheet.feed(archive, part):
        for number, cells in sheet.found:
            yield number, cells, min(read / size, 1.0)
        sheet.found.clear()


def _column(reference: str) -> int:
    """The number of a cell's column, from 1: that of `AB7` is 28."""
    found = _COLUMN.match(reference)
    if found is None:
        raise _Refused
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _without_halves(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
