"""Reading a note in Markdown: front matter first, then sections of the parts a note can have."""

import html
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes.importing.markdown import parse_markdown
from notes.importing.parsed import (
    FigurePart,
    NoteFormatError,
    ParsedAuthor,
    ParsedNote,
    ParsedSource,
    PictureFile,
    QuotePart,
    TablePart,
    TakeawaysPart,
    TextPart,
)

FRONT = """subject: Chad and Niger
claim: A road across the desert
author: Ann Author
date: 2025-03-02"""
BODY = """## What happened?

A road was opened.
"""


def markdown(front=FRONT, body=BODY, more=""):
    return f"---\n{front}\n{more}\n---\n\n{body}"


def read(**parts):
    return parse_markdown(markdown(**parts), "note.md")


def parts_of(body):
    (section,) = read(body=f"## A heading\n\n{body}").sections
    return section.parts


def refusal(text):
    with pytest.raises(NoteFormatError) as caught:
        parse_markdown(text, "note.md")
    return str(caught.value)


class TestFrontMatter:
    def test_a_small_note_is_read(self):
        note = read()
        assert (note.subject, note.claim) == ("Chad and Niger", "A road across the desert")
        assert note.date == date(2025, 3, 2)
        assert note.authors == (ParsedAuthor("Ann Author"),)
        assert note.sections[0].parts == (TextPart("<p>A road was opened.</p>"),)

    def test_authors_may_be_a_list_of_names_or_of_what_is_said_about_them(self):
        front = FRONT.replace(
            "author: Ann Author",
            "authors:\n  - Bo Writer\n  - name: Ann Author\n    affiliation: Institute of Examples"
            "\n    bio: Ann Author is an example.",
        )
        assert read(front=front).authors == (
            ParsedAuthor("Bo Writer"),
            ParsedAuthor("Ann Author", "Institute of Examples", "Ann Author is an example."),
        )

    def test_an_author_who_is_named_twice_stands_once_and_is_reported(self):
        note = read(front=FRONT.replace("Ann Author", "[Ann Author, Ann. Author]"))
        assert note.authors == (ParsedAuthor("Ann Author"),)
        assert "Ann. Author is named as an author twice" in note.warnings

    @pytest.mark.parametrize(
        ("countries", "codes"),
        [
            ("[Chad, Niger]", ("TD", "NE")),
            ("[TD, ne]", ("TD", "NE")),
            ("Chad, Niger", ("TD", "NE")),
            ("[NO, SE]", ("NO", "SE")),
            ("[USA, UK, DRC, Côte d'Ivoire]", ("US", "GB", "CD", "CI")),
            ("[Chad, TD]", ("TD",)),
            ("[]", ()),
        ],
    )
    def test_countries_are_read_by_name_or_code(self, countries, codes):
        assert read(more=f"countries: {countries}").countries == codes

    def test_a_remark_on_a_line_of_its_own_is_left_out(self):
        assert read(more='# a remark\nphoto_source: "Up # 1"').photo_source == "Up # 1"

    def test_an_empty_list_of_authors_is_no_author(self):
        front = FRONT.replace("author: Ann Author", "authors: []")
        assert "no author was found; write `authors: Name`" in refusal(markdown(front=front))

    def test_values_are_taken_as_they_are_typed(self):
        note = read(front=FRONT.replace("Chad and Niger", "2025").replace("A road", "on"))
        assert note.subject == "2025"
        assert note.claim == "on across the desert"

    def test_the_picture_and_what_stands_beside_it(self):
        note = read(
            more="photo: road.jpg\nphoto_alt: A road\nphoto_credit: An Agency\nphoto_ai: true\n"
            "photo_source: AFP"
        )
        assert note.picture == PictureFile("road.jpg", "A road", "An Agency", True, 6)
        assert note.photo_source == "AFP"

    def test_a_picture_without_alternative_text_or_credit_is_reported(self):
        note = read(more="photo: road.jpg")
        assert "line 6: the picture road.jpg has no alternative text" in note.warnings
        assert "line 6: the picture road.jpg has no credit" in note.warnings

    def test_sources_have_an_outlet_a_title_an_address_and_dates(self):
        note = read(
            more="sources:\n  - outlet: A Paper\n    title: A road\n    url: https://example.org/\n"
            "    published: 2025-03-01\n    accessed: 2 March 2025"
        )
        assert note.sources == (
            ParsedSource(
                "A Paper", "A road", "https://example.org/", date(2025, 3, 1), date(2025, 3, 2)
            ),
        )

    def test_the_schema_follows_from_the_headings_where_it_is_not_named(self):
        body = "\n\n".join(
            f"## {heading}\n\nText."
            for heading in ("What happened?", "What is the background?", "What does it mean?")
        )
        assert read(body=body).schema == "Three questions"
        assert read().schema == "Free form"
        assert read(more="schema: Essay").schema == "Essay"

    def test_a_byte_order_mark_and_windows_line_ends_make_no_difference(self):
        text = markdown()
        assert parse_markdown("\ufeff" + text.replace("\n", "\r\n"), "note.md") == read()

    @pytest.mark.parametrize(
        ("more", "sentence"),
        [
            ("photo_alt: Up # 1", "line 6: what stands behind # would be lost; put the value"),
            ("photo_source: !AFP x", "line 6: a value begins with ! or &; put it between double"),
            ("photo_source: &AFP x", "line 6: a value begins with ! or &; put it between double"),
            ('photo_source: "A\\x00P"', "line 6: the photo's source has the control character U+0"),
            ("athor: X", "line 6: `athor` is unknown; did you mean `author`?"),
            ("subject: X", "line 6: `subject` stands here twice, first on line 2."),
            ("authors: [X]", "line 6: `author` and `authors` are both there; keep one."),
            ("countries: [Chadd]", "line 6: “Chadd” is no country; did you mean Chad?"),
            ("countries: [XX]", "line 6: “XX” is no country"),
            ("countries: {a: b}", "line 6:"),
            ("photo_ai: perhaps", "line 6: `photo_ai` must be true or false."),
            ("photo_alt: A road", "line 6: `photo_alt` is there, but no `photo`."),
            ("photo: [a, b]", "line 6: `photo` must be one line of text."),
            ("sources: A Paper", "line 6: `sources` must be a list"),
            ("sources: [{outlet: A}]", "line 6: a source has no `title`."),
            (
                "sources: [{outlet: A, titel: B}]",
                "line 6: `titel` in `sources` is unknown; did you",
            ),
            ("sources: [{outlet: A, title: B, url: x}]", "line 6: x is no web address"),
            ("sources: [{outlet: A, title: B, published: x}]", "line 6: x is no date"),
            ("claim2: [", "line 7: the front matter can't be read"),
            (f"photo_source: {'x' * 201}", "line 6: the photo's source has 201 characters"),
        ],
    )
    def test_what_cant_be_is_refused_with_its_line(self, more, sentence):
        message = refusal(markdown(more=more))
        assert message.startswith(f"note.md, {sentence}")
        assert "\n" not in message

    @pytest.mark.parametrize(
        ("line", "sentence"),
        [
            ("subject: Chad and Niger", "line 6: the subject is missing; write `subject: …`"),
            ("claim: A road across the desert", "line 6: the claim is missing"),
            ("author: Ann Author", "line 6: no author was found"),
            ("date: 2025-03-02", "line 6: the date is missing; write `date: 2025-06-29`"),
        ],
    )
    def test_what_is_missing_is_named(self, line, sentence):
        text = markdown(more="photo_source: AFP").replace(f"{line}\n", "")
        assert f"note.md, {sentence}" in refusal(text)

    def test_a_date_that_is_none_is_refused(self):
        text = markdown(front=FRONT.replace("2025-03-02", "2025-02-31"))
        assert refusal(text) == "note.md, line 5: 2025-02-31 is no date; write it like 2025-06-29."

    def test_a_file_without_front_matter_is_told_how_to_begin(self):
        assert "line 1: no front matter was found" in refusal("# A road\n\nText.")
        assert "line 1: the front matter has no end" in refusal("---\nsubject: A road\n")
        assert "must be lines like" in refusal("---\n- a\n---\nText.")

    def test_front_matter_that_nests_without_end_is_refused(self):
        assert "note.md" in refusal(f"---\nsubject: {'[' * 3_000}\n---\n\nText.")

    def test_front_matter_makes_no_objects(self):
        assert "note.md" in refusal(markdown(more="photo: !!python/object/apply:os.getcwd []"))


class TestBody:
    def test_headings_begin_sections_and_text_before_them_is_an_opening(self):
        note = read(body="An opening.\n\n## One\n\nText.\n\n---\n\n## Two\n\nMore text.")
        assert [section.heading for section in note.sections] == ["", "One", "Two"]

    def test_paragraphs_and_lists_that_follow_each_other_are_one_part(self):
        (text,) = parts_of("One\nparagraph.\n\n1. first\n2. second\n   - inner\n\nAnother.")
        assert text.html == (
            "<p>One paragraph.</p><ol><li>first</li><li>second<ul><li>inner</li></ul></li></ol>"
            "<p>Another.</p>"
        )

    def test_bold_italic_links_and_line_breaks_are_kept(self):
        (text,) = parts_of("A **bold** *thing* on [a site](https://example.org/?a=1&b=2).  \nNext.")
        assert text.html == (
            "<p>A <b>bold</b> <i>thing</i> on "
            '<a href="https://example.org/?a=1&amp;b=2">a site</a>.<br/>Next.</p>'
        )

    def test_html_is_printed_as_it_is_typed_and_reported(self):
        note = read(body="## A heading\n\nA <script>alert(1)</script> road.\n\n<div>x</div>")
        assert note.sections[0].parts[0].html == (
            "<p>A &lt;script&gt;alert(1)&lt;/script&gt; road.</p><p>&lt;div&gt;x&lt;/div&gt;</p>"
        )
        assert any(warning.startswith("line 11: HTML is printed") for warning in note.warnings)

    def test_a_quotation_has_its_last_line_as_attribution(self):
        assert parts_of("> Words,\n> more words.\n>\n> — A Speaker, 2025") == (
            QuotePart("Words, more words.", "A Speaker, 2025"),
        )
        assert parts_of("> Words.\n> -- A Speaker") == (QuotePart("Words.", "A Speaker"),)
        assert parts_of("> Two\n>\n> paragraphs.") == (QuotePart("Two\n\nparagraphs.", ""),)

    def test_a_table_has_a_header_and_rows_of_plain_text(self):
        assert parts_of("| Place | Year |\n|---|---|\n| **Doha** | 2008 |\n| Rome | |") == (
            TablePart((("Place", "Year"), ("Doha", "2008"), ("Rome", ""))),
        )

    def test_a_picture_on_a_line_of_its_own_is_a_figure(self):
        before, figure, after = parts_of('Before.\n\n![A road](road.jpg "An Agency")\n\nAfter.')
        assert figure == FigurePart(PictureFile("road.jpg", "A road", "An Agency", False, 13))
        assert (before.html, after.html) == ("<p>Before.</p>", "<p>After.</p>")

    def test_indented_text_is_text(self):
        assert parts_of("    An indented paragraph.") == (
            TextPart("<p>An indented paragraph.</p>"),
        )

    @pytest.mark.parametrize(
        ("body", "sentence"),
        [
            ("# A title\n\nText.", "line 9: headings of sections begin with ##; the headline"),
            ("## One\n\nText.\n\n### Two\n\nText.", "line 13: headings of sections begin with ##;"),
            ("## One\n\n### Two\n\nText.", "line 11: headings of sections begin with ##; a"),
            ("## One\n\n## Two\n\nText.", "line 9: the section “One” has no text."),
            ("##\n\nText.", "line 9: a section heading is empty"),
            ("Text ![A road](road.jpg) text.", "line 9: a picture stands in the middle of text"),
            ("[here](notes/other.md)", "line 9: the link to “notes/other.md” leads nowhere"),
            ("> ## A heading", "line 9: a quotation holds paragraphs of text only."),
            ("> — A Speaker", "line 9: the quotation has an attribution and no words."),
            ("- a\n\n  > b", "line 11: only text and lists can stand in a list."),
            ("", "line 7: there is no text below the front matter"),
        ],
    )
    def test_what_a_note_cant_hold_is_refused_with_its_line(self, body, sentence):
        assert refusal(markdown(body=body)).startswith(f"note.md, {sentence}")

    def test_a_link_that_runs_a_script_is_no_link(self):
        (text,) = parts_of("[here](javascript:alert(1))")
        assert "<a" not in text.html

    def test_marks_that_nest_without_end_are_refused_or_read(self):
        deep = "*a **b " * 4000 + "** *" * 4000
        assert isinstance(outcome_of(markdown(body=deep)), str | ParsedNote)


def outcome_of(text):
    """The note, or the sentence with which the text is refused."""
    try:
        return parse_markdown(text, "note.md")
    except NoteFormatError as error:
        return str(error)


WORDS = st.lists(
    st.text(st.sampled_from("abcdefgàéïñöşжд中ABC019"), min_size=1, max_size=9),
    min_size=1,
    max_size=30,
).map(" ".join)


@given(st.lists(st.tuples(WORDS, st.lists(WORDS, min_size=1, max_size=4)), min_size=1, max_size=4))
def test_every_word_of_a_well_formed_note_is_kept_in_order(sections):
    body = "\n\n".join(
        f"## {heading[:200].strip()}\n\n" + "\n\n".join(paragraphs)
        for heading, paragraphs in sections
    )
    read_back = [
        [section.heading, *re.findall(r"<p>(.*?)</p>", html.unescape(section.parts[0].html))]
        for section in read(body=body).sections
    ]
    assert read_back == [[heading[:200].strip(), *texts] for heading, texts in sections]


PIECES = [
    *markdown(more="photo: a.jpg").split("\n"),
    "> q",
    "| a | b |",
    "|---|---|",
    "- [x",
    "1. **",
]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=30))
def test_a_note_in_any_disorder_is_read_or_refused_with_a_sentence(lines):
    outcome = outcome_of("\n".join(lines))
    assert isinstance(outcome, ParsedNote) or re.match(r"note\.md(, line \d+)?: [^\n]+$", outcome)


@given(st.text(max_size=60), st.text(max_size=200))
def test_any_front_matter_and_body_is_read_or_refused_with_a_sentence(more, body):
    outcome = outcome_of(markdown(more=more, body=body))
    assert isinstance(outcome, ParsedNote) or re.match(r"note\.md(, line \d+)?: [^\n]+$", outcome)


class TestTakeaways:
    LIST = "1. **First.** Why [so](https://example.org/).\n\n   - a\n   - b\n2. **Second.**\n"

    def parts(self, heading, body=LIST):
        (section,) = read(body=f"## {heading}\n\n{body}").sections
        return section.parts

    def test_each_point_has_a_lead_and_a_text(self):
        assert self.parts("Two Takeaways") == (
            TakeawaysPart(
                (
                    (
                        "First.",
                        '<p>Why <a href="https://example.org/">so</a>.</p>'
                        "<ul><li>a</li><li>b</li></ul>",
                    ),
                    ("Second.", ""),
                )
            ),
        )

    def test_under_another_heading_the_same_list_is_a_list(self):
        (part,) = self.parts("What happened?")
        assert isinstance(part, TextPart)

    def test_a_list_with_a_point_that_says_nothing_first_stays_a_list(self):
        (part,) = self.parts("Takeaways", "1. **First.** Why.\n2. Then.\n")
        assert isinstance(part, TextPart)

    def test_what_stands_between_lead_and_text_stays_with_the_lead_or_goes(self):
        body = "1. **Mali signs**: the treaty.\n2. **Niger does not**. Why?\n3. **Chad:** so.\n"
        (part,) = self.parts("Takeaways", body)
        assert part.points == (
            ("Mali signs", "<p>the treaty.</p>"),
            ("Niger does not.", "<p>Why?</p>"),
            ("Chad", "<p>so.</p>"),
        )

    def test_a_lead_with_a_link_stays_in_a_list_with_its_link(self):
        (part,) = self.parts("Takeaways", "1. **[Mali](https://example.org/)** signs.\n")
        assert part == TextPart(
            '<ol><li><b><a href="https://example.org/">Mali</a></b> signs.</li></ol>'
        )

    def test_points_that_do_not_begin_with_one_are_told_of(self):
        note = read(body="## Takeaways\n\n3. **Third.** So.\n")
        assert any("begins with 3 and will begin with 1" in each for each in note.warnings)
