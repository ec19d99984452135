"""Reading a file of readers: who is in it, who is in it twice, and which rows are no readers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from subscribers.addresses import address_key, valid_address
from subscribers.errors import AddressError, ReaderFileError
from subscribers.exporting import from_cell
from subscribers.models import Subscription
from subscribers.tables import Row, Table, open_table

# "address" is a postal address in many a list, so it counts only where nothing says e-mail.
_ADDRESS_COLUMNS = ({"email", "mail", "emailaddress", "mailaddress"}, {"address"})
_KNOWN_COLUMNS = {*_ADDRESS_COLUMNS[0], *_ADDRESS_COLUMNS[1], "name", "state"}
_NAME_BEFORE_ADDRESS = re.compile(r"\A(?P<name>.*?)\s*<(?P<address>[^<>]*)>\Z", re.DOTALL)
_LONGEST_NAME = 200
_ROWS_BETWEEN_PROGRESS = 2000


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that can't be imported. The reason never repeats the address."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row whose address stands in an earlier row already."""

    row: int
    first_row: int


@dataclass(slots=True)
class Candidate:
    """Somebody to be subscribed. `state` is the one that a former export tells, or empty."""

    row: int
    address: str
    name: str
    state: str


@dataclass(slots=True)
class ReaderList:
    """What a file holds: `rows` = candidates (by the key of their address) + the others."""

    encoding: str
    delimiter: str
    rows: int = 0
    candidates: dict[str, Candidate] = field(default_factory=dict)
    duplicates: list[Duplicate] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def read_list(file: Path, on_progress: Callable[[float], None]) -> ReaderList:
    """Read a whole file of readers; `on_progress` gets the part that is read, 0 to 1.

    Raises:
        ReaderFileError: if it is no list of readers at all.
    """
    table = open_table(file, lambda column: _plain(column) in _KNOWN_COLUMNS)
    found = (_column(table, names) for names in _ADDRESS_COLUMNS)
    address_column = next((index for index in found if index is not None), None)
    if address_column is None:
        raise ReaderFileError(
            f"{file.name} has no column “address” or “email”; name it so in the first row."
        )
    columns = (address_column, _column(table, {"name"}), _column(table, {"state"}))
    readers = ReaderList(table.encoding, table.delimiter)
    for row, done in table.rows():
        readers.rows += 1
        try:
            _check_shape(row, len(table.header))
            _add(readers, _candidate(row, *columns))
        except AddressError as error:
            readers.refused.append(Refused(row.number, str(error)))
        if readers.rows % _ROWS_BETWEEN_PROGRESS == 0:
            on_progress(done)
    if readers.rows == 0:
        raise ReaderFileError(f"{file.name} names its columns and has no row under them.")
    return readers


def _plain(column: str) -> str:
    return re.sub(r"[\s_-]", "", column.casefold())


def _column(table: Table, names: set[str]) -> int | None:
    found = [index for index, cell in enumerate(table.header) if _plain(cell) in names]
    if len(found) > 1:
        places = " and ".join(str(index + 1) for index in found)
        raise ReaderFileError(
            f"{table.file.name} has the same column more than once (columns {places} of its first "
            "row); keep one."
        )
    return found[0] if found else None


def _check_shape(row: Row, columns: int) -> None:
    if any(cell.strip() for cell in row.cells[columns:]):
        raise AddressError(
            f"The row has {len(row.cells)} cells and the first row {columns}; put quotation marks "
            "around a cell that holds a delimiter."
        )
    if any("@" in cell and re.search(r"[\r\n]", cell.strip()) for cell in row.cells):
        raise AddressError(
            f"A cell with an address runs on to row {row.last_line}; look for a quotation mark "
            "that is opened here and closed too late."
        )


def _candidate(row: Row, address: int, name: int | None, state: int | None) -> Candidate:
    text = _cell(row, address)
    if not text:
        raise AddressError("There is no address in the row.")
    named = _NAME_BEFORE_ADDRESS.match(text)
    name_inside = named["name"].strip("\"' ") if named else ""
    told = _cell(row, state)
    return Candidate(
        row=row.number,
        address=valid_address(named["address"] if named else text),
        name=_checked_name(_cell(row, name) or name_inside),
        # Many a list has a column "state" for a part of a country.
        state=told if told in Subscription.State.values else "",
    )


def _cell(row: Row, column: int | None) -> str:
    if column is None or column >= len(row.cells):
        return ""
    return from_cell(row.cells[column].strip())


def _checked_name(text: str) -> str:
    """A name on one line, fit for a mail's header."""
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(name) > _LONGEST_NAME:
        raise AddressError(f"The name is longer than {_LONGEST_NAME} characters.")
    if any(unicodedata.category(char) == "Cc" for char in name):
        raise AddressError("The name has a control character in it.")
    return name


def _add(readers: ReaderList, candidate: Candidate) -> None:
    earlier = readers.candidates.setdefault(address_key(candidate.address), candidate)
    if earlier is candidate:
        return
    readers.duplicates.append(Duplicate(candidate.row, earlier.row))
    earlier.name = earlier.name or candidate.name
    if candidate.state != Subscription.State.CONFIRMED:
        earlier.state = candidate.state or earlier.state
