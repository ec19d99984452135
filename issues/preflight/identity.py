"""Whether an issue's serial, volume, number and date fit its neighbours and what it tells.

An alert has no numbering, and nothing is said about it here.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import wraps

from issues.preflight.events import named_days
from issues.preflight.facts import IssueRendering, Numbering
from issues.preflight.findings import Finding, Level
from rendering.dates import printed_date

# An event that lies further back than this is no news of the week, nor of one missed.
STALE = timedelta(days=21)
# A day further back than this is background, however often it is named.
_HISTORY = timedelta(days=365)

_Check = Callable[[IssueRendering], Iterator[Finding]]


def _of_numbered(check: Callable[[IssueRendering, Numbering], Iterator[Finding]]) -> _Check:
    @wraps(check)
    def checked(issue: IssueRendering) -> Iterator[Finding]:
        if issue.numbering is not None:
            yield from check(issue, issue.numbering)

    return checked


@_of_numbered
def _serials(issue: IssueRendering, numbering: Numbering) -> Iterator[Finding]:
    serials = numbering.identity.serials
    before, own = numbering.before, _serial_words(serials)
    if before and serials[0] > before.serials[-1] + 1:
        yield Finding(
            "serial-skipped",
            Level.WARNING,
            "issue",
            f"It takes {own}, but the issue before it is #{before.serials[-1]}. A week without "
            "an issue takes no serial.",
            issue.fix,
        )
    if serials != tuple(range(serials[0], serials[0] + len(serials))):
        yield Finding(
            "serials-apart",
            Level.BLOCKER,
            "issue",
            f"It takes {own}; a combined issue takes serials that follow each other.",
            issue.fix,
        )


@_of_numbered
def _numbers(issue: IssueRendering, numbering: Numbering) -> Iterator[Finding]:
    first = numbering.first_serial_of_volume
    serials = numbering.identity.serials
    right = tuple(serial - first + 1 for serial in serials)
    if min(right) < 1:
        yield Finding(
            "serial-before-volume",
            Level.BLOCKER,
            "issue",
            f"Vol {numbering.identity.volume} begins with #{first}, so "
            f"{_serial_words(serials)} can't be in it; choose the volume before.",
            issue.fix,
        )
    elif right != numbering.numbers:
        yield Finding(
            "number-off",
            Level.BLOCKER,
            "issue",
            f"{_serial_words(serials)} of a volume that begins with #{first} is "
            f"No {_listed(right)}, not No {_listed(numbering.numbers)}.",
            issue.fix,
        )


@_of_numbered
def _volumes(issue: IssueRendering, numbering: Numbering) -> Iterator[Finding]:
    own, before, after = numbering.identity, numbering.before, numbering.after
    if (before and own.volume < before.volume) or (after and own.volume > after.volume):
        other = before if before and own.volume < before.volume else after
        assert other is not None  # noqa: S101 - one of the two it is
        yield Finding(
            "volume-back",
            Level.BLOCKER,
            "issue",
            f"It is of Vol {own.volume}, but its neighbour {other.line} is of Vol {other.volume}; "
            "volumes never go back.",
            issue.fix,
        )
    elif before and own.volume > before.volume + 1:
        yield Finding(
            "volume-skipped",
            Level.WARNING,
            "issue",
            f"It is of Vol {own.volume}, but the issue before it, {before.line}, is of "
            f"Vol {before.volume}; no issue has Vol {before.volume + 1}.",
            issue.fix,
        )
    if before is None:
        return
    first = numbering.first_serial_of_volume
    if own.volume > before.volume and first <= before.serials[-1]:
        yield Finding(
            "volume-without-start",
            Level.WARNING,
            "issue",
            f"It is the first issue of Vol {own.volume}, but the volume is said to begin with "
            f"#{first}, which is of Vol {before.volume}; give the volume #{own.serials[0]} as its "
            "first serial.",
            issue.fix,
        )
    if own.volume == before.volume and before.serials[-1] < first <= own.serials[0]:
        yield Finding(
            "volume-split",
            Level.WARNING,
            "issue",
            f"Vol {own.volume} is said to begin with #{first}, but #{before.serials[-1]} before "
            "it is of the same volume; mend the volume's first serial, or its number.",
            issue.fix,
        )


@_of_numbered
def _volume_rolled(issue: IssueRendering, numbering: Numbering) -> Iterator[Finding]:
    own, before, begun = numbering.identity, numbering.before, numbering.volume_begins_on
    if own.date >= _a_year_after(begun):
        yield Finding(
            "volume-not-rolled",
            Level.WARNING,
            "issue",
            f"Vol {own.volume} began on {printed_date(begun)}, a year or more before "
            f"{printed_date(own.date)}; begin Vol {own.volume + 1} with #{own.serials[0]}.",
            issue.fix,
        )
    elif (
        before
        and begun.month == 1
        and own.date.year > before.date.year
        and own.volume == before.volume
        and begun < before.date
    ):
        yield Finding(
            "volume-maybe-not-rolled",
            Level.HINT,
            "issue",
            f"It is the first issue of {own.date.year} and still of Vol {own.volume}; should "
            f"Vol {own.volume + 1} begin with #{own.serials[0]}?",
            issue.fix,
        )


@_of_numbered
def _weekday(issue: IssueRendering, numbering: Numbering) -> Iterator[Finding]:
    day = numbering.identity.date
    if day.weekday() != numbering.weekday:
        yield Finding(
            "other-weekday",
            Level.WARNING,
            "issue",
            f"{printed_date(day)} is a {calendar.day_name[day.weekday()]}; "
            f"{issue.publication.name} comes out on {calendar.day_name[numbering.weekday]}s.",
            issue.fix,
        )


@_of_numbered
def _dates_of_neighbours(issue: IssueRendering, numbering: Numbering) -> Iterator[Finding]:
    day, before, after = numbering.identity.date, numbering.before, numbering.after
    if before and day <= before.date:
        yield Finding(
            "date-not-after",
            Level.WARNING,
            "issue",
            f"It is dated {printed_date(day)}, which is not after the issue before it, "
            f"{before.line}.",
            issue.fix,
        )
    if after and day >= after.date:
        yield Finding(
            "date-not-before",
            Level.WARNING,
            "issue",
            f"It is dated {printed_date(day)}, which is not before the issue after it, "
            f"{after.line}.",
            issue.fix,
        )


@_of_numbered
def _dates_of_notes(issue: IssueRendering, numbering: Numbering) -> Iterator[Finding]:
    printed = numbering.identity.date
    for note in issue.notes:
        written = note.content.date
        if written > printed:
            yield Finding(
                "note-after-issue",
                Level.WARNING,
                note.headline,
                f"The note is dated {printed_date(written)}, after the issue of "
                f"{printed_date(printed)}.",
                note.fix,
            )
        for source in note.content.sources:
            if source.published and source.published > printed:
                yield Finding(
                    "source-after-issue",
                    Level.WARNING,
                    f"{note.headline} › sources",
                    f"The source “{source.title}” is dated {printed_date(source.published)}, "
                    f"after the issue of {printed_date(printed)}.",
                    note.fix,
                )


@_of_numbered
def _events(issue: IssueRendering, numbering: Numbering) -> Iterator[Finding]:
    printed = numbering.identity.date
    for note in issue.notes:
        days = list(named_days(note, printed))
        told = [named for named in days if named.is_told_as_past and named.day > printed]
        if told:
            latest = max(told, key=lambda named: named.day)
            yield Finding(
                "date-before-event",
                Level.WARNING,
                note.headline,
                f"It tells of “{latest.words}” as past, but the issue is dated "
                f"{printed_date(printed)}; one of the two days is wrong.",
                note.fix,
            )
        recent = [named for named in days if named.day > printed - _HISTORY]
        latest_day = max((named.day for named in recent), default=printed)
        if latest_day < printed - STALE:
            yield Finding(
                "stale",
                Level.HINT,
                note.headline,
                f"The latest day that it names is {printed_date(latest_day)}, "
                f"{(printed - latest_day).days} days before the issue; is a day wrong, or "
                "something newer missing?",
                note.fix,
            )


def _a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return date(day.year + 1, 3, 1)


def _serial_words(serials: tuple[int, ...]) -> str:
    return "#" + _listed(serials)


def _listed(numbers: tuple[int, ...]) -> str:
    return " & ".join(map(str, numbers))


CHECKS: tuple[_Check, ...] = (
    _serials,
    _numbers,
    _volumes,
    _volume_rolled,
    _weekday,
    _dates_of_neighbours,
    _dates_of_notes,
    _events,
)
