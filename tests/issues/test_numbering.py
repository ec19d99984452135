"""Serial, volume and number."""

from __future__ import annotations

import csv
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.numbering import (
    NumberingError,
    VolumeRun,
    issue_line,
    next_serials,
    numbers,
    printed_serials,
    volume_for,
)
from tests.optional import shared

FIRST_SERIALS = (1, 48, 100, 152, 197, 247, 292, 339)
VOLUMES = [
    VolumeRun(position + 1, date(2019 + position, 1, 1), first)
    for position, first in enumerate(FIRST_SERIALS)
]


def real_headers():
    with shared("data/twtw_headers.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def whole(text):
    """`308-309` as (308, 309)."""
    first, _, last = text.partition("-")
    return tuple(range(int(first), int(last or first) + 1))


def test_every_faultless_line_the_weekly_printed_follows_from_its_serial_and_date():
    checked = 0
    for row in real_headers():
        if not (row["serials"] and row["printed_date"]) or row["fault"]:
            continue
        serials = whole(row["serials"])
        volume = volume_for(date.fromisoformat(row["printed_date"]), serials[0], VOLUMES)
        assert volume.number == int(row["volume"])
        assert numbers(serials, volume.first_serial) == whole(row["numbers"])
        checked += 1
    assert checked > 15


def test_the_two_numbering_faults_of_the_real_weekly_can_not_happen():
    assert numbers([91], volume_for(date(2020, 11, 1), 91, VOLUMES).first_serial) == (44,)
    rolled = volume_for(date(2025, 1, 26), 294, VOLUMES)
    assert (rolled.number, numbers([294, 295], rolled.first_serial)) == (7, (3, 4))


def test_serials_are_read_from_every_punctuation_that_was_printed():
    for row in real_headers():
        expected = whole(row["serials"]) if row["serials"] else ()
        assert printed_serials(row["printed_header"]) == expected


@pytest.mark.parametrize(
    ("serials", "volume", "day", "line"),
    [
        ((317,), 7, date(2025, 6, 29), "#317 Vol 7, No 26, 29 June 2025"),
        ((318,), 7, date(2025, 7, 6), "#318 Vol 7, No 27, 6 July 2025"),
        ((331, 332), 7, date(2025, 10, 26), "#331 & 332, Vol 7, No 40 & 41, 26 October 2025"),
        (
            (279, 280, 281),
            6,
            date(2024, 10, 13),
            "#279, 280 & 281, Vol 6, No 33, 34 & 35, 13 October 2024",
        ),
    ],
)
def test_the_issue_line_is_written_one_way(serials, volume, day, line):
    first = FIRST_SERIALS[volume - 1]
    assert issue_line(serials, volume, numbers(serials, first), day) == line


@given(
    weeks=st.lists(st.tuples(st.integers(1, 9), st.integers(1, 4)), min_size=1, max_size=200),
    start=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
)
def test_serials_never_reset_and_numbers_begin_anew_with_each_volume(weeks, start):
    """Whatever weeks are skipped and issues combined: no serial twice, no number twice a volume."""
    volumes: list[VolumeRun] = []
    taken: list[int] = []
    seen: set[tuple[int, int]] = set()
    day = start
    for gap, count in weeks:
        serials = next_serials(taken, 1, count)
        volume = volume_for(day, serials[0], volumes)
        if volume not in volumes:
            assert numbers(serials, volume.first_serial)[0] == 1
            volumes.append(volume)
        given_numbers = {
            (volume.number, number) for number in numbers(serials, volume.first_serial)
        }
        assert not given_numbers & seen
        seen |= given_numbers
        taken += serials
        day += timedelta(weeks=gap)
    assert taken == list(range(1, len(taken) + 1))
    assert [volume.number for volume in volumes] == list(range(1, len(volumes) + 1))


def test_a_volume_that_begins_in_april_runs_until_march():
    april = [VolumeRun(1, date(2024, 4, 1), 1)]
    assert volume_for(date(2025, 3, 31), 40, april).number == 1
    assert volume_for(date(2025, 4, 6), 41, april) == VolumeRun(2, date(2025, 4, 1), 41)


def test_a_serial_of_another_year_is_refused_with_the_run_it_would_need():
    with pytest.raises(NumberingError, match="Vol 7, which has #292 to #338"):
        volume_for(date(2025, 6, 29), 340, VOLUMES)
    with pytest.raises(NumberingError, match="before the first volume"):
        volume_for(date(2018, 6, 29), 1, VOLUMES)


def test_the_first_issue_needs_to_be_told_its_serial():
    with pytest.raises(NumberingError, match="needs its serial"):
        next_serials([], None)


def test_an_issue_takes_one_to_four_serials():
    for count in (0, 5, -1):
        with pytest.raises(NumberingError, match="1 to 4"):
            next_serials([], 1, count)
