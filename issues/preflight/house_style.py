"""The house style of a publication: how a share and a day are written in its texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from issues.models import DateStyle, PerCent
from issues.preflight.facts import IssueRendering
from issues.preflight.findings import Finding, Level
from issues.preflight.texts import texts

_MOST_EXAMPLES = 3
# A table has little room, and a source is quoted as it prints itself.
_ELSEWHERE = frozenset({"cell", "source", "credit", "author"})

_NUMBER = r"(?<![\w.,])\d[\d.,]*+(?<![.,])"
_SIGN = re.compile(rf"{_NUMBER}[ \u00a0\u202f]?%")
_WORDS = re.compile(rf"({_NUMBER})[ \u00a0]per[ \u00a0-]?cent\b")
_ONE_WORD = re.compile(rf"{_NUMBER}[ \u00a0]percent\b")


def _per_cent(issue: IssueRendering) -> Iterator[Finding]:
    if issue.house.per_cent == PerCent.WORDS:
        yield from _named(issue, "per-cent", _as_sign)
    elif issue.house.per_cent == PerCent.SIGN:
        yield from _named(issue, "per-cent", _as_words)


def _as_sign(text: str) -> Iterator[tuple[str, str]]:
    for pattern in (_SIGN, _ONE_WORD):
        for found in pattern.finditer(text):
            number = found[0].removesuffix("%").removesuffix("percent").strip()
            yield found[0], f"{number} per cent"


def _as_words(text: str) -> Iterator[tuple[str, str]]:
    for found in _WORDS.finditer(text):
        yield found[0], f"{found[1]}%"


# fmt: off
_MONTHS = {
    "Jan": "January", "Feb": "February", "Mar": "March", "Apr": "April", "May": "May",
    "Jun": "June", "Jul": "July", "Aug": "August", "Sep": "September", "Oct": "October",
    "Nov": "November", "Dec": "December",
}
# fmt: on
_MONTH = rf"(?P<month>(?:{'|'.join(_MONTHS.values())})\b|(?:Sept|{'|'.join(_MONTHS)})\b\.?)"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)\b"
_DAY_FIRST = re.compile(rf"(?<![\w.,-]){_DAY}(?: of)?[ \u00a0]{_MONTH}(?:,?[ \u00a0]{_YEAR})?")
# The March 23 Movement and the September 11 attacks are names, not days.
_MONTH_FIRST = re.compile(
    rf"(?<![Tt]he )(?<!\d )(?<!\w){_MONTH}[ \u00a0]{_DAY}\b(?:,?[ \u00a0]{_YEAR})?(?! [A-Z][a-z])"
)


def _date_style(issue: IssueRendering) -> Iterator[Finding]:
    if issue.house.dates == DateStyle.DAY_MONTH:
        yield from _named(issue, "date-style", _not_day_first)
    elif issue.house.dates == DateStyle.MONTH_DAY:
        yield from _named(issue, "date-style", _not_month_first)


def _not_day_first(text: str) -> Iterator[tuple[str, str]]:
    for found in (*_DAY_FIRST.finditer(text), *_MONTH_FIRST.finditer(text)):
        day, month, year = _parts(found)
        meant = f"{day} {month} {year}".strip()
        if meant != _plain(found[0]):
            yield found[0], meant


def _not_month_first(text: str) -> Iterator[tuple[str, str]]:
    for found in (*_DAY_FIRST.finditer(text), *_MONTH_FIRST.finditer(text)):
        day, month, year = _parts(found)
        meant = f"{month} {day}, {year}" if year else f"{month} {day}"
        if meant != _plain(found[0]):
            yield found[0], meant


def _parts(found: re.Match[str]) -> tuple[str, str, str]:
    return found["day"].lstrip("0"), _MONTHS[found["month"][:3]], found["year"] or ""


def _plain(words: str) -> str:
    return words.replace("\u00a0", " ")


def _named(
    issue: IssueRendering, code: str, otherwise: Callable[[str], Iterator[tuple[str, str]]]
) -> Iterator[Finding]:
    """One finding for each note, with its first examples."""
    for place, fix, passages in texts(issue):
        ours = (passage.text for passage in passages if passage.kind not in _ELSEWHERE)
        found = list(dict.fromkeys(one for text in ours for one in otherwise(text)))
        if not found:
            continue
        examples = ", ".join(f"“{meant}” for “{is_}”" for is_, meant in found[:_MOST_EXAMPLES])
        more = len(found) - _MOST_EXAMPLES
        yield Finding(
            code,
            Level.HINT,
            place,
            f"The house style is {examples}{f', and so in {more} more places' * (more > 0)}.",
            fix,
        )


CHECKS = (_per_cent, _date_style)
