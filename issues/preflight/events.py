"""The days that a note's words name, and whether they are told as past.

A heuristic, made to be silent when in doubt: a day without a year takes the nearest one, and a
day counts as past only where its sentence has a verb in the past and nothing of the future. One
without a year that lies more than a week ahead is rather one of history: `the 15 July coup`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from issues.preflight.facts import NoteFacts
from issues.preflight.words import passages_of

# fmt: off
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
           "october", "november", "december")
# fmt: on
_MONTH = (
    r"(?P<month{0}>January|February|March|April|May|June|July|August|September|October|November|"
    r"December|Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)"
)
_YEAR = r"(?P<year{0}>(?:19|20)\d\d)"
_DAY = r"(?P<day{0}>[0-3]?\d)(?:st|nd|rd|th)?"
_NAMED_DAY = re.compile(
    r"\b(?P<iso>(?:19|20)\d\d-[01]\d-[0-3]\d)\b"
    rf"|(?<![\d.,])\b{_DAY.format(1)}(?:\s+of)?\s+{_MONTH.format(1)}\b(?:,?\s+{_YEAR.format(1)}\b)?"
    rf"|\b{_MONTH.format(2)}\s+{_DAY.format(2)}\b(?!\.\d)(?:,?\s+{_YEAR.format(2)}\b)?"
)
_ANY_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_SENTENCE_END = re.compile(r"(?<=[.!?])[”’\"')]*\s+(?=[A-Z“‘\"'(])")

_FUTURE = re.compile(
    r"\b(will|would|shall|should|(?-i:may)|might|could|is to|are to|was to|were to|to be|set to|"
    r"set for|scheduled|expected|expects?|due|next|deadline|plan(?:s|ned|ning)?|upcoming|coming|"
    r"ahead|later this|tomorrow|intends?|hopes?|propos\w+|announce[sd]?|promis\w+|calls? for|"
    r"called for|postpon\w+|delay\w+|extend\w+|invite[sd]?|inviting|begins?|starts?|opens?|"
    r"ends?|expires?|takes? place|falls? on|lapses?|marks?|comes?|meets?|votes?|goes|resumes?|"
    r"holds?|takes? effect|enters? into)\b",
    re.IGNORECASE,
)
# Right before a day: the day is an end or a beginning of something, not when it happened.
_BOUND = re.compile(
    r"\b(by|until|till|before|from|through|to|for|between|and|since|of)\s+(the\s+|\w+day,?\s+)?$",
    re.IGNORECASE,
)
_LONGEST_BOUND = 40
_PAST = re.compile(
    r"\b(?!need\b|indeed\b|speed\b|feed\b|seed\b|exceed\b|proceed\b|succeed\b|hundred\b|bed\b|"
    r"red\b)\w+ed\b"
    r"|\b(was|were|had|did|said|told|held|met|took|gave|won|lost|began|came|went|made|left|led|"
    r"became|wrote|spoke|fell|rose|broke|struck|shot|hit|sent|brought|sought|saw|stood|fought|"
    r"withdrew|drew|grew|chose|swore|sworn|paid|kept|built|bought|sold|put|set up)\b",
    re.IGNORECASE,
)
# Further ahead than this, a day of the past without a year is rather one of the year before.
_NEAR = timedelta(days=60)
# And further ahead than this, it may be one of any year before.
_SURELY_THIS_YEAR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day as the words name it (`29 June`), and whether it is told as past."""

    day: date
    words: str
    is_told_as_past: bool


def named_days(note: NoteFacts, printed: date) -> Iterator[NamedDay]:
    """The days in a note's text, in the order of reading.

    Args:
        note: whose text is read.
        printed: the day of the issue, near which a day without a year is.
    """
    for passage in passages_of(note):
        if passage.kind in {"headline", "heading", "paragraph", "quotation"}:
            yield from days_in(passage.text, printed)


def days_in(text: str, printed: date) -> Iterator[NamedDay]:
    """The days that a paragraph names.

    After a year other than that of the issue, a day without one may belong to it, and does not
    count as past.
    """
    other_year = False
    for sentence in _SENTENCE_END.split(text):
        rest = _NAMED_DAY.sub(" ", sentence)
        is_past = bool(_PAST.search(rest)) and not _FUTURE.search(rest)
        other_year = other_year or any(
            int(year) != printed.year for year in _ANY_YEAR.findall(sentence)
        )
        for found in _NAMED_DAY.finditer(sentence):
            has_year = bool(found["iso"] or found["year1"] or found["year2"])
            before = sentence[max(found.start() - _LONGEST_BOUND, 0) : found.start()]
            happened = is_past and (has_year or not other_year) and not _BOUND.search(before)
            if day := _day(found, printed, happened=happened):
                is_sure = has_year or day <= printed + _SURELY_THIS_YEAR
                yield NamedDay(day, found[0], happened and is_sure)


def _day(found: re.Match[str], printed: date, *, happened: bool) -> date | None:
    if found["iso"]:
        return _date(*map(int, found["iso"].split("-")))
    which = "1" if found["month1"] else "2"
    opening = found[f"month{which}"][:3].lower()
    month = next(place for place, name in enumerate(_MONTHS, 1) if name.startswith(opening))
    number = int(found[f"day{which}"])
    if year := found[f"year{which}"]:
        return _date(int(year), month, number)
    nearby = [_date(printed.year + step, month, number) for step in (-1, 0, 1)]
    nearest = min(filter(None, nearby), key=lambda day: abs(day - printed), default=None)
    if nearest and happened and nearest > printed + _NEAR:
        return _date(nearest.year - 1, month, number)
    return nearest


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:  # 31 June
        return None
