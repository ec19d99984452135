"""Dates as people type them: `29 June 2025`, `26 Oct 2025`, `June 29, 2025`, `2025-06-29`."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>[0-9]{4})"
_FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_DAY}\s+{_MONTH},?\s+{_YEAR}",
        rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})",
    )
]


def looks_like_a_date(text: str) -> bool:
    """Whether the whole text is written like a date, be it one of the calendar or not."""
    return any(form.fullmatch(text.strip()) for form in _FORMS)


def read_date(text: str) -> date | None:
    """The date that the whole text is; None if it is none."""
    return next((_day(found) for form in _FORMS if (found := form.fullmatch(text.strip()))), None)


def date_in(text: str) -> date | None:
    """The first date that stands anywhere in the text; None if there is none."""
    return next((_day(found) for form in _FORMS if (found := form.search(text))), None)


def _day(found: re.Match[str]) -> date | None:
    name = found["month"]
    month = int(name) if name.isdigit() else _MONTHS.index(name[:3].lower()) + 1
    try:
        return date(int(found["year"]), month, int(found["day"]))
    except ValueError:
        return None
