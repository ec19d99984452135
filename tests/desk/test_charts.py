"""Charts: round axes, bars that add up, and something right for nothing and for one week."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.charts import COLUMN, HEIGHT, MOST_TICKS, Series, line, round_numbers, up_and_down

numbers = st.integers(0, 10**7)


@given(st.integers(-(10**7), 0), numbers)
def test_an_axis_is_round_even_and_has_room_for_everything(lowest, highest):
    axis = round_numbers(lowest, highest)
    assert axis[0] <= lowest
    assert axis[-1] >= highest
    assert 0 in axis
    assert 2 <= len(axis) <= MOST_TICKS
    (step,) = {after - before for before, after in pairwise(axis)}
    assert str(step).rstrip("0") in {"1", "2", "5"}


@pytest.mark.parametrize(
    ("lowest", "highest", "axis"),
    [
        (0, 0, [0, 1]),
        (0, 1, [0, 1]),
        (0, 7, [0, 2, 4, 6, 8]),
        (-30, 120, [-50, 0, 50, 100, 150]),
        (-3, 0, [-3, -2, -1, 0]),
        (0, 881_821, [0, 200_000, 400_000, 600_000, 800_000, 1_000_000]),
    ],
)
def test_axes_that_people_would_draw(lowest, highest, axis):
    assert round_numbers(lowest, highest) == axis


def chart(joined, left, lost):
    columns = [str(place) for place in range(len(joined))]
    up = [Series("joined", "Joined", joined)]
    down = [Series("left", "Left", left), Series("suppressed", "Suppressed", lost)]
    return up_and_down("changes", "Changes", "Some.", columns, up, down)


@given(st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=30))
def test_bars_are_as_high_as_their_numbers_and_stacked_without_a_gap(rows):
    joined, left, lost = (list(column) for column in zip(*rows, strict=True))
    found = chart(joined, left, lost)
    axis = round_numbers(-max(map(sum, zip(left, lost, strict=True))), max(joined))
    unit = HEIGHT / (axis[-1] - axis[0])
    for place, row in enumerate(rows):
        here = [bar for bar in found.bars if place * COLUMN <= bar.x < (place + 1) * COLUMN]
        heights = {bar.kind: bar.height for bar in here}
        for kind, number in zip(("joined", "left", "suppressed"), row, strict=True):
            assert heights.get(kind, 0) == pytest.approx(number * unit, abs=0.01)
        for bar in here:
            assert bar.y >= -0.01
            assert bar.y + bar.height <= HEIGHT + 0.01
            if bar.kind == "joined":
                assert bar.y + bar.height == pytest.approx(found.zero, abs=0.01)
            if bar.kind == "left":
                assert bar.y == pytest.approx(found.zero, abs=0.01)


def test_nothing_has_an_axis_and_no_bars():
    found = chart([0, 0], [0, 0], [0, 0])
    assert found.bars == ()
    assert [tick.label for tick in found.ticks] == ["0", "1"]
    assert found.zero == HEIGHT


def test_what_goes_is_told_in_positive_numbers():
    found = chart([10], [5], [5])
    assert [(tick.label, tick.at) for tick in found.ticks] == [
        ("10", 100.0),
        ("5", 75.0),
        ("0", 50.0),
        ("5", 25.0),
        ("10", 0.0),
    ]


def test_a_line_goes_from_column_to_column_over_nought():
    found = line("totals", "All", "Some.", ["a", "b"], Series("total", "All", [50, 100]))
    assert found.line == "5,50 15,0"
    assert found.zero == HEIGHT


def test_one_week_is_a_dot():
    found = line("totals", "All", "Some.", ["a"], Series("total", "All", [3]))
    first, second = found.line.split()
    assert first == second
