"""Times as people say them: `this year`, `in the last 90 days`, `since 1 January 2025`.

What is relative stays so: it becomes moments only when the database is asked, by the calendar of
the publication's time zone.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
UNITS = ("day", "week", "month", "year")
# The first and the last years of the calendar have no room for time zones.
YEARS = range(1900, 3000)

# From a moment, or from ever; until before a moment, or for ever.
Moments = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Span:
    """So many days, weeks, months or years back from now, by the calendar."""

    number: int
    unit: str

    def __str__(self) -> str:
        return f"{self.number} {self.unit}{'' if self.number == 1 else 's'}"

    def before(self, now: datetime) -> datetime:
        """The moment so long before now; of a month that is too short its last day."""
        if self.unit in ("day", "week"):
            return now - timedelta(days=self.number * (7 if self.unit == "week" else 1))
        months = now.year * 12 + now.month - 1 - self.number * (12 if self.unit == "year" else 1)
        year, month = months // 12, months % 12 + 1
        return now.replace(year=year, month=month, day=min(now.day, monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class InTheLast:
    """`in the last 90 days`"""

    span: Span

    def __str__(self) -> str:
        return f"in the last {self.span.unit if self.span.number == 1 else self.span}"

    def moments(self, now: datetime) -> Moments:
        return self.span.before(now), None


@dataclass(frozen=True, slots=True)
class This:
    """`this year`, `this month`"""

    unit: str

    def __str__(self) -> str:
        return f"this {self.unit}"

    def moments(self, now: datetime) -> Moments:
        first = now.date().replace(day=1)
        return _midnight(first.replace(month=1) if self.unit == "year" else first, now), None


@dataclass(frozen=True, slots=True)
class Since:
    """`since 1 January 2025`: on that day and later."""

    day: date

    def __str__(self) -> str:
        return f"since {written(self.day)}"

    def moments(self, now: datetime) -> Moments:
        return _midnight(self.day, now), None


@dataclass(frozen=True, slots=True)
class Before:
    """`before 1 January 2025`: up to the day before."""

    day: date

    def __str__(self) -> str:
        return f"before {written(self.day)}"

    def moments(self, now: datetime) -> Moments:
        return None, _midnight(self.day, now)


@dataclass(frozen=True, slots=True)
class In:
    """`in 2024`, `in June 2024`"""

    year: int
    month: int | None = None

    def __str__(self) -> str:
        return f"in {MONTHS[self.month - 1]} {self.year}" if self.month else f"in {self.year}"

    def moments(self, now: datetime) -> Moments:
        first = date(self.year, self.month or 1, 1)
        after = date(self.year + (self.month in (None, 12)), (self.month or 12) % 12 + 1, 1)
        return _midnight(first, now), _midnight(after, now)


Period = InTheLast | This | Since | Before | In


def period_in(words: str) -> Period | None:
    """The period that these words mean; None if they mean none."""
    for pattern, make in _PERIODS:
        if found := re.fullmatch(pattern, words, re.IGNORECASE | re.ASCII):
            return make(found[1])
    return None


def span_in(words: str) -> Span | None:
    """`90 days`, `a year`, `year`: the span, or None."""
    found = re.fullmatch(r"(?:(\d{1,3}|an?) )?(day|week|month|year)s?", words, re.I | re.ASCII)
    if found is None:
        return None
    number = int(found[1]) if found[1] and found[1].isdecimal() else 1
    return Span(number, found[2].lower()) if number else None


def day_in(words: str) -> date | None:
    """`1 January 2025`, `1st Jan 2025`, `1/1/2025`, `2025-01-01`, `January 2025`, `2025`."""
    return _first_day(words, (*_DAYS, *_MONTHS_AND_YEARS))


def written(day: date) -> str:
    """A day as it stands in a sentence: `1 January 2025`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _first_day(words: str, patterns: tuple[str, ...]) -> date | None:
    for pattern in patterns:
        if found := re.fullmatch(pattern, words, re.IGNORECASE | re.ASCII):
            year, month, day = (found.groupdict().get(part) for part in ("year", "month", "day"))
            try:
                made = date(int(year or 0), _month(month or "1"), int(day or 1))
            except ValueError:
                return None
            return made if made.year in YEARS else None
    return None


def _month(words: str) -> int:
    """A month's number, by its number, its name or the beginning of that; 0 for no month."""
    if words.isdecimal():
        return int(words)
    known = (
        place for place, name in enumerate(MONTHS, 1) if name.lower().startswith(words.lower())
    )
    return next(known, 0)


def _last(words: str) -> Period | None:
    span = span_in(words)
    return InTheLast(span) if span else None


def _since(words: str) -> Period | None:
    day = day_in(words)
    return Since(day) if day else None


def _before(words: str) -> Period | None:
    day = day_in(words)
    return Before(day) if day else None


def _in(words: str) -> Period | None:
    first = _first_day(words, _MONTHS_AND_YEARS)
    if first is None:
        return None
    return In(first.year) if words.isdecimal() else In(first.year, first.month)


_PERIODS: tuple[tuple[str, Callable[[str], Period | None]], ...] = (
    (r"(?:in|within) the (?:last|past) (.+)", _last),
    (r"this (year|month)", lambda unit: This(unit.lower())),
    (r"since (?:the )?(.+)", _since),
    (r"before (?:the )?(.+)", _before),
    (r"in (.+)", _in),
)
_NAMED = r"(?P<month>[a-z]{3,9})\.?"
_DAYS = (
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_NAMED} (?P<year>\d{{4}})",
    r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})",
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
)
_MONTHS_AND_YEARS = (rf"{_NAMED} (?P<year>\d{{4}})", r"(?P<year>\d{4})")


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time(), tzinfo=now.tzinfo)
