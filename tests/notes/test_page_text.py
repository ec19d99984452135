"""Reading the institute's note page: all of the note, and nothing of the page."""

import csv
import html
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes.importing.dates import date_in
from notes.importing.page_lines import Kind, heading_in, kind_of
from notes.importing.page_text import parse_page_text
from notes.importing.parsed import NoteFormatError, ParsedNote
from tests.notes.pages import ISSUE_LINE, MASTHEAD, SECTIONS, page
from tests.optional import shared

THREE_QUESTIONS = ["What happened?", "What is the background?", "What does it mean?"]


def words_of(text):
    return re.sub(r"<[^>]+>", " ", html.unescape(text)).split()


def texts(note):
    """The paragraphs of each section, as plain text."""
    return [
        [
            html.unescape(paragraph)
            for part in section.parts
            for paragraph in re.findall(r"<p>(.*?)</p>", part.html)
        ]
        for section in note.sections
    ]


def read(**parts):
    return parse_page_text(page(**parts), "page.txt")


def refusal(text):
    with pytest.raises(NoteFormatError) as caught:
        parse_page_text(text, "page.txt")
    return str(caught.value)


@pytest.fixture(scope="module")
def source():
    return shared("seeds/twtw_note_317.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def note(source):
    return parse_page_text(source, "twtw_note_317.txt")


class TestTheRealPage:
    def test_its_headline_has_two_parts_without_the_colon(self, note):
        assert note.subject == "Russia and Mali bilateral agreements"
        assert note.claim == "The growing presence of Russia in Mali"

    def test_its_author_date_issue_line_and_photo_source_are_read(self, note):
        assert [author.name for author in note.authors] == ["Santhiya M"]
        assert note.date == date(2025, 6, 29)
        assert note.printed_under == "The World This Week #317 Vol 7, No 26, 29 June 2025"
        assert note.photo_source == "AFP/BBC"
        assert note.countries == ("RU", "ML")

    def test_its_three_sections_have_two_three_and_two_paragraphs(self, note):
        assert [section.heading for section in note.sections] == THREE_QUESTIONS
        assert [len(paragraphs) for paragraphs in texts(note)] == [2, 3, 2]
        assert note.schema == "Three questions"

    def test_every_word_between_the_first_heading_and_the_biography_is_kept(self, note, source):
        body = source[source.index("What happened?") : source.index("About the Author")]
        kept = [
            word
            for section in note.sections
            for word in words_of(section.heading) + words_of(section.parts[0].html)
        ]
        assert kept == body.split()

    def test_the_biography_is_its_authors_though_the_name_is_spelt_otherwise(self, note, source):
        line = next(line for line in source.splitlines() if line.startswith("Santhiya. M is"))
        assert note.authors[0].biography == line.strip()
        assert any("spelt “Santhiya. M”" in warning for warning in note.warnings)

    def test_nothing_of_the_pages_furniture_is_in_the_note(self, note):
        everything = repr(note)
        for furniture in (
            "TWTW Note",
            "National Institute",
            "Indian Institute",
            "Course on",
            "subscribe",
            "nias.res.in",
            "earlier published",
            "Bookmark",
            "PREVIOUS",
            "CWA",
            "Preetha",
            "Afghanistan",
        ):
            assert furniture not in everything

    def test_slips_of_the_keyboard_are_kept_and_reported(self, note):
        background = " ".join(texts(note)[1])
        assert "Mali.coup." in background
        assert "Russia.." in background
        assert "line 39: no space after a comma in “Second,Mali’s”" in note.warnings
        assert "the same name as “Goïta” and “Goita”" in note.warnings

    def test_a_news_agencys_report_is_refused_in_one_sentence(self):
        source = shared("seeds/news_report.txt").read_text(encoding="utf-8")
        message = refusal(source)
        assert message.startswith("page.txt, line 85: the file ends without a section heading like")
        assert "\n" not in message


def outcome_of(text):
    """The note, or the sentence with which the text is refused."""
    try:
        return parse_page_text(text, "page.txt")
    except NoteFormatError as error:
        return str(error)


class TestOtherPagesOfThatShape:
    def test_the_page_of_the_tests_is_read_without_a_loss(self):
        note = read()
        assert (note.subject, note.claim) == ("Chad and Niger", "A road across the desert")
        assert texts(note) == [
            ["On 26 February, a road was opened.", "It is long."],
            ["There was no road."],
            ["There is a road."],
        ]
        assert note.countries == ("TD", "NE")

    @pytest.mark.parametrize(
        ("byline", "names"),
        [
            ("Ann Author and Bo Writer", ["Ann Author", "Bo Writer"]),
            ("Ann Author, Bo Writer & Cy Penn", ["Ann Author", "Bo Writer", "Cy Penn"]),
            ("Ann Author, Bo Writer, and Cy Penn", ["Ann Author", "Bo Writer", "Cy Penn"]),
            ("Ann Author\nBo Writer", ["Ann Author", "Bo Writer"]),
            ("By Ann Author", ["Ann Author"]),
            ("NIAS Africa Team", ["NIAS Africa Team"]),
            ("Andrew Sandler", ["Andrew Sandler"]),
        ],
    )
    def test_authors_are_read_in_the_order_of_the_byline(self, byline, names):
        assert [author.name for author in read(author=byline).authors] == names

    def test_an_author_who_is_listed_twice_stands_once_and_is_reported(self):
        note = read(author="Ann Author and Ann. Author")
        assert [author.name for author in note.authors] == ["Ann Author"]
        assert any("stands in the byline twice" in warning for warning in note.warnings)

    def test_what_stands_behind_a_bar_in_the_byline_is_the_affiliation(self):
        note = read(author="Ann Author | Institute of Examples")
        assert note.authors[0].name == "Ann Author"
        assert note.authors[0].affiliation == "Institute of Examples"

    def test_each_author_gets_the_paragraph_that_begins_with_their_name(self):
        note = read(
            author="Ann Author and Bo Writer",
            about="About the Authors\nBo Writer writes.\n\nAnn Author is an example.",
        )
        assert [author.biography for author in note.authors] == [
            "Ann Author is an example.",
            "Bo Writer writes.",
        ]

    def test_one_paragraph_about_both_authors_is_given_to_both(self):
        said = "Ann Author and Bo Writer are examples."
        note = read(author="Ann Author and Bo Writer", about=f"About the Authors\n{said}")
        assert [author.biography for author in note.authors] == [said, said]

    def test_a_missing_biography_is_reported_and_no_error(self):
        note = read(about="")
        assert note.authors[0].biography == ""
        assert texts(note)[2] == ["There is a road."]
        assert "nothing is said about the author Ann Author" in note.warnings

    def test_a_missing_photo_source_is_reported_and_no_error(self):
        note = read(masthead="TWTW Note")
        assert note.photo_source == ""
        assert "no photo source was found" in note.warnings

    def test_headings_in_capitals_or_without_their_mark_are_known(self):
        note = read(sections=SECTIONS.replace("What happened?", "WHAT HAPPENED"))
        assert [section.heading for section in note.sections] == THREE_QUESTIONS
        assert any("“WHAT HAPPENED” was written as" in warning for warning in note.warnings)

    def test_text_on_the_line_of_a_heading_is_the_sections_first_paragraph(self):
        note = read(sections=SECTIONS.replace("happened?\n", "happened? "))
        assert texts(note)[0][0] == "On 26 February, a road was opened."

    def test_a_headings_words_within_a_sentence_are_no_heading(self):
        assert heading_in("What happened in Chad?") is None
        assert heading_in("What does it mean for Niger?") is None

    def test_a_heading_that_comes_again_is_text_and_reported(self):
        note = read(sections=f"{SECTIONS}\n\nWhat happened?\n\nNobody knows.")
        assert texts(note)[2] == ["There is a road.", "What happened?", "Nobody knows."]
        assert any("stood above already" in warning for warning in note.warnings)

    def test_a_missing_section_is_reported(self):
        note = read(sections=SECTIONS.split("\n\nWhat does it mean?")[0])
        assert len(note.sections) == 2
        assert note.schema == "Free form"
        assert "the section “What does it mean?” was not found" in note.warnings

    def test_a_list_of_sources_is_kept_as_a_section_of_its_own(self):
        note = read(sections=f"{SECTIONS}\n\nReferences\n“A road,” A Paper, 1 March 2025")
        assert note.sections[-1].heading == "References"
        assert texts(note)[-1] == ["“A road,” A Paper, 1 March 2025"]
        assert note.schema == "Three questions"
        assert any("“References” was kept as text" in warning for warning in note.warnings)

    def test_text_above_the_first_heading_is_an_opening_without_one(self):
        note = read(sections=f"It was a long week for roads.\n\n{SECTIONS}")
        assert note.sections[0].heading == ""
        assert texts(note)[0] == ["It was a long week for roads."]
        assert any("above the first section heading" in warning for warning in note.warnings)

    def test_lines_that_were_cut_to_a_width_are_one_paragraph_again(self):
        cut = "On 26 February,\na road was opened.\nIt is long."
        note = read(
            sections=SECTIONS.replace("On 26 February, a road was opened.\n\nIt is long.", cut)
        )
        assert texts(note)[0] == ["On 26 February, a road was opened. It is long."]

    def test_long_lines_right_below_each_other_are_a_paragraph_each(self):
        first, second = "One " + "word " * 30 + "more.", "Another."
        note = read(sections=f"What happened?\n{first}\n{second}")
        assert texts(note)[0] == [first, second]

    def test_items_of_a_list_stay_apart(self):
        note = read(sections="What happened?\n1. A road.\n2. A bridge.\n3. A toll.")
        assert texts(note)[0] == ["1. A road.", "2. A bridge.", "3. A toll."]

    def test_the_headline_may_stand_on_one_line(self):
        note = read(headline="Chad and Niger: A road across the desert")
        assert (note.subject, note.claim) == ("Chad and Niger", "A road across the desert")

    def test_a_claim_may_have_two_lines(self):
        note = read(headline="Chad and Niger:\nA road\nacross the desert")
        assert note.claim == "A road across the desert"
        assert note.sections[0].heading == "What happened?"

    def test_the_byline_may_stand_right_below_the_headline(self):
        text = f"{MASTHEAD}\nChad:\nA road\nAnn Author\n2 March 2025\n\n{SECTIONS}"
        note = parse_page_text(text, "page.txt")
        assert (note.subject, note.claim) == ("Chad", "A road")
        assert [author.name for author in note.authors] == ["Ann Author"]
        assert [section.heading for section in note.sections] == THREE_QUESTIONS

    def test_the_date_may_stand_above_the_byline(self):
        text = f"{MASTHEAD}\nChad:\nA road\n2 March 2025\nAnn Author\n\n{SECTIONS}"
        note = parse_page_text(text, "page.txt")
        assert (note.claim, note.authors[0].name) == ("A road", "Ann Author")

    def test_without_a_date_of_its_own_the_issue_lines_is_taken_and_reported(self):
        note = read(date="")
        assert note.date == date(2025, 3, 2)
        assert any("the issue line's was taken" in warning for warning in note.warnings)

    def test_a_date_that_contradicts_the_issue_line_is_reported(self):
        note = read(date="3 March 2025")
        assert note.date == date(2025, 3, 3)
        assert any("the issue line is dated 02 March 2025" in warning for warning in note.warnings)

    def test_marks_that_html_would_read_are_escaped(self):
        note = read(sections="What happened?\nA <b>road</b> & a bridge.")
        assert note.sections[0].parts[0].html == (
            "<p>A &lt;b&gt;road&lt;/b&gt; &amp; a bridge.</p>"
        )

    def test_windows_line_ends_make_no_difference(self):
        assert parse_page_text(page().replace("\n", "\r\n"), "page.txt") == read()


class TestWhatIsMissing:
    def test_a_headline_in_one_part(self):
        message = refusal(page(headline="A road across the desert"))
        assert message == (
            "page.txt, line 10: the headline has one part; expected a subject that ends with a "
            "colon, and the claim on the next line."
        )

    def test_a_headline(self):
        assert "line 3: no headline was found" in refusal(f"TWTW Note\n\n{SECTIONS}")

    def test_a_date(self):
        message = refusal(page(date="", issue_line=""))
        assert message == (
            "page.txt, line 10: no date was found under the headline; expected one like "
            "29 June 2025."
        )

    def test_a_date_of_the_calendar(self):
        assert "line 15: 31 February 2025 is no day" in refusal(page(date="31 February 2025"))

    def test_an_author(self):
        assert "line 12: no author was found" in refusal(page(author=""))

    def test_the_text_of_a_section(self):
        message = refusal(page(sections="What happened?\n\nWhat is the background?\nA road."))
        assert "line 24: the section “What happened?” has no text" in message

    def test_everything(self):
        assert refusal(" \n\u00a0\n") == "page.txt: the file is empty."

    def test_room_in_the_database(self):
        message = refusal(page(headline=f"{'Chad ' * 60}:\nA road"))
        assert "the subject has 299 characters; 200 are allowed, so shorten it" in message

    def test_a_control_character_is_named_with_its_line(self):
        message = refusal(page(sections="What happened?\nA\x07 road."))
        assert "line 25: there is an invisible control character (U+0007); delete it." in message


class TestIssueLines:
    def test_every_line_that_was_really_printed_is_known_with_its_date(self):
        with shared("data/twtw_headers.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) > 25
        for row in rows:
            assert kind_of(row["printed_header"]) is Kind.ISSUE_LINE, row
            found = date_in(row["printed_header"])
            assert (found.isoformat() if found else "") == row["printed_date"]

    def test_a_line_of_a_sister_publication_is_known_too(self):
        assert kind_of("Examples Weekly, Vol 1, Issue 10") is Kind.ISSUE_LINE

    def test_two_issue_lines_that_differ_are_reported(self):
        text = page().replace(
            f"in\u00a0{ISSUE_LINE}", "in\u00a0" + ISSUE_LINE.replace("300", "301")
        )
        note = parse_page_text(text, "page.txt")
        assert note.printed_under == ISSUE_LINE
        assert any("another one than above" in warning for warning in note.warnings)


WORD = st.text(
    st.sampled_from("abcdefghijklmnopqrstuvwxyzàéïñöşжд中&<>'\"’“”.,;-()"), min_size=1, max_size=9
)
# Capitals and a closing word keep a generated paragraph from being furniture or a heading.
PARAGRAPH = st.lists(WORD, min_size=1, max_size=60).map(lambda words: f"Z {' '.join(words)} z")
SECTION_TEXTS = st.lists(st.lists(PARAGRAPH, min_size=1, max_size=4), min_size=3, max_size=3)


@given(SECTION_TEXTS, st.sampled_from(["\n\n", "\n\u00a0\n", "\n \n\n"]))
def test_every_word_of_a_well_formed_page_is_kept_in_order(sections, between):
    body = "\n\n".join(
        f"{heading}\n{between.join(paragraphs)}"
        for heading, paragraphs in zip(THREE_QUESTIONS, sections, strict=True)
    )
    note = read(sections=body)
    assert texts(note) == sections


@given(
    st.lists(st.sampled_from([*page().split("\n"), "a", "References", "# x", "---"]), max_size=40)
)
def test_a_page_in_any_disorder_is_read_or_refused_with_a_sentence(lines):
    outcome = outcome_of("\n".join(lines))
    assert isinstance(outcome, ParsedNote) or re.match(
        r"page\.txt(, line \d+)?: [^\n]+\.$", outcome
    )


@given(st.text())
def test_any_text_at_all_is_refused_with_a_sentence(text):
    assert outcome_of(text).startswith("page.txt")
