"""What a row says about a reader, or why it says nothing that could be taken in."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

from subscribers.addresses import address_key, valid_address
from subscribers.errors import AddressError
from subscribers.exporting import from_cell
from subscribers.importing.columns import STATES, Columns
from subscribers.importing.dates import day_of
from subscribers.importing.encodings import LOST
from subscribers.importing.tables import Row

LONGEST_NAME = 200
# Before it nobody could agree to a mail.
_FIRST_YEAR = 1990
_NAME_BEFORE_ADDRESS = re.compile(r"\A(?P<name>.*?)\s*<(?P<address>[^<>]*)>\Z", re.DOTALL)
# They are seen nowhere and come along when an address is copied from a page.
_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202c"


@dataclass(slots=True)
class Candidate:
    """Somebody whom a row names.

    `state` is the one that the file tells, or empty; `consented` is when they agreed, as
    ISO 8601 writes it, or empty.
    """

    row: int
    key: str
    address: str
    name: str = ""
    state: str = ""
    consented: str = ""


def candidate_of(row: Row, columns: Columns, width: int, now: datetime) -> Candidate:
    """Read one row.

    Args:
        width: how many cells the first row has.
        now: an aware moment; nobody has agreed after it.

    Raises:
        AddressError: if it can't be taken in; the message says why, without any address.
    """
    _check_shape(row, width)
    text = _cell(row, columns.address).strip(_UNSEEN + " \t\xa0")
    if not text:
        raise AddressError("There is no address in the row.")
    if LOST in text:
        raise AddressError("A letter of the address was lost when the file was made.")
    named = _NAME_BEFORE_ADDRESS.match(text)
    written = named["address"] if named else text
    address = valid_address(re.sub(r"\A\s*mailto:", "", written, flags=re.IGNORECASE))
    name_inside = named["name"].strip("\"' ") if named else ""
    return Candidate(
        row=row.number,
        key=address_key(address),
        address=address,
        name=_checked_name(_name(row, columns) or name_inside),
        state=_state(_cell(row, columns.state)),
        consented=_consented(_cell(row, columns.consented), now),
    )


def _check_shape(row: Row, width: int) -> None:
    if any(cell.strip() for cell in row.cells[width:]):
        raise AddressError(
            f"The row has {len(row.cells)} cells and the first row {width}; put quotation marks "
            "around a cell that holds a delimiter."
        )
    if row.last_line > row.number and any(
        "@" in cell and re.search(r"[\r\n]", cell.strip()) for cell in row.cells
    ):
        raise AddressError(
            f"A cell with an address runs on to row {row.last_line}; look for a quotation mark "
            "that is opened here and closed too late."
        )


def _cell(row: Row, column: int | None) -> str:
    if column is None or column >= len(row.cells):
        return ""
    return from_cell(row.cells[column].strip())


def _name(row: Row, columns: Columns) -> str:
    whole = _cell(row, columns.name)
    if whole:
        return whole
    first, last = _cell(row, columns.first_name), _cell(row, columns.last_name)
    # Some lists have the whole name beside the first one.
    return last if first and first in last.split() else f"{first} {last}".strip()


def _checked_name(text: str) -> str:
    """A name on one line, fit for a mail's header."""
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(name) > LONGEST_NAME:
        raise AddressError(f"The name is longer than {LONGEST_NAME} characters.")
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in name):
        raise AddressError("The name has a control character in it.")
    if LOST in name:
        raise AddressError("A letter of the name was lost when the file was made; write it anew.")
    return name


def _state(text: str) -> str:
    if not text:
        return ""
    state = STATES.get(" ".join(text.casefold().split()))
    if state is None:
        # Taken for nothing it could bring back somebody who has left.
        raise AddressError(
            "The state is not known; write confirmed, pending or ended, or leave its column out."
        )
    return state


def _consented(text: str, now: datetime) -> str:
    if not text:
        return ""
    day = day_of(text)
    if day is None or day.year < _FIRST_YEAR:
        raise AddressError("The day of consent can't be understood; write it like 2025-05-01.")
    if day > now:
        raise AddressError("The day of consent is still to come.")
    return day.astimezone(UTC).isoformat()
