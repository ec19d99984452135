"""Exporting a publication's readers as a table that a spreadsheet opens without harm."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, TextIO, cast

from subscribers.models import Subscription
from subscribers.segments.matching import matching

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

COLUMNS = ("address", "name", "state", "confirmed_at")
FORMATS = ("csv", "xlsx")

# A spreadsheet takes a cell that begins so for a formula and may run it:
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
# Those of a sheet, less the one with the headings.
_MOST_ROWS_OF_A_SHEET = 1_048_575
_ROWS_AT_ONCE = 2000


def export_readers(
    publication: Model,
    stream: TextIO | BinaryIO,
    *,
    sentence: str = "",
    state: str = "",
    format: str = "csv",
) -> int:
    """Write the subscriptions of a publication, each as one row.

    Args:
        publication: the `issues.Publication`.
        stream: for `csv` an open text file, made with `newline=""`; for `xlsx` a binary one.
        sentence: which of them (see `subscribers.segments`); empty: all, whatever their state.
        state: one of `Subscription.State`; empty: all.
        format: one of `FORMATS`.

    Returns:
        The number of readers written.

    Raises:
        SegmentError: if the sentence can't be understood; then nothing is written.
    """
    found = matching(publication, sentence)
    if state:
        found = found.filter(state=state)
    rows = _rows(found)
    if format == "csv":
        return _write_csv(rows, cast("TextIO", stream))
    return _write_workbook(rows, cast("BinaryIO", stream))


def as_cell(text: str) -> str:
    """The text as a spreadsheet shows it and runs none of it: `=1+1` becomes `'=1+1`."""
    return f"'{text}" if _FORMULA.match(text) else text


def from_cell(cell: str) -> str:
    """What `as_cell` made the cell from."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _rows(found: QuerySet[Subscription]) -> Iterator[list[str]]:
    values = found.order_by("reader__key").values_list(
        "reader__address", "reader__name", "state", "confirmed_at"
    )
    for address, name, state, confirmed_at in values.iterator(chunk_size=_ROWS_AT_ONCE):
        confirmed = confirmed_at.isoformat(timespec="seconds") if confirmed_at else ""
        yield [as_cell(address), as_cell(name), state, confirmed]


def _write_csv(rows: Iterator[list[str]], stream: TextIO) -> int:
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    count = 0
    for row in rows:
        writer.writerow(row)
        count += 1
    return count


def _write_workbook(rows: Iterator[list[str]], stream: BinaryIO) -> int:
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    workbook = Workbook(write_only=True)
    count = 0
    for row in rows:
        if count % _MOST_ROWS_OF_A_SHEET == 0:
            sheet = workbook.create_sheet(f"Readers {count // _MOST_ROWS_OF_A_SHEET + 1}")
            sheet.append(COLUMNS)
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", cell) for cell in row])
        count += 1
    if not count:
        workbook.create_sheet("Readers 1").append(COLUMNS)
    workbook.save(stream)
    return count
