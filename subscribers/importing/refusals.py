"""The rows that were refused: a CSV file with the number of each, the reason, and its cells."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType

from subscribers.exporting import as_cell
from subscribers.importing.columns import MOST_COLUMNS
from subscribers.importing.folders import open_private
from subscribers.importing.tables import Row

_LONGEST_CELL = 1_000


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that can't be imported. The reason never repeats the address."""

    row: int
    reason: str


class RefusedRows:
    """Writes them as they come; with a byte order mark, without which Excel misreads UTF-8.

    Args:
        file: where to.
        headings: what the columns of the original are called.
    """

    def __init__(self, file: Path, headings: Sequence[str]) -> None:
        self._text = TextIOWrapper(open_private(file), "utf-8-sig", newline="")
        self._writer = csv.writer(self._text)
        self._writer.writerow(["row", "reason", *map(as_cell, headings)])

    def __enter__(self) -> RefusedRows:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._text.close()

    def add(self, row: Row, reason: str) -> None:
        """Write one."""
        cells = (as_cell(_printable(cell)) for cell in row.cells[:MOST_COLUMNS])
        self._writer.writerow([row.number, reason, *cells])


def refused_rows(file: Path) -> Iterator[Refused]:
    """The rows in such a file, one after the other; none if there is no file."""
    if not file.exists():
        return
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text)
        next(rows, None)
        for number, reason, *_ in rows:
            yield Refused(int(number), reason)


def _printable(cell: str) -> str:
    """What a spreadsheet can show, and a lone half of a letter is nothing that can be written."""
    return cell[:_LONGEST_CELL].replace("\0", "").encode("utf-8", "replace").decode()
