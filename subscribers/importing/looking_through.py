"""Looking through a file: what is in it, and what taking it in would change. Nothing is changed.

Each row is put aside or refused as it comes; then what was put aside is compared with what is
known here, some at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from subscribers.errors import AddressError
from subscribers.importing.candidates import candidate_of
from subscribers.importing.columns import Columns, columns_of, headings_of, sample_of
from subscribers.importing.folders import Folder
from subscribers.importing.outcomes import Outcome, outcomes_now
from subscribers.importing.refusals import RefusedRows
from subscribers.importing.staging import Staging
from subscribers.importing.tables import Table, open_table

_ROWS_TO_GUESS_BY = 500
_ROWS_BETWEEN_PROGRESS = 1000
_BATCH = 1000
# Of the whole, what reading takes: comparing is much quicker.
_READING = 0.8


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds, and what would become of its rows."""

    format: str
    sheets: list[str]
    sheet: str
    columns: Columns
    headings: list[str]
    sample: list[list[str]]
    counts: dict[str, int]


def look_through(
    folder: Folder,
    name: str,
    publication: int,
    *,
    wanted: Mapping[str, str],
    sheet: str,
    now: datetime,
    tell: Callable[[float], None],
) -> Found:
    """Read a whole file, and compare it with what is known here.

    Args:
        folder: where it is.
        name: what the person calls it.
        publication: the id of the `issues.Publication`.
        wanted: the columns as a person chose them (see `columns.columns_of`).
        sheet: of a workbook the sheet; empty: the first one with rows.
        now: an aware moment.
        tell: gets the part that is done, 0 to 1; called at least every second or so.

    Raises:
        ReaderFileError: if it is no list of readers at all.
    """
    table = open_table(folder.file, name, sheet=sheet, tell=lambda: tell(0.0))
    first = [row for row, _ in islice(table.rows(), _ROWS_TO_GUESS_BY)]
    columns = columns_of(name, first, wanted)
    headings = headings_of(first, columns)
    counts: Counter[str] = Counter()
    with Staging(folder.staging, anew=True) as staging:
        with RefusedRows(folder.refused, headings) as refused:
            _read(table, columns, staging, refused, counts, now, tell)
        staging.seal()
        _compare(staging, publication, counts, tell)
    return Found(
        format=table.format,
        sheets=table.sheets,
        sheet=table.sheet,
        columns=columns,
        headings=headings,
        sample=sample_of(first, columns),
        counts={str(name): count for name, count in counts.items() if count},
    )


def _read(
    table: Table,
    columns: Columns,
    staging: Staging,
    refused: RefusedRows,
    counts: Counter[str],
    now: datetime,
    tell: Callable[[float], None],
) -> None:
    width = 0
    for place, (row, done) in enumerate(table.rows()):
        if place % _ROWS_BETWEEN_PROGRESS == 0:
            tell(_READING * done)
        if place == 0:
            width = len(row.cells)
            if columns.header:
                continue
        try:
            # New ones are counted when they are compared.
            if not staging.add(candidate_of(row, columns, width, now)):
                counts[Outcome.DUPLICATE] += 1
        except AddressError as error:
            counts[Outcome.REFUSED] += 1
            refused.add(row, str(error))


def _compare(
    staging: Staging, publication: int, counts: Counter[str], tell: Callable[[float], None]
) -> None:
    total, done = staging.count(), 0
    for batch in staging.batches(_BATCH):
        counts.update(outcomes_now(publication, batch))
        done += len(batch)
        tell(_READING + (1 - _READING) * done / total)
