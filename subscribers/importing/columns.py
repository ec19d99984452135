"""Which column of a file says what: guessed by its heading and its cells, or said by a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from subscribers.errors import ReaderFileError
from subscribers.importing.dates import day_of
from subscribers.importing.tables import Row
from subscribers.models import Subscription

# What a column can mean, and the headings that say so, without case, spaces and signs. Of several
# sets the first one with any match counts: "address" is a postal address in many a list.
HEADINGS: dict[str, tuple[set[str], ...]] = {
    "address": (
        {
            *("email", "mail", "emailaddress", "mailaddress", "emailid", "eaddress"),
            *("emailadresse", "mailadresse", "courriel", "adresseemail", "adressemail"),
            *("correo", "correoelectrónico", "correoelectronico", "email1value", "emailadres"),
        },
        {"address"},
    ),
    "name": ({"name", "fullname", "displayname", "readername", "nomcomplet"},),
    "first_name": (
        {
            *("firstname", "givenname", "forename", "fname", "first"),
            *("vorname", "prénom", "prenom", "nombre"),
        },
    ),
    "last_name": (
        {
            *("lastname", "surname", "familyname", "lname", "last"),
            *("nachname", "familienname", "nom", "apellido", "apellidos"),
        },
    ),
    "state": ({"state", "status", "subscriptionstate", "subscriptionstatus", "memberstatus"},),
    "consented": (
        {
            *("confirmedat", "confirmtime", "confirmeddate", "consentdate", "consentat"),
            *("consented", "consentedat", "optin", "optindate", "optintime", "subscribedat"),
            *("subscribedon", "signupdate", "subscriptiondate", "datesubscribed"),
        },
    ),
}
WORDS = {
    "address": "addresses",
    "name": "names",
    "first_name": "first names",
    "last_name": "last names",
    "state": "states",
    "consented": "days of consent",
}
# How other programs call what is here a state. Who bounced there is left alone here too.
STATES = {
    **dict.fromkeys(("confirmed", "subscribed", "active", "enabled"), Subscription.State.CONFIRMED),
    **dict.fromkeys(
        ("pending", "unconfirmed", "waiting", "not confirmed"), Subscription.State.PENDING
    ),
    **dict.fromkeys(
        (
            *("ended", "unsubscribed", "opted out", "opted-out", "opt-out", "inactive"),
            *("cleaned", "bounced", "blocklisted", "disabled", "deleted", "archived"),
        ),
        Subscription.State.ENDED,
    ),
}
NONE = "-"
_ADDRESS = re.compile(r"(?:mailto:)?[^\s@<>,;|\"]+@[^\s@<>,;|\"]+\.[^\s@<>,;|\"]+", re.IGNORECASE)
_LONGEST_HEADING = 100
MOST_COLUMNS = 50
_LONGEST_SAMPLE = 200
SAMPLED_ROWS = 5


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each thing stands, counted from 0; `header` says whether the first row names them."""

    address: int
    name: int | None = None
    first_name: int | None = None
    last_name: int | None = None
    state: int | None = None
    consented: int | None = None
    header: bool = True

    def as_json(self) -> dict[str, Any]:
        """As `ImportRun.columns` keeps it."""
        return asdict(self)


def is_known(heading: str) -> bool:
    """Whether a cell is a heading that says what its column means."""
    plain = _plain(heading)
    return any(plain in names for sets in HEADINGS.values() for names in sets)


def has_address(cell: str) -> bool:
    """Whether a cell holds an address, with a name before it or without."""
    text = cell.strip()
    if text.endswith(">"):
        text = text.rpartition("<")[2][:-1]
    return _ADDRESS.fullmatch(text.strip()) is not None


def columns_of(name: str, rows: Sequence[Row], wanted: Mapping[str, str]) -> Columns:
    """The columns as a person wants them, and as they look where nobody said anything.

    Args:
        name: what the person calls the file.
        rows: its first rows.
        wanted: by the meaning (a key of `HEADINGS`) a column's heading or its number from 1;
            `NONE` for no column.

    Raises:
        ReaderFileError: if no column looks like addresses, or one that is wanted is not there.
    """
    if not rows:
        raise ReaderFileError(f"{name} has no row in it.")
    header = not any(map(has_address, rows[0].cells))
    headings = rows[0].cells if header else []
    under = rows[1:] if header else rows
    if not under:
        raise ReaderFileError(f"{name} names its columns and has no row under them.")
    width = max(len(row.cells) for row in rows)
    found = _guessed(headings, under, width)
    for meaning, said in wanted.items():
        found[meaning] = None if said == NONE else _column_called(said, headings, width, name)
    address = found.pop("address", None)
    if address is None:
        raise ReaderFileError(
            f"{name} has no column that looks like addresses; name it “email” in the first row."
        )
    return Columns(address=address, header=header, **found)


def headings_of(rows: Sequence[Row], columns: Columns) -> list[str]:
    """What the columns are called: by their headings, or by their numbers."""
    width = min(max(len(row.cells) for row in rows), MOST_COLUMNS)
    named = rows[0].cells if columns.header else []
    return [
        " ".join(named[place].split())[:_LONGEST_HEADING]
        if place < len(named) and named[place].strip()
        else f"Column {place + 1}"
        for place in range(width)
    ]


def sample_of(rows: Sequence[Row], columns: Columns) -> list[list[str]]:
    """The first rows under the headings, shortened, to choose the columns by."""
    under = rows[1:] if columns.header else rows
    return [
        [cell.replace("\0", "")[:_LONGEST_SAMPLE] for cell in row.cells[:MOST_COLUMNS]]
        for row in under[:SAMPLED_ROWS]
    ]


def _guessed(headings: list[str], under: Sequence[Row], width: int) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for meaning, sets in HEADINGS.items():
        candidates = next(filter(None, (_called(headings, names) for names in sets)), [])
        if meaning == "address":
            # Of two, the fuller one; without a heading, the one with addresses in it.
            found[meaning] = _fullest(candidates or range(width), under, sure=bool(candidates))
        elif meaning == "state":
            found[meaning] = next((at for at in candidates if _has_states(at, under)), None)
        elif meaning == "consented":
            found[meaning] = next((at for at in candidates if _has_days(at, under)), None)
        else:
            found[meaning] = candidates[0] if candidates else None
    if not headings and width > 1:
        found["name"] = _names_beside(found["address"], under, width)
    if found["name"] is not None and found["first_name"] is None:
        found["last_name"] = None
    if found["first_name"] is not None:
        # "Name" beside "Vorname" is the last one.
        found["last_name"] = found["last_name"] if found["last_name"] is not None else found["name"]
        found["name"] = None
    return found


def _called(headings: list[str], names: set[str]) -> list[int]:
    return [place for place, heading in enumerate(headings) if _plain(heading) in names]


def _fullest(places: Iterable[int], under: Sequence[Row], *, sure: bool) -> int | None:
    counted = {place: sum(map(has_address, _cells(place, under))) for place in places}
    # The first of those that are equal.
    best = max(counted, key=lambda place: (counted[place], -place), default=None)
    return best if best is not None and (sure or counted[best]) else None


def _names_beside(address: int | None, under: Sequence[Row], width: int) -> int | None:
    """Of a file without headings: the column that is mostly words of letters."""
    for place in range(width):
        cells = [cell for cell in _cells(place, under) if cell]
        words = sum(bool(re.fullmatch(r"[^\W\d_].*", cell)) and "@" not in cell for cell in cells)
        if place != address and cells and words >= len(cells) * 0.8:
            return place
    return None


def _has_states(place: int, under: Sequence[Row]) -> bool:
    """Many a list has a column "state" for a part of a country."""
    return any(cell.casefold() in STATES for cell in _cells(place, under))


def _has_days(place: int, under: Sequence[Row]) -> bool:
    cells = [cell for cell in _cells(place, under) if cell]
    return bool(cells) and all(day_of(cell) is not None for cell in cells)


def _cells(place: int, rows: Sequence[Row]) -> list[str]:
    return [row.cells[place].strip() for row in rows if place < len(row.cells)]


def _column_called(said: str, headings: list[str], width: int, name: str) -> int:
    found = _called(headings, {_plain(said)})
    if len(found) == 1:
        return found[0]
    if said.isdecimal() and len(said) < 5 and 1 <= int(said) <= width:
        return int(said) - 1
    if found:
        places = " and ".join(str(place + 1) for place in found)
        raise ReaderFileError(
            f"{name} has the same column more than once ({places}); name it by its number."
        )
    raise ReaderFileError(
        f"{name} has no column of that name or number; it has {width} "
        f"column{'' if width == 1 else 's'}, counted from 1."
    )


def _plain(column: str) -> str:
    return re.sub(r"[\s_.-]", "", column.casefold())
