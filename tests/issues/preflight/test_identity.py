"""Serial, volume, number and date beside those of the neighbours, and what the notes tell."""

import csv
import re
from dataclasses import replace
from datetime import date

import pytest

from issues.preflight import identity
from issues.preflight.facts import Identity
from tests.issues.preflight.sound import NUMBERING, codes, saying, sound
from tests.optional import shared
from tests.rendering.samples import RIVER

BEFORE = NUMBERING.before
AFTER = Identity("#319 Vol 7, No 28, 13 July 2025", (319,), 7, date(2025, 7, 13))


def findings(issue):
    return [finding for check in identity.CHECKS for finding in check(issue)]


def numbered(**changes):
    """Findings of an issue without notes whose numbering has some of its facts changed."""
    own = {name: changes.pop(name) for name in ("serials", "volume", "date") if name in changes}
    numbering = replace(NUMBERING, identity=replace(NUMBERING.identity, **own), **changes)
    return findings(sound(numbering=numbering, notes=()))


def test_a_sound_issue_gives_no_finding():
    assert findings(sound()) == []
    assert numbered(after=AFTER) == []
    assert numbered(before=None) == []


def test_a_combined_issue_is_sound():
    assert numbered(serials=(318, 319), numbers=(27, 28)) == []


def test_nothing_is_said_of_an_alert():
    assert findings(sound(saying("<p>On 9 July 2027, they met.</p>"), numbering=None)) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"serials": (319,), "numbers": (28,)}, "serial-skipped"),
        ({"serials": (318, 320), "numbers": (27, 29)}, "serials-apart"),
        ({"numbers": (26,)}, "number-off"),
        ({"first_serial_of_volume": 339}, "serial-before-volume"),
        ({"before": replace(BEFORE, volume=8)}, "volume-back"),
        ({"after": replace(AFTER, volume=6)}, "volume-back"),
        (
            {"volume": 9, "first_serial_of_volume": 318, "numbers": (1,)},
            "volume-skipped",
        ),
        ({"before": replace(BEFORE, volume=6)}, "volume-without-start"),
        ({"first_serial_of_volume": 318, "numbers": (1,)}, "volume-split"),
        ({"date": date(2025, 7, 5)}, "other-weekday"),
        ({"before": replace(BEFORE, date=date(2025, 7, 6))}, "date-not-after"),
        ({"after": replace(AFTER, date=date(2025, 7, 6))}, "date-not-before"),
        ({"volume_begins_on": date(2024, 7, 6)}, "volume-not-rolled"),
        (
            {
                "date": date(2026, 1, 4),
                "volume_begins_on": date(2025, 1, 5),
                "before": replace(BEFORE, date=date(2025, 12, 28)),
            },
            "volume-maybe-not-rolled",
        ),
    ],
)
def test_what_does_not_fit_the_neighbours_is_said(changes, code):
    assert code in codes(numbered(**changes))


def test_the_first_issue_of_a_volume_that_rolls_is_sound():
    assert (
        numbered(
            date=date(2026, 1, 4),
            volume=8,
            first_serial_of_volume=318,
            numbers=(1,),
            volume_begins_on=date(2026, 1, 1),
            before=replace(BEFORE, date=date(2025, 12, 28)),
        )
        == []
    )


def test_a_volume_that_begins_in_april_may_go_on_in_january():
    found = numbered(
        date=date(2026, 1, 4),
        volume_begins_on=date(2025, 4, 1),
        before=replace(BEFORE, date=date(2025, 12, 28)),
    )
    assert found == []


def test_a_note_that_tells_of_a_day_after_the_issue_is_named():
    found = findings(sound(saying("<p>On 8 July, the two presidents met in Kalwe.</p>")))
    assert codes(found) == ["date-before-event"]
    assert "“8 July”" in found[0].sentence
    assert found[0].fix == "/desk/notes/1/"


def test_a_note_may_tell_of_what_is_to_come():
    assert findings(sound(saying("<p>The two presidents will meet on 8 July.</p>"))) == []


def test_a_note_whose_latest_day_is_weeks_ago_may_be_stale():
    old = replace(RIVER, sections=())
    old = replace(old, sections=(replace(RIVER.sections[2]),))
    issue = sound(saying("<p>On 12 May, the dam broke.</p>", old))
    assert codes(findings(issue)) == ["stale"]
    assert findings(sound(saying("<p>On 17 May 1995, the dam broke.</p>", old))) == []


def test_a_note_or_source_dated_after_the_issue_is_named():
    assert codes(findings(sound(replace(RIVER, date=date(2025, 7, 7))))) == ["note-after-issue"]
    late = replace(RIVER.sources[0], published=date(2025, 7, 7))
    assert codes(findings(sound(replace(RIVER, sources=(late,))))) == ["source-after-issue"]


FIRST_SERIALS = (1, 48, 100, 152, 197, 247, 292, 339)


def test_the_faults_that_the_weekly_really_printed_are_caught_by_name():
    """Of the printed lines: only numbers and dates, and who fits whom."""
    with shared("data/twtw_headers.csv").open(encoding="utf-8") as file:
        rows = {row["serials"]: row for row in csv.DictReader(file)}

    def printed(serials, *notes, **changes):
        row = rows[serials]
        taken = [int(serial) for serial in serials.split("-")]
        own = Identity(
            row["printed_header"],
            tuple(range(taken[0], taken[-1] + 1)),
            int(row["volume"]),
            date.fromisoformat(row["printed_date"]),
        )
        numbering = replace(
            NUMBERING,
            identity=own,
            numbers=tuple(int(number) for number in re.findall(r"\d+", row["numbers"])),
            first_serial_of_volume=FIRST_SERIALS[own.volume - 1],
            volume_begins_on=date(2018 + own.volume, 1, 1),
            before=changes.get("before"),
        )
        issue = sound(*notes, numbering=numbering)
        return codes(findings(issue if notes else replace(issue, notes=())))

    assert printed("317") == []
    assert printed("91") == ["number-off"]
    assert printed("285-286") == ["other-weekday"]
    assert "volume-not-rolled" in printed("294-295")
    before = Identity("#240", (240,), 5, date(2023, 11, 26))
    tells = saying("<p>On 29 November 2023, he died.</p>", replace(RIVER, sources=()))
    assert {"other-weekday", "date-not-after", "date-before-event"} <= set(
        printed("241", tells, before=before)
    )
