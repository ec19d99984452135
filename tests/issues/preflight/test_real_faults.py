"""The faults that the real weekly printed (`../shared/data/README.md`), each caught by name.

What the software makes impossible is shown to be so.
"""

import csv
import re
from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from issues.numbering import issue_line, numbers, printed_serials
from issues.preflight import preflight
from issues.preflight.facts import House, Identity, Numbering
from issues.preflight.text import CHECKS
from notes.content import note_content
from notes.importing import NoteFormatError, import_note
from notes.models import NoteAuthor
from rendering.content import Author
from rendering.mail import render_issue
from tests.issues.preflight.sound import codes, saying, sound
from tests.optional import shared
from tests.rendering.samples import ISSUE, PORTS, RIVER

DAY_MONTH = House(dates="day month")


def in_text(*words):
    return sound(saying("".join(f"<p>{one}</p>" for one in words)), PORTS, house=DAY_MONTH)


def by(*names, biography="Writes on rivers."):
    return sound(replace(RIVER, authors=tuple(Author(name, "", biography) for name in names)))


LINE = "The World This Week #317 Vol 7, No 26, 29 June 2025"
FAULTS = {
    "a date written shorter on one page": (
        in_text("It began on 26 Oct, and ended on 26 October."),
        "date-style",
    ),
    "an author listed twice": (by("Santhiya M", "Santhiya. M"), "author-twice"),
    "an author missing": (by(), "no-author"),
    "an empty team byline": (by("Example Africa Team", biography=""), "team-byline"),
    "one person with and without a point": (
        sound(replace(RIVER, authors=(Author("Santhiya M", "", "Santhiya. M is a student."),))),
        "name-two-spellings",
    ),
    "Anandhan and Anandan": (
        in_text("It was Anandhan who wrote, and Anandan who read."),
        "name-two-spellings",
    ),
    "Madhusudan and Madhusudhan": (
        in_text("It was Madhusudan who wrote, and Madhusudhan who read."),
        "name-two-spellings",
    ),
    "the issue line typed": (in_text(LINE), "issue-line-typed"),
    "the issue line typed in a sentence": (
        in_text(f"The following note was earlier published in {LINE}"),
        "issue-line-typed",
    ),
    "the author typed again": (in_text("Maya Østergaard, José Peña"), "byline-typed"),
    "the date typed again": (in_text("4 July 2025"), "byline-typed"),
    "a title that ends in mojibake": (sound(replace(RIVER, claim="Dams and mediaÂ")), "mojibake"),
    "a capital I for a bar": (sound(replace(RIVER, subject="Narun I Floods")), "letter-for-bar"),
    "a doubled full stop": (in_text("It was built by Narun.."), "doubled-stop"),
    "no space after a comma": (in_text("Second,Mali"), "missing-space"),
    "no space after a full stop": (in_text("the security of Mali.coup."), "missing-space"),
    "a run of no-break spaces": (in_text("Kalwe\u00a0\u00a0\u00a0and Narun"), "doubled-space"),
    "curly and straight quotation marks": (
        in_text("He said “yes”.", 'She said "no".'),
        "mixed-quotes",
    ),
    "curly and straight apostrophes": (in_text("Kalwe’s and Narun's"), "mixed-quotes"),
    "Goïta and Goita": (
        in_text("It was Goïta who came, and Goita who left."),
        "name-two-spellings",
    ),
    "the first line of a title in two": (
        in_text('See <a href="https://news.example/us">The US:</a>'),
        "half-headline",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_of_the_real_pages_is_caught_by_name(fault):
    issue, code = FAULTS[fault]
    assert code in codes(preflight(issue))


def test_none_of_these_is_found_where_they_are_not():
    caught = {code for _, code in FAULTS.values()}
    assert not caught & set(codes(preflight(sound(house=DAY_MONTH))))


@pytest.fixture(scope="module")
def printed():
    """The header lines that were really printed."""
    with shared("data/twtw_headers.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def ints(text):
    first, *last = (int(part) for part in re.findall(r"\d+", text))
    return tuple(range(first, (last[0] if last else first) + 1))


class TestHeaderLines:
    def test_a_line_typed_by_hand_is_caught_in_every_punctuation_that_was_printed(self, printed):
        for row in printed:
            found = codes(
                finding
                for check in CHECKS
                for finding in check(in_text(row["printed_header"].replace("&", "&amp;")))
            )
            assert "issue-line-typed" in found, row

    def test_the_machine_prints_one_punctuation_whatever_was_typed(self, printed):
        form = re.compile(
            r"#\d+(?: & \d+,|, \d+ & \d+,)? Vol \d+, No \d+(?: & \d+|, \d+ & \d+)?, "
            r"\d{1,2} [A-Z][a-z]+ 20\d\d"
        )
        for row in (row for row in printed if row["serials"] and row["printed_date"]):
            serials, day = ints(row["serials"]), date.fromisoformat(row["printed_date"])
            assert printed_serials(row["printed_header"]) == serials
            line = issue_line(serials, int(row["volume"]), ints(row["numbers"]), day)
            assert form.fullmatch(line)

    def test_a_number_can_not_slip_for_it_is_derived(self):
        assert numbers([91], 48) == (44,)
        assert "number-off" in codes(preflight(numbered((91,), 2, (43,), 48, date(2020, 11, 1))))

    def test_a_volume_that_is_not_rolled_in_january_is_caught(self):
        issue = numbered((294, 295), 6, (48, 49), 247, date(2025, 1, 26))
        assert "volume-not-rolled" in codes(preflight(issue))

    def test_a_sunday_publication_dated_on_a_monday_is_caught(self):
        issue = numbered((287, 288, 289), 6, (41, 42, 43), 247, date(2024, 12, 9))
        assert "other-weekday" in codes(preflight(issue))

    def test_a_date_before_the_events_that_the_issue_tells_is_caught(self):
        note = saying("<p>On 29 November 2023, the sluices were opened.</p>")
        issue = numbered((241,), 5, (45,), 197, date(2023, 11, 3), note)
        assert {"date-before-event", "other-weekday"} <= set(codes(preflight(issue)))


def numbered(serials, volume, numbers, first, day, *notes):
    return sound(
        *notes,
        numbering=Numbering(
            identity=Identity(issue_line(serials, volume, numbers, day), serials, volume, day),
            numbers=numbers,
            first_serial_of_volume=first,
            volume_begins_on=date(2018 + volume, 1, 1),
            weekday=6,
        ),
    )


class TestWhatCanNotBe:
    def test_the_issue_line_stands_once_in_a_mail_and_is_typed_by_nobody(self):
        assert render_issue(ISSUE).text.count(ISSUE.line) == 1

    def test_a_list_of_notes_shows_both_lines_of_a_headline(self):
        contents = render_issue(ISSUE).text.split("What happened?")[0]
        assert " ".join(PORTS.subject.split()) in " ".join(contents.split())
        assert " ".join(PORTS.claim.split()) in " ".join(contents.split())

    def test_an_author_stands_once_in_the_byline(self, write_note):
        note = write_note(author="Santhiya M")
        with pytest.raises(IntegrityError), transaction.atomic():
            NoteAuthor.objects.create(note=note, person=note.authors.get().person)

    def test_one_person_has_one_entry_whatever_the_points_in_the_name(self, write_note):
        first = write_note("Kalwe", author="Santhiya M")
        second = write_note("Narun", author="Santhiya. M")
        assert first.authors.get().person == second.authors.get().person


class TestTheRealPages:
    def test_the_note_of_issue_317_has_the_faults_that_its_page_shows(self, twtw):
        note = import_note(shared("seeds/twtw_note_317.txt"), twtw).note
        issue = sound(note_content(note), house=DAY_MONTH)
        found = [finding for check in CHECKS for finding in check(issue)]
        assert set(codes(found)) == {
            "doubled-space",
            "doubled-stop",
            "missing-space",
            "mixed-quotes",
            "name-two-spellings",
        }
        sentences = " ".join(finding.sentence for finding in found)
        for fault in ("Second,Mali", "Mali.coup.", "Russia..", "“Goïta” and “Goita”"):
            assert fault in sentences
        assert "“Santhiya M” and “Santhiya. M”" in sentences

    def test_what_its_page_printed_three_times_is_not_in_the_note(self, twtw):
        note = import_note(shared("seeds/twtw_note_317.txt"), twtw).note
        found = codes(preflight(sound(note_content(note))))
        assert not {"issue-line-typed", "byline-typed", "half-headline"} & set(found)

    def test_a_news_agencys_page_is_no_note_and_never_comes_that_far(self, twtw):
        with pytest.raises(NoteFormatError):
            import_note(shared("seeds/news_report.txt"), twtw)
