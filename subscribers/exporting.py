"""Exporting a publication's readers as CSV that a spreadsheet opens without harm."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, TextIO

from subscribers.models import Subscription

if TYPE_CHECKING:
    from django.db.models import Model

COLUMNS = ("address", "name", "state", "confirmed_at")

# A spreadsheet takes a cell that begins so for a formula and may run it:
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def export_readers(publication: Model, stream: TextIO) -> int:
    """Write every subscription of a publication, whatever its state, as one row.

    Args:
        publication: the `issues.Publication`.
        stream: an open text file, made with `newline=""`.

    Returns:
        The number of readers written.
    """
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    rows = (
        Subscription.objects.filter(publication_id=publication.pk)
        .order_by("reader__key")
        .values_list("reader__address", "reader__name", "state", "confirmed_at")
    )
    count = 0
    for address, name, state, confirmed_at in rows.iterator(chunk_size=2000):
        confirmed = confirmed_at.isoformat(timespec="seconds") if confirmed_at else ""
        writer.writerow([as_cell(address), as_cell(name), state, confirmed])
        count += 1
    return count


def as_cell(text: str) -> str:
    """The text as a spreadsheet shows it and runs none of it: `=1+1` becomes `'=1+1`."""
    return f"'{text}" if _FORMULA.match(text) else text


def from_cell(cell: str) -> str:
    """What `as_cell` made the cell from."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
