"""How a day is printed: one way only, whatever the machine's locale."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date
from django.conf import settings

from rendering.readers_language import is_english, locale_of

# fmt: off
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)
# fmt: on


def printed_date(day: date) -> str:
    """The day without a leading zero, the month in full.

    >>> printed_date(date(2025, 6, 29))
    '29 June 2025'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def printed_moment(moment: datetime) -> str:
    """`Sunday, 29 June 2025, 08:00 (Asia/Kolkata)`, in the moment's own zone."""
    return f"{moment:%A}, {printed_date(moment.date())}, {moment:%H:%M} ({moment.tzinfo})"


def readers_date(day: date) -> str:
    """The day as readers read it: `29. Juni 2025` where they read German."""
    if is_english(settings.READERS_LANGUAGE):
        return printed_date(day)
    return format_date(day, "long", locale=locale_of(settings.READERS_LANGUAGE))
