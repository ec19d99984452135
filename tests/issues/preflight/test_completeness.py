"""What may be missing in an issue: each with an issue that has it, and one that lacks it."""

from dataclasses import replace

import pytest

from issues.preflight import Level, completeness
from rendering.content import (
    Author,
    Figure,
    Quote,
    Region,
    Section,
    Table,
    Takeaway,
    Takeaways,
    Text,
)
from tests.issues.preflight.sound import codes, saying, sound
from tests.rendering.samples import RIVER

THREE = ("What happened?", "What is the background?", "What does it mean?")


def findings(issue):
    return [finding for check in completeness.CHECKS for finding in check(issue)]


def by(*names, biography="Writes."):
    return replace(RIVER, authors=tuple(Author(name, "", biography) for name in names))


def with_parts(*parts):
    return replace(RIVER, sections=(Section("What happened?", (Text("<p>Much.</p>"), *parts)),))


def with_headings(issue, *headings):
    return replace(issue, notes=tuple(replace(note, headings=headings) for note in issue.notes))


def test_a_sound_issue_gives_no_finding():
    assert findings(sound()) == []


def test_an_issue_without_notes_stops():
    (found,) = findings(sound(notes=()))
    assert (found.code, found.level) == ("no-notes", Level.BLOCKER)


def test_a_note_that_is_not_approved_stops():
    issue = sound()
    notes = (replace(issue.notes[0], is_approved=False), *issue.notes[1:])
    (found,) = findings(replace(issue, notes=notes))
    assert (found.code, found.level) == ("not-approved", Level.BLOCKER)
    assert found.place == issue.notes[0].headline
    assert found.fix == "/desk/notes/1/"


def test_a_sentence_that_chooses_nobody_any_more_stops():
    doubt = "There is no publication “Gone”."
    (found,) = findings(sound(doubt_about_readers=doubt, readers_fix="/desk/audience/"))
    assert (found.code, found.level) == ("segment-unclear", Level.BLOCKER)
    assert (found.sentence, found.fix) == (doubt, "/desk/audience/")


@pytest.mark.parametrize(
    ("note", "code"),
    [
        (by(), "no-author"),
        (by("Maya Østergaard", biography=" "), "no-bio"),
        (by("The Editors", biography=""), "team-byline"),
        (by("TWTW Team"), "team-byline"),
        (replace(RIVER, countries=()), "no-country"),
        (replace(RIVER, sections=()), "empty-part"),
        (with_parts(Text("<p> </p>")), "empty-part"),
        (with_parts(Quote(" ", "A minister")), "empty-part"),
        (with_parts(Table((), ((" ", ""),), "A table")), "empty-part"),
        (with_parts(Takeaways((Takeaway("", "<p>So.</p>"),))), "empty-part"),
        (with_parts(Takeaways(())), "empty-part"),
        (replace(RIVER, sections=(*RIVER.sections, Section("And then?", ()))), "empty-section"),
        (
            replace(RIVER, sections=(*RIVER.sections, Section("And then?", (Text(""),)))),
            "empty-section",
        ),
    ],
)
def test_what_a_note_lacks_is_said_once(note, code):
    (found,) = findings(sound(note))
    assert found.code == code
    assert found.place.startswith(f"{RIVER.subject}: {RIVER.claim}")
    assert found.fix == "/desk/notes/1/"


def test_parts_with_words_are_complete():
    parts = (
        Quote("Words.", ""),
        Table((), (("1", ""),), ""),
        Takeaways((Takeaway("First", ""),)),
    )
    assert findings(sound(with_parts(*parts))) == []


def test_a_team_beside_a_person_is_a_byline():
    assert findings(sound(by("Maya Østergaard", "Data Desk"))) == []


@pytest.mark.parametrize(
    "names",
    [
        ("Maya Øst", "Maya Øst"),
        ("Santhiya M", "Santhiya. M"),
        ("Santhiya M", "M Santhiya"),
        ("R Anandhan", "R Anandan"),
        ("Madhusudan", "Madhusudhan"),
        ("Amadou Goïta", "Amadou Goita"),
        ("Bill Example", "William Example"),
    ],
)
def test_one_person_twice_in_a_byline_is_named(names):
    registry = (("William Example", "Bill Example"),)
    (found,) = findings(sound(by(*names), names=registry))
    assert found.code == "author-twice"
    assert all(f"“{name}”" in found.sentence for name in names)


def test_two_people_of_one_family_are_two():
    assert findings(sound(by("Anna Example", "Anne Example"))) == []


def test_the_sections_of_the_form_are_there_in_their_order():
    assert findings(with_headings(sound(RIVER), *THREE)) == []
    assert findings(with_headings(sound(RIVER), "what happened", *THREE[1:])) == []


def test_a_section_of_the_form_that_is_missing_is_named():
    issue = sound(replace(RIVER, sections=RIVER.sections[:2]))
    (found,) = findings(with_headings(issue, *THREE))
    assert found.code == "missing-section"
    assert "“What does it mean?”" in found.sentence


def test_sections_in_another_order_or_twice_are_named():
    first, second, third = RIVER.sections
    issue = sound(replace(RIVER, sections=(second, first, third)))
    assert codes(findings(with_headings(issue, *THREE))) == ["section-order"]
    issue = sound(replace(RIVER, sections=(first, second, third, first)))
    assert codes(findings(with_headings(issue, *THREE))) == ["section-twice"]


@pytest.mark.parametrize(
    "words",
    [
        "It grew by 7.1 per cent.",
        "It grew by 7%.",
        "It costs $40.",
        "It costs 40 rupees.",
        "It has four million people.",
        "It has 12,500 people.",
        "It has 12500 people.",
    ],
)
def test_a_figure_without_any_source_is_hinted_at_once(words):
    note = replace(RIVER, sources=(), sections=(Section("", (Text(f"<p>{words}</p>" * 2),)),))
    assert codes(findings(sound(note))) == ["no-source"]
    linked = f'<p>{words} <a href="https://data.example/">Data</a></p>'
    assert findings(sound(replace(note, sections=(Section("", (Text(linked),)),)))) == []
    assert findings(sound(replace(note, sources=RIVER.sources))) == []


@pytest.mark.parametrize(
    "words",
    [
        "Since 2019, eleven rounds of talks were held.",
        "On 29 June 2025, they met for 40 minutes.",
        "Resolution 2773 calls on both. Millions had to leave.",
        "The genocide of 1994 began in April.",
    ],
)
def test_years_days_and_small_counts_are_no_figures(words):
    note = replace(RIVER, sources=(), sections=(Section("", (Text(f"<p>{words}</p>"),)),))
    assert findings(sound(note)) == []


def test_a_brief_without_words_is_named():
    full, empty = Region("Africa", ("<p>It rained.</p>",)), Region("Asia", ("<p></p>",))
    assert findings(sound(regions=(full,))) == []
    (found,) = findings(sound(regions=(full, empty)))
    assert (found.code, found.place, found.fix) == ("empty-part", "briefs › Asia", "/desk/issue/")


def test_a_figure_is_a_part_of_its_own():
    photo = RIVER.photo
    note = replace(RIVER, sections=(Section("A map", (Figure(photo, "The river."),)),))
    assert findings(sound(note)) == []


def test_words_beside_what_a_form_asks_for_are_welcome():
    issue = sound(saying("<p>And more.</p>"))
    assert findings(with_headings(issue, "What happened?")) == []
