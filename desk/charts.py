"""Charts that the server draws: plain SVG without a script, with axes of round numbers.

The drawing is stretched to the width of its place, so the words of the axes stand beside it as
text. It says nothing that is not in a table below it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

# A drawing's own units: so much for each column, and its height.
COLUMN = 10
HEIGHT = 100
# A column's share that its bar fills.
FILLED = 0.7
# So many numbers stand at an axis, at most.
MOST_TICKS = 7


class Tick(NamedTuple):
    """A round number at the axis, and where: from 0 at the top to 100."""

    label: str
    at: float


class Bar(NamedTuple):
    """A part of a column; `kind` names what it counts, and its colour."""

    kind: str
    x: float
    y: float
    width: float
    height: float


class Series(NamedTuple):
    """Numbers of one kind, one for each column; `label` is their name for people."""

    kind: str
    label: str
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class Chart:
    """All that a template needs to show a chart."""

    name: str
    title: str
    description: str
    width: int
    ticks: tuple[Tick, ...]
    zero: float
    columns: tuple[str, ...]
    legend: tuple[Series, ...]
    bars: tuple[Bar, ...] = ()
    line: str = ""

    @property
    def height(self) -> int:
        return HEIGHT


def up_and_down(
    name: str,
    title: str,
    description: str,
    columns: Sequence[str],
    up: Sequence[Series],
    down: Sequence[Series],
) -> Chart:
    """Bars that grow up from nought for what came, and down for what went, stacked.

    Args:
        name: fit for an HTML id.
        title: what it shows, in a few words.
        description: the same in a sentence, with its numbers, for who does not see it.
        columns: what stands below the columns.
        up: what came.
        down: what went, in positive numbers.
    """
    highest = max((sum(column) for column in _columns(up)), default=0)
    lowest = -max((sum(column) for column in _columns(down)), default=0)
    axis = round_numbers(lowest, highest)
    bars: list[Bar] = []
    for series, sign in ((up, 1), (down, -1)):
        for place, _ in enumerate(columns):
            from_here = 0
            for one in series:
                to_there = from_here + sign * one.numbers[place]
                bars.append(_bar(one.kind, place, from_here, to_there, axis))
                from_here = to_there
    return Chart(
        name,
        title,
        description,
        COLUMN * len(columns),
        _ticks(axis),
        _at(0, axis),
        tuple(columns),
        (*up, *down),
        bars=tuple(bar for bar in bars if bar.height),
    )


def line(name: str, title: str, description: str, columns: Sequence[str], series: Series) -> Chart:
    """A line from column to column, over an axis that begins with nought.

    Args:
        name, title, description, columns: as for `up_and_down`.
        series: what it shows.
    """
    axis = round_numbers(0, max(series.numbers, default=0))
    points = [
        f"{COLUMN * (place + 0.5):g},{_at(number, axis):g}"
        for place, number in enumerate(series.numbers)
    ]
    # A line to where it is already: drawn with round ends, that is a dot.
    drawn = points * 2 if len(points) == 1 else points
    return Chart(
        name,
        title,
        description,
        COLUMN * len(columns),
        _ticks(axis),
        _at(0, axis),
        tuple(columns),
        (series,),
        line=" ".join(drawn),
    )


def round_numbers(lowest: int, highest: int) -> list[int]:
    """The numbers for an axis: round, equally far apart, ascending, with nought among them.

    >>> round_numbers(-30, 120)
    [-50, 0, 50, 100, 150]

    Args:
        lowest: nought or less.
        highest: nought or more.
    """
    step = _round_step(max(highest - lowest, 1) / (MOST_TICKS - 2))
    first, last = math.floor(lowest / step), math.ceil(highest / step)
    return [step * number for number in range(first, max(last, first + 1) + 1)]


def _round_step(least: float) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … that is not smaller."""
    power: int = 10 ** max(0, math.floor(math.log10(least)))
    return next(step for factor in (1, 2, 5, 10) if (step := factor * power) >= least)


def _columns(series: Sequence[Series]) -> list[tuple[int, ...]]:
    return list(zip(*(one.numbers for one in series), strict=True))


def _ticks(axis: Sequence[int]) -> tuple[Tick, ...]:
    # What goes is drawn downwards, and is as many as what comes: nobody is less than nobody.
    return tuple(Tick(f"{abs(number):,}", round(_at(number, axis), 2)) for number in axis)


def _at(number: int, axis: Sequence[int]) -> float:
    return HEIGHT * (axis[-1] - number) / (axis[-1] - axis[0])


def _bar(kind: str, place: int, from_here: int, to_there: int, axis: Sequence[int]) -> Bar:
    top, bottom = _at(max(from_here, to_there), axis), _at(min(from_here, to_there), axis)
    return Bar(
        kind,
        round(COLUMN * (place + (1 - FILLED) / 2), 2),
        round(top, 3),
        COLUMN * FILLED,
        round(bottom - top, 3),
    )
