"""Days as lists of readers write them; one that could be either of two days is none."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[ T].*)?")
_FORMS = ("%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%Y/%m/%d")


def day_of(text: str) -> datetime | None:
    """The moment that a cell names; None if it names none, or none for sure."""
    text = text.strip()
    try:
        if _ISO.match(text):
            found = datetime.fromisoformat(text)
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        if slashes := _SLASHES.fullmatch(text):
            return _by_slashes(*map(int, slashes.groups()))
    except ValueError:
        return None
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _by_slashes(one: int, other: int, year: int) -> datetime | None:
    """Some write the day first, some the month: it counts where it can be only one of them."""
    if one > 12 or one == other:
        day, month = one, other
    elif other > 12:
        month, day = one, other
    else:
        return None
    return datetime.combine(date(year, month, day), datetime.min.time(), UTC)
