"""Serial, volume and number: the rules, as pure functions.

The serial counts the issues of a publication and never resets. A volume covers
a calendar year and knows its first serial. The number is derived from the two
and can't be computed from the date: a week without an issue takes no number,
and a combined issue takes several.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from issues.errors import IssueError
from rendering.dates import printed_date, readers_date

MOST_COMBINED = 4


class NumberingError(IssueError):
    """A serial, volume or date that can't be; the message says which can."""


@dataclass(frozen=True)
class VolumeRun:
    """A volume as numbering sees it."""

    number: int
    begins_on: date
    first_serial: int


def next_serials(taken: Sequence[int], first: int | None, count: int = 1) -> tuple[int, ...]:
    """The serials that the next issue takes: `count` in a row, after the highest one taken.

    Args:
        taken: the serials of all issues so far, in any order.
        first: the serial to begin with where none is taken yet.
        count: 1, or the number of parts of a combined issue.

    Raises:
        NumberingError: if nothing says where to begin, or `count` is not 1 to 4.
    """
    if not 1 <= count <= MOST_COMBINED:
        raise NumberingError(f"An issue takes 1 to {MOST_COMBINED} serials, not {count}.")
    if not taken and first is None:
        raise NumberingError("No issue was made here yet, so the first one needs its serial.")
    begin = max(taken) + 1 if taken else first
    assert begin is not None  # noqa: S101 - the two cases above leave no other
    return tuple(range(begin, begin + count))


def numbers(serials: Sequence[int], first_of_volume: int) -> tuple[int, ...]:
    """The numbers in the volume: serial − first serial of the volume + 1.

    >>> numbers([317], 292)
    (26,)
    """
    if any(serial < first_of_volume for serial in serials):
        raise NumberingError(
            f"Serial {min(serials)} is before its volume, which begins with {first_of_volume}."
        )
    return tuple(serial - first_of_volume + 1 for serial in serials)


def volume_for(day: date, serial: int, volumes: Sequence[VolumeRun]) -> VolumeRun:
    """The volume that an issue belongs to; a new one where the year is over.

    A volume runs for a year from the day it begins on, usually a first of January. The first
    issue dated after that year begins the next volume with its own serial.

    Args:
        day: the issue's date.
        serial: its (first) serial.
        volumes: the publication's volumes so far; none for a new publication.

    Raises:
        NumberingError: if the serial belongs to the volume of another year.
    """
    in_order = sorted(volumes, key=lambda volume: volume.begins_on)
    if not in_order:
        return VolumeRun(1, date(day.year, 1, 1), serial)
    begun = [volume for volume in in_order if volume.begins_on <= day]
    if not begun:
        first = in_order[0]
        raise NumberingError(
            f"{printed_date(day)} is before the first volume, Vol {first.number}, which begins on "
            f"{printed_date(first.begins_on)}; give a later date."
        )
    current, following = begun[-1], in_order[len(begun) :]
    if not following and _a_year_after(current.begins_on) <= day:
        if serial <= current.first_serial:
            raise NumberingError(
                f"#{serial} can't begin Vol {current.number + 1}: Vol {current.number} began with "
                f"#{current.first_serial}; give another serial or date."
            )
        begins_on = current.begins_on
        while (anniversary := _a_year_after(begins_on)) <= day:
            begins_on = anniversary
        return VolumeRun(current.number + 1, begins_on, serial)
    end = following[0].first_serial - 1 if following else None
    if serial < current.first_serial or (end is not None and serial > end):
        run = f"#{current.first_serial} to #{end}" if end else f"#{current.first_serial} and later"
        raise NumberingError(
            f"#{serial} can't be dated {printed_date(day)}: that is in Vol {current.number}, "
            f"which has {run}; give another serial or date."
        )
    return current


def _a_year_after(day: date) -> date:
    return date(day.year + 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def issue_line(serials: Sequence[int], volume: int, issue_numbers: Sequence[int], day: date) -> str:
    """The line that identifies an issue, written one way only.

    >>> issue_line([317], 7, [26], date(2025, 6, 29))
    '#317 Vol 7, No 26, 29 June 2025'
    >>> issue_line([331, 332], 7, [40, 41], date(2025, 10, 26))
    '#331 & 332, Vol 7, No 40 & 41, 26 October 2025'
    """
    comma = "," if len(serials) > 1 else ""
    return (
        f"#{_listed(serials)}{comma} Vol {volume}, No {_listed(issue_numbers)}, {readers_date(day)}"
    )


def printed_serials(line: str) -> tuple[int, ...]:
    """The serials in an issue line as people have typed it; empty if it names none.

    >>> printed_serials("TWTW #308 &309 Vol. 7 No. 17 &18, 04 May 2025")
    (308, 309)
    >>> printed_serials("#279-281, Vol. 6 No. 33-35")
    (279, 280, 281)
    >>> printed_serials("#279, 280 & 281, Vol 6, No 33, 34 & 35")
    (279, 280, 281)
    """
    found = _SERIALS.search(line)
    if found is None:
        return ()
    if found["last"] is None:
        return tuple(int(serial) for serial in re.findall(r"\d+", found["serials"]))
    return tuple(range(int(found["first"]), int(found["last"]) + 1))


# A comma joins serials only before a last one with `&`: in `# 61, 4 April 2020` it ends them.
_SERIALS = re.compile(
    r"#\s*(?P<serials>(?P<first>\d+)"
    r"(?:\s*[-–]\s*(?P<last>\d+)|(?:\s*,\s*\d+)*\s*(?:&|and)\s*\d+)?)"
)


def _listed(values: Sequence[int]) -> str:
    *head, last = [str(value) for value in values]
    return f"{', '.join(head)} & {last}" if head else last
