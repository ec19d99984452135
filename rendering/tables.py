"""A table made rectangular, and which of its columns are figures."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rendering.content import Table

_FIGURE = re.compile(r"[-+−–~≈<>≤≥]?\s?[^\w\s]?\s?\d[\d.,\s\u202f]*\s?(%|[a-zA-Z]{1,3})?")
# Characters of the mail's table type that fit in 320 pixels, and that the space between two
# columns takes.
_PHONE = 38
_GAP = 2
_NOTHING = {"", "-", "–", "—", "n/a"}


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows that all have `columns` cells; `header` is empty for a table without one."""

    header: tuple[str, ...]
    body: tuple[tuple[str, ...], ...]
    columns: int


def grid(table: Table) -> Grid:
    """The table with empty cells where a row is short, without rows that have nothing."""
    body = [row for row in table.rows if any(cell.strip() for cell in row)]
    header = table.header if any(cell.strip() for cell in table.header) else ()
    columns = max((len(row) for row in [header, *body]), default=0)

    def full(row: tuple[str, ...]) -> tuple[str, ...]:
        return row + ("",) * (columns - len(row))

    return Grid(full(header) if header else (), tuple(full(row) for row in body), columns)


def numeric_columns(table: Table) -> set[int]:
    """The places of the columns of figures, so that they can be set flush right.

    A column that heads its rows is none, whatever it holds.
    """
    rows = grid(table)
    return {
        place
        for place in range(1 if table.first_column_is_header else 0, rows.columns)
        if (
            cells := [row[place].strip() for row in rows.body if row[place].strip() not in _NOTHING]
        )
        and all(_FIGURE.fullmatch(cell) for cell in cells)
    }


def is_wide(rows: Grid) -> bool:
    """Whether it is too wide for a phone even with a line break after every word."""
    columns = zip(*([rows.header] if rows.header else []), *rows.body, strict=True)
    return sum(_longest_word(cells) + _GAP for cells in columns) > _PHONE


def _longest_word(cells: tuple[str, ...]) -> int:
    return max((len(word) for cell in cells for word in cell.split()), default=0)
