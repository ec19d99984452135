"""What is odd in the words: each check with an example that it finds, and one that it leaves."""

from dataclasses import replace

import pytest

from issues.preflight import Level
from issues.preflight.facts import House
from issues.preflight.text import CHECKS
from rendering.content import Author, Section, Table, Takeaway, Takeaways, Text
from tests.issues.preflight.sound import codes, saying, sound
from tests.rendering.samples import PORTS, RIVER


def found(issue):
    return [finding for check in CHECKS for finding in check(issue)]


def found_in(html, **changes):
    return found(sound(saying(html), PORTS, **changes))


# What is typed, the code, its level, and the same without the fault.
PASSAGES = [
    ("It was built by Narun..", "doubled-stop", "warning", "It was built by Narun."),
    ("Second,Narun gains", "missing-space", "warning", "Second, Narun gains"),
    ("Kalwe\u00a0\u00a0and Narun", "doubled-space", "warning", "Kalwe\u00a0and Narun"),
    ("rice , wheat", "space-before-stop", "warning", "rice, wheat"),
    ("in the the north", "doubled-word", "warning", "in the north"),
    ("the mediaÂ", "mojibake", "warning", "the media"),
    ("in (or near Narun", "unbalanced", "hint", "in (or near) Narun"),
    ("Kalwe - and Narun", "hyphen-for-dash", "hint", "Kalwe – and Narun"),
    ("Na\u200brun", "invisible-character", "hint", "Narun"),
    ("Goi\u0308ta", "uncomposed", "hint", "Goïta"),
    ("Narun's water", "mixed-quotes", "hint", "Narun’s water"),
    ("President Goita", "name-two-spellings", "warning", "President Goïta"),
    ("#318 Vol 7, No 27, 6 July 2025", "issue-line-typed", "warning", "See #318, Vol 7, No 27"),
    ("By Maya Østergaard and José Peña", "byline-typed", "hint", "Maya Østergaard was there"),
    ("4 July 2025", "byline-typed", "hint", "5 July 2025"),
    ("<ul><li>Narun and Kalwe:</li></ul>", "half-headline", "hint", "<ul><li>Narun</li></ul>"),
]


@pytest.mark.parametrize(("faulty", "code", "level", "right"), PASSAGES)
def test_a_fault_is_found_where_it_stands_and_nothing_without_it(faulty, code, level, right):
    def html(words):
        return words if words.startswith("<") else f"<p>{words}</p>"

    (finding,) = found_in(html(faulty))
    assert (finding.code, finding.level) == (code, Level(level))
    assert finding.place.startswith("Upper Tamba river agreement: ")
    assert finding.fix == "/desk/notes/1/"
    assert found_in(html(right)) == []


def test_nothing_is_found_in_a_sound_issue_and_in_a_sound_alert():
    assert found(sound(house=House("any", "day month"))) == []
    assert found(sound(RIVER, numbering=None)) == []


def test_a_letter_for_a_bar_is_found_in_a_headline_and_in_a_credit():
    headline = replace(RIVER, subject="Narun I Floods")
    credit = replace(RIVER, photo_source="Harbour Pictures l Agence du Nord")
    for note in (headline, credit):
        (finding,) = found(sound(note))
        assert (finding.code, finding.level) == ("letter-for-bar", Level.HINT)
    assert found(sound(replace(RIVER, subject="Narun | Floods"))) == []


def test_several_slips_of_a_kind_in_a_passage_are_one_finding_with_their_count():
    (finding,) = found_in("<p>One,two or three,four or five,six.</p>")
    assert finding.sentence == (
        "“One,two” has no space after a comma; write “One, two”. There are 2 more like it here."
    )


def test_the_title_of_another_houses_piece_is_printed_as_they_print_it():
    river, title = RIVER.sources[0], "Dates - and sluices (or so"
    note = replace(RIVER, sources=(replace(river, title=title),))
    assert found(sound(note)) == []
    note = replace(RIVER, sources=(replace(river, title="The mediaÂ"),))
    assert codes(found(sound(note))) == ["mojibake"]


def test_the_subject_line_and_the_briefs_are_looked_at_too():
    (finding,) = found(sound(subject="TWTW #318: Narun,Kalwe and the dates"))
    assert (finding.code, finding.place, finding.fix) == (
        "missing-space",
        "subject line",
        "/desk/issue/",
    )


class TestNames:
    def test_a_name_in_two_notes_is_compared(self):
        note = replace(PORTS, authors=(Author("Ama Goita", "", "Ama Goita follows ports."),))
        assert codes(found(sound(RIVER, note))) == ["name-two-spellings"]

    def test_two_people_with_one_first_name_are_two_people(self):
        assert found_in("<p>They met Jose Ramos and Jose Lima.</p>") == []

    def test_initials_with_other_points_are_two_spellings(self):
        author = Author("Santhiya M", "", "Santhiya. M is a student.")
        (finding,) = found(sound(replace(RIVER, authors=(author,))))
        assert finding.code == "name-two-spellings"
        assert "“Santhiya M” and “Santhiya. M”" in finding.sentence

    @pytest.mark.parametrize("typed", ["Padmashree Anandan", "Padma Anandhan"])
    def test_a_person_of_the_registry_is_spelt_as_there(self, typed):
        names = (("Padmashree Anandhan", "Padma Anandhan"),)
        (finding,) = found_in(f"<p>As {typed} wrote, it is dry.</p>", names=names)
        assert (finding.code, finding.level) == ("name-not-as-registered", Level.HINT)
        assert f"“{typed}” stands in the registry as “Padmashree Anandhan”" in finding.sentence
        assert found_in("<p>As Padmashree Anandhan wrote, it is dry.</p>", names=names) == []

    def test_two_people_of_the_registry_may_sound_alike(self):
        names = (("Teresa Anandan",), ("Theresa Anandhan", "Teresa Anandan"))
        assert found_in("<p>It was Teresa Anandan who wrote.</p>", names=names) == []


class TestHouseStyle:
    @pytest.mark.parametrize(
        ("style", "typed", "meant"),
        [
            ("per cent", "12%", "12 per cent"),
            ("per cent", "7.1 %", "7.1 per cent"),
            ("per cent", "1,200 percent", "1,200 per cent"),
            ("%", "12 per cent", "12%"),
            ("%", "7.1 percent", "7.1%"),
        ],
    )
    def test_a_share_that_is_written_otherwise_is_named_with_what_is_meant(
        self, style, typed, meant
    ):
        house = House(per_cent=style)
        (finding,) = found_in(f"<p>It fell by {typed}.</p>", house=house)
        assert (finding.code, finding.level) == ("per-cent", Level.HINT)
        assert f"“{meant}” for “{typed}”" in finding.sentence
        assert found_in(f"<p>It fell by {meant}.</p>", house=house) == []
        assert found_in(f"<p>It fell by {typed}.</p>") == []

    @pytest.mark.parametrize(
        ("style", "typed", "meant"),
        [
            ("day month", "26 Oct", "26 October"),
            ("day month", "Oct 26", "26 October"),
            ("day month", "26th October", "26 October"),
            ("day month", "October 26, 2025", "26 October 2025"),
            ("day month", "05 May 2025", "5 May 2025"),
            ("month day", "29 June 2025", "June 29, 2025"),
            ("month day", "29 June", "June 29"),
            ("month day", "Sept. 3", "September 3"),
        ],
    )
    def test_a_day_that_is_written_otherwise_is_named_with_what_is_meant(self, style, typed, meant):
        bare = replace(
            RIVER, sections=(Section("", (Text(f"<p>It began on {typed}, early.</p>"),)),)
        )
        house = House(dates=style)
        (finding,) = found(sound(bare, house=house))
        assert (finding.code, finding.level) == ("date-style", Level.HINT)
        assert f"“{meant}” for “{typed}”" in finding.sentence
        right = replace(RIVER, sections=(Section("", (Text(f"<p>It began on {meant}.</p>"),)),))
        assert found(sound(right, house=house)) == []
        assert found(sound(bare)) == []

    def test_the_issues_own_words_are_looked_at_too(self):
        (finding,) = found(sound(introduction="It is 26 Oct.", house=House(dates="day month")))
        assert (finding.code, finding.place, finding.fix) == ("date-style", "issue", "/desk/issue/")

    @pytest.mark.parametrize(
        "words",
        ["the March 23 Movement", "May 9 Square", "the September 11 attacks", "in May 2024"],
    )
    def test_what_is_named_after_a_day_is_no_day(self, words):
        assert found_in(f"<p>So did {words} there.</p>", house=House(dates="day month")) == []

    def test_a_note_is_named_once_with_the_count_of_the_rest(self):
        shares = ", ".join(f"{share}%" for share in range(1, 7))
        (finding,) = found_in(f"<p>It was {shares}.</p>", house=House(per_cent="per cent"))
        assert finding.sentence.count(" for ") == 3
        assert finding.sentence.endswith("and so in 3 more places.")


class TestWhatTheMachinePrints:
    def test_a_day_in_a_table_is_no_byline_and_no_day_to_be_spelt_out(self):
        days = Table(("Day",), (("4 July 2025",), ("26 Oct",)), "The days")
        note = replace(RIVER, sections=(Section("", (days,)),))
        assert found(sound(note, house=House(dates="day month"))) == []

    def test_a_reference_to_a_journal_is_no_issue_line(self):
        assert found_in("<p>A. Author, River Studies, Vol 7, No 2, 2024</p>") == []

    def test_the_issue_line_is_known_with_the_publications_name_and_within_its_sentence(self):
        line = "The following note was earlier published in The World This Week #317 Vol 7, No 26"
        assert codes(found_in(f"<p>{line}</p>")) == ["issue-line-typed"]
        assert codes(found_in("<p>TWTW#183, 25 September 2022, Vol. 4, No. 32</p>")) == [
            "issue-line-typed"
        ]

    def test_half_a_headline_is_found_in_a_link_and_in_a_takeaway(self):
        link = '<p>See also <a href="https://news.example/us">The US:</a></p>'
        assert codes(found_in(link)) == ["half-headline"]
        points = Takeaways((Takeaway("One.", "<ul><li>The US:</li></ul>"),))
        note = replace(RIVER, sections=(Section("Takeaways", (points,)),))
        assert codes(found(sound(note))) == ["half-headline"]

    def test_an_item_with_its_own_list_may_end_in_a_colon(self):
        assert found_in("<ul><li>What Narun wants:<ul><li>rice</li></ul></li></ul>") == []


class TestSpelling:
    def test_words_that_nobody_knows_are_one_finding_for_each_note(self):
        issue = sound(
            saying("<p>The goverment’s agrement.</p>"),
            PORTS,
            misspelt=frozenset({"goverment", "agrement", "elsewhere"}),
        )
        (finding,) = found(issue)
        assert (finding.code, finding.level, finding.fix) == (
            "misspelt",
            Level.HINT,
            "/desk/notes/1/",
        )
        assert "does not know “goverment”, “agrement”; look" in finding.sentence

    def test_at_most_eight_are_named(self):
        words = [f"mispelt{letter}" for letter in "abcdefghij"]
        (finding,) = found(sound(saying(f"<p>{' '.join(words)}</p>"), misspelt=frozenset(words)))
        assert "“mispelth” and 2 more; look" in finding.sentence
        assert "mispelti" not in finding.sentence
