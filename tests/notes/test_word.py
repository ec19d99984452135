"""What people really send in Word: each oddity comes through, or is told of."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes.importing.parsed import (
    FigurePart,
    NoteFormatError,
    ParsedSource,
    QuotePart,
    TablePart,
    TextPart,
)
from tests.notes.word_files import (
    ABOUT,
    HEAD,
    SECTIONS,
    STYLES,
    bold,
    document,
    image,
    italic,
    item,
    link,
    p,
    picture,
    read,
    reference,
    run,
    style,
    table,
)

THREE = ["What happened?", "What is the background?", "What does it mean?"]
LONG = "On 26 February, a road was opened between the two, and many came to see it."


def headings(note):
    return [section.heading for section in note.sections]


def parts(note, section=0):
    return note.sections[section].parts


def html(note, section=0):
    (part,) = parts(note, section)
    return part.html


def under(*blocks, **others):
    """A note with these blocks under its only heading."""
    body = HEAD + p("A heading", style="Heading1") + "".join(blocks) + ABOUT
    return read(document(body, **others))


def looks_at(note, words):
    return any(words in warning for warning in note.warnings)


def test_an_ordinary_document_is_understood_and_needs_no_look():
    note = read(document())
    assert (note.subject, note.claim) == ("Chad and Niger", "A road across the desert")
    assert [author.name for author in note.authors] == ["Ann Author"]
    assert note.authors[0].biography == "Ann Author is an example."
    assert note.date == date(2025, 3, 2)
    assert note.countries == ("TD", "NE")
    assert headings(note) == THREE
    assert note.schema == "Three questions"
    assert html(note) == "<p>On 26 February, a road was opened.</p>"
    assert note.warnings == ()


class TestHeadings:
    @pytest.mark.parametrize(
        ("key", "name"),
        [
            ("berschrift1", "heading 1"),
            ("Titre1", "heading 1"),
            ("P7", "Überschrift 1"),
            ("P8", "Titre 1"),
            ("P9", "Heading 1"),
        ],
    )
    def test_styles_of_a_german_or_french_word_or_of_another_program(self, key, name):
        styles = STYLES.replace('"Heading1"', f'"{key}"').replace('"heading 1"', f'"{name}"')
        assert (
            headings(
                read(document((HEAD + SECTIONS + ABOUT).replace("Heading1", key), styles=styles))
            )
            == THREE
        )

    def test_a_renamed_style_means_what_it_is_based_on(self):
        own = style("Own", "House headline", base="Heading1", own=True)
        note = read(document((HEAD + SECTIONS).replace("Heading1", "Own"), styles=STYLES + own))
        assert headings(note) == THREE
        assert not looks_at(note, "House headline")

    def test_a_style_of_somebodys_own_with_an_outline_level_is_a_headings(self):
        level = '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>'
        own = style("Own", "Rubric", inside=level, own=True)
        body = HEAD + p("One", style="Own") + p(LONG) + p("Two", style="Own") + p(LONG)
        assert headings(read(document(body, styles=STYLES + own))) == ["One", "Two"]

    def test_a_paragraphs_own_outline_level_makes_it_a_heading(self):
        level = '<w:outlineLvl w:val="0"/>'
        body = HEAD + p("One", properties=level) + p(LONG) + p("Two", properties=level) + p(LONG)
        assert headings(read(document(body))) == ["One", "Two"]

    def test_lines_in_bold_are_headings_where_no_style_is(self):
        body = HEAD + p(bold("Background")) + p(LONG) + p(bold("Ana"), bold("lysis")) + p(LONG)
        assert headings(read(document(body))) == ["Background", "Analysis"]

    def test_the_words_of_the_schema_are_headings_in_any_look(self):
        body = HEAD + "".join(p(heading.upper()) + p(LONG) for heading in THREE)
        note = read(document(body))
        assert headings(note) == THREE
        assert looks_at(note, "the heading “WHAT HAPPENED?” was written as “What happened?”")

    def test_a_heading_and_its_text_on_one_line_are_parted(self):
        note = read(
            document(HEAD + p(bold("What happened?"), " On 2 May it was ", bold("so"), "."))
        )
        assert headings(note) == ["What happened?"]
        assert html(note) == "<p>On 2 May it was <b>so</b>.</p>"

    def test_the_headings_of_the_newsrooms_own_schemas_are_known(self):
        schemas = {"Briefing": ("In short", "At length")}
        body = HEAD + p("In short") + p(LONG) + p(bold("A line")) + p("At length:") + p(LONG)
        note = read(document(body), schemas=schemas)
        assert (headings(note), note.schema) == (["In short", "At length"], "Briefing")
        assert html(note) == f"<p>{LONG}</p><p><b>A line</b></p>"

    def test_a_heading_inside_of_a_section_becomes_a_bold_line(self):
        note = under(p(LONG), p("Smaller", style="Heading2"), p(LONG))
        assert headings(note) == ["A heading"]
        assert html(note) == f"<p>{LONG}</p><p><b>Smaller</b></p><p>{LONG}</p>"
        assert looks_at(note, "“Smaller” inside of a section is a bold line now")

    def test_no_heading_at_all_is_one_section_and_needs_a_look(self):
        note = read(document(HEAD + p(LONG) + p(LONG)))
        assert headings(note) == [""]
        assert looks_at(note, "no section heading was found")


class TestTheTop:
    @pytest.mark.parametrize(
        "top",
        [
            p("Chad and Niger:", style="Title") + p("A road across the desert", style="Title"),
            p("Chad and Niger | A road across the desert", style="Title"),
            p("Chad and Niger: A road across the desert", style="Heading1"),
            p("Chad and Niger:", style="Heading1")
            + p("A road across the desert", style="Heading2"),
            p(bold("Chad and Niger:")) + p(bold("A road across the desert")),
            p("Chad and Niger") + p("A road across the desert"),
            p("Chad and Niger:<br>".replace("<br>", "")) + p("A road across the desert"),
        ],
    )
    def test_a_headline_in_two_parts_however_it_is_set(self, top):
        note = read(document(top + p("By Ann Author") + p("2 March 2025") + SECTIONS))
        assert (note.subject, note.claim) == ("Chad and Niger", "A road across the desert")
        assert headings(note) == THREE

    def test_a_headline_in_one_part_needs_a_look(self):
        note = read(document(p("A road", style="Title") + p("2 March 2025") + SECTIONS))
        assert (note.subject, note.claim) == ("A road", "")
        assert looks_at(note, "the headline has one part")

    def test_without_a_headline_the_files_name_stands_for_it(self):
        note = read(document(SECTIONS), "Mali road.docx", day=date(2025, 3, 2))
        assert note.subject == "Mali road"
        assert looks_at(note, "no headline was found")

    @pytest.mark.parametrize(
        "lines",
        [
            p("By Ann Author and Bo van der Writer"),
            p("Ann Author, Bo van der Writer"),
            p("Ann Author") + p("Bo van der Writer"),
            p("Authors: Ann Author & Bo van der Writer"),
            p("By Ann Author and Bo van der Writer, 2 March 2025"),
            p("Ann Author and Bo van der Writer | 2 March 2025"),
        ],
    )
    def test_two_authors_however_they_are_named(self, lines):
        note = read(
            document(p("Mali: A claim", style="Title") + lines + p("2 March 2025") + SECTIONS)
        )
        assert [author.name for author in note.authors] == ["Ann Author", "Bo van der Writer"]
        assert note.date == date(2025, 3, 2)

    def test_without_authors_date_and_countries_a_look_is_needed_and_nothing_is_guessed(self):
        body = p("Mali and Niger: A claim", style="Title") + SECTIONS
        note = read(document(body), day=date(2025, 3, 9))
        assert (note.authors, note.countries, note.date) == ((), (), date(2025, 3, 9))
        assert looks_at(note, "no author was found")
        assert looks_at(note, "no countries are named")
        assert looks_at(note, "no date was found; the draft is dated 9 March 2025")

    def test_without_a_date_and_a_day_for_it_there_is_no_note(self):
        with pytest.raises(NoteFormatError, match="no date was found; write one like 29 June 2025"):
            read(document(p("Mali: A claim", style="Title") + SECTIONS))

    def test_a_country_that_is_none_needs_a_look(self):
        note = read(document(HEAD.replace("Chad, Niger", "Chad, Nigger Republic") + SECTIONS))
        assert note.countries == ("TD",)
        assert looks_at(note, "“Nigger Republic” is no country") or looks_at(note, "is no country")

    def test_the_issue_line_is_kept_and_the_masthead_left_out(self):
        line = "The World This Week #300 Vol 7, No 9, 2 March 2025"
        body = p("TWTW Note") + p("Chad and Niger: A road") + p(line) + p("Ann Author") + SECTIONS
        note = read(document(body))
        assert (note.printed_under, note.date) == (line, date(2025, 3, 2))
        assert looks_at(note, "“TWTW Note” above the text was left out")

    def test_text_above_the_first_heading_is_an_opening(self):
        note = read(document(HEAD + p(LONG) + SECTIONS + ABOUT))
        assert headings(note) == ["", *THREE]
        assert note.schema == "Three questions"


class TestTheEnd:
    def test_biographies_in_italics_at_the_end_are_no_text(self):
        head = HEAD.replace("Ann Author", "Ann Author and Bo Writer")
        end = p(italic("Ann Author is an example.")) + p(italic("Bo Writer is another."))
        note = read(document(head + SECTIONS + end))
        assert [author.biography for author in note.authors] == [
            "Ann Author is an example.",
            "Bo Writer is another.",
        ]
        assert html(note, -1) == "<p>There is a road.</p>"

    def test_without_a_byline_the_biographies_name_the_authors(self):
        note = read(document(HEAD.replace("By Ann Author", "") + SECTIONS + ABOUT))
        assert [author.name for author in note.authors] == ["Ann Author"]
        assert looks_at(note, "the authors were taken from the biographies")

    def test_biographies_of_nobody_stay_as_text(self):
        about = p("About the authors", style="Heading1") + p("They are many.")
        note = read(document(HEAD.replace("By Ann Author", "") + SECTIONS + about))
        assert headings(note)[-1] == "About the author"
        assert html(note, -1) == "<p>They are many.</p>"

    def test_a_list_of_sources_becomes_sources(self):
        listed = p("References") + item("“A title,” An Outlet, 1 March 2025, https://example.org/a")
        note = read(document(HEAD + SECTIONS + listed + ABOUT))
        assert note.sources == (
            ParsedSource("An Outlet", "A title", "https://example.org/a", date(2025, 3, 1)),
        )
        assert headings(note) == THREE


class TestNotes:
    def test_footnotes_become_sources_in_the_order_of_the_text(self):
        note = under(
            p("One.", reference(2), " Two.", reference(1)),
            footnotes={
                1: p("“Second”, The Paper (2 May 2024), ", link("here", "out")),
                2: p("“First,” An Outlet, 1 March 2025 (accessed 3 March 2025)."),
            },
            note_refers=(("out", "hyperlink", "https://example.org/second"),),
        )
        assert html(note) == "<p>One. Two.</p>"
        first, second = note.sources
        assert (first.outlet, first.title) == ("An Outlet", "First")
        assert (first.published, first.accessed) == (date(2025, 3, 1), date(2025, 3, 3))
        assert second.url == "https://example.org/second"
        assert looks_at(note, "footnote 1 has no address")
        assert looks_at(note, "their marks in the text were left out")

    def test_endnotes_do_too(self):
        noted = {1: p("“A title,” An Outlet, 1 March 2025, https://example.org/a")}
        note = under(p("One.", reference(1, "endnote")), endnotes=noted)
        assert [source.outlet for source in note.sources] == ["An Outlet"]

    def test_what_cant_be_told_apart_is_the_title_word_for_word(self):
        said = "Jo Doe, Roads of the Sahel (A Press, 2019), pp. 3-5"
        note = under(p("One.", reference(1)), footnotes={1: p(said)})
        (source,) = note.sources
        assert (source.outlet, source.title) == ("", said)
        assert looks_at(note, "footnote 1: its outlet can't be told")

    def test_a_remark_that_is_too_long_for_a_source_stays_as_text(self):
        remark = "A remark. " * 60
        note = under(p("One.", reference(1)), footnotes={1: p(remark)})
        assert note.sources == ()
        assert headings(note)[-1] == "Footnotes"
        assert html(note, -1) == f"<p>{remark.strip()}</p>"

    def test_a_footnote_that_is_lost_is_told_of(self):
        assert looks_at(under(p("One.", reference(7))), "footnote 1 is empty")


class TestText:
    def test_bold_italic_raised_and_lowered_words_stay_and_nothing_else(self):
        words = p(
            bold("b"),
            italic("i"),
            run("up", '<w:vertAlign w:val="superscript"/>'),
            run("down", '<w:vertAlign w:val="subscript"/>'),
            run("plain", '<w:u w:val="single"/><w:color w:val="FF0000"/><w:sz w:val="40"/>'),
            run("both", "<w:b/><w:i/>"),
            run("off", '<w:b w:val="0"/>'),
        )
        assert html(under(words)) == (
            "<p><b>b</b><i>i</i><sup>up</sup><sub>down</sub>plain<b><i>both</i></b>off</p>"
        )

    def test_curly_quotes_soft_hyphens_and_no_break_spaces_are_left_alone(self):
        said = "“Bah N’daw” said ‘so’\u00a0– co\u00adoperation… Goïta < > &"
        assert (
            html(under(p(said)))
            == "<p>" + said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") + "</p>"
        )

    def test_words_that_word_cut_into_pieces_are_whole(self):
        assert (
            html(under(p(bold("Com"), bold("mis"), bold("sion"), " it")))
            == "<p><b>Commission</b> it</p>"
        )

    def test_links_by_relationship_and_by_field_stay(self):
        field = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK '
            '"https://example.org/f" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/>'
            f'</w:r>{run("field")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )
        simple = f"<w:fldSimple w:instr='HYPERLINK \"https://example.org/s\"'>{run('simple')}</w:fldSimple>"
        note = under(
            p(link("relation", "k"), " ", field, " ", simple, " after"),
            refers=(("k", "hyperlink", "https://example.org/?a=1&b=2"),),
        )
        assert html(note) == (
            '<p><a href="https://example.org/?a=1&amp;b=2">relation</a> '
            '<a href="https://example.org/f">field</a> '
            '<a href="https://example.org/s">simple</a> after</p>'
        )

    @pytest.mark.parametrize(
        "target", ["javascript:alert(1)", "file:///etc/passwd", "ftp://x.example/"]
    )
    def test_a_link_that_leads_nowhere_from_a_mail_is_text(self, target):
        note = under(p(link("words", "k")), refers=(("k", "hyperlink", target),))
        assert html(note) == "<p>words</p>"
        assert looks_at(note, "leads nowhere from a mail")

    def test_a_link_whose_address_is_lost_is_text(self):
        assert html(under(p(link("words", "none")))) == "<p>words</p>"

    def test_lists_numbered_and_with_bullets_inside_of_each_other(self):
        rows = [item("one"), item("two", 1, 2), item("three", 1, 2), item("four"), p("Text.")]
        assert html(under(*rows)) == (
            "<ol><li>one<ul><li>two</li><li>three</li></ul></li><li>four</li></ol><p>Text.</p>"
        )

    def test_a_list_that_ends_deep_is_closed(self):
        assert html(under(item("one", 0, 2), item("two", 2, 1))) == (
            "<ul><li>one<ol><li>two</li></ol></li></ul>"
        )

    def test_right_to_left_words_keep_their_order(self):
        arabic = [run("مالي ", "<w:rtl/>"), run("Mali ", ""), run("روسيا", "<w:rtl/>")]
        assert html(under(p(*arabic, properties="<w:bidi/>"))) == "<p>مالي Mali روسيا</p>"

    def test_words_in_an_embedded_direction_are_not_lost(self):
        assert html(under(p("a ", f'<w:bdo w:val="rtl">{run("bc")}</w:bdo>'))) == "<p>a bc</p>"

    def test_line_and_page_breaks(self):
        broken = p("one", "<w:r><w:br/></w:r>", "two", '<w:r><w:br w:type="page"/></w:r>')
        assert html(under(broken, p("three"))) == "<p>one<br/>two</p><p>three</p>"

    def test_quotations_by_style_and_by_indentation(self):
        set_in = '<w:ind w:left="720" w:right="720"/>'
        note = under(
            p("Said so.", style="Quote"),
            p("— A Speaker", style="Quote"),
            p("Text."),
            p("Said otherwise.", properties=set_in),
        )
        assert parts(note) == (
            QuotePart("Said so.", "A Speaker"),
            TextPart("<p>Text.</p>"),
            QuotePart("Said otherwise.", ""),
        )

    def test_a_table_is_one_and_a_table_in_it_is_text(self):
        inner = table(("a", "b"), ("c", "d")) + p("")
        note = under(table(("Place", "Year"), ("Doha", inner)))
        assert parts(note) == (TablePart((("Place", "Year"), ("Doha", "a b\nc d"))),)
        assert looks_at(note, "a table inside of a table is text")

    def test_merged_cells_leave_no_gap(self):
        wide = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{p("Wide")}</w:tc>'
        rows = f"<w:tbl><w:tr>{wide}</w:tr>{table(('a', 'b'))[7:]}"
        assert parts(under(rows)) == (TablePart((("Wide", ""), ("a", "b"))),)

    def test_a_frame_around_text_is_no_table(self):
        assert html(under(table((p("One.") + p("Two."),)))) == "<p>One.</p><p>Two.</p>"


class TestWhatIsNoText:
    def test_tracked_changes_are_accepted_and_told_of(self):
        changed = p(
            "It ",
            f'<w:ins w:id="1">{run("is ")}</w:ins>',
            '<w:del w:id="2"><w:r><w:delText>was </w:delText></w:r></w:del>',
            f'<w:moveFrom w:id="3">{run("moved ")}</w:moveFrom>',
            "so.",
        )
        note = under(changed)
        assert html(note) == "<p>It is so.</p>"
        assert looks_at(note, "changes were tracked")

    def test_comments_are_left_out_and_counted(self):
        mark = '<w:r><w:commentReference w:id="1"/></w:r>'
        note = under(p("One.", mark, mark))
        assert html(note) == "<p>One.</p>"
        assert looks_at(note, "its comments were left out: 2")

    def test_hidden_text_is_left_out_and_told_of(self):
        note = under(
            p("One.", run(" secret", "<w:vanish/>"), run(" Two.", '<w:vanish w:val="0"/>'))
        )
        assert html(note) == "<p>One. Two.</p>"
        assert looks_at(note, "hidden text was left out")

    @pytest.mark.parametrize("with_fallback", [True, False])
    def test_a_text_boxes_words_stand_once_where_it_was_anchored(self, with_fallback):
        inside = f"<w:txbxContent>{p('In a box.')}</w:txbxContent>"
        drawn = (
            "<w:drawing><wp:anchor><a:graphic><a:graphicData><wps:wsp><wps:txbx>"
            f"{inside}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>"
        )
        old = f"<w:pict><v:shape><v:textbox>{inside}</v:textbox></v:shape></w:pict>"
        old = f"<mc:Fallback>{old}</mc:Fallback>"
        both = f"<mc:AlternateContent><mc:Choice>{drawn}</mc:Choice>{old}</mc:AlternateContent>"
        note = under(p("Around.", f"<w:r>{both if with_fallback else drawn}</w:r>"), p("After."))
        assert html(note) == "<p>Around.</p><p>In a box.</p><p>After.</p>"
        assert looks_at(note, "text boxes stands where they were anchored: 1")

    def test_formulas_objects_and_charts_are_told_of(self):
        chart = "<w:r><w:drawing><wp:inline><a:graphic/></wp:inline></w:drawing></w:r>"
        note = under(
            p("One.", "<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>", "<w:r><w:object/></w:r>", chart)
        )
        assert html(note) == "<p>One.</p>"
        for what in ("formulas", "embedded objects", "drawings, charts or diagrams"):
            assert looks_at(note, f"{what} were left out: 1")

    def test_a_table_of_contents_is_left_out(self):
        note = read(
            document(
                HEAD + p("What happened?\t1", style="TOC1") + SECTIONS,
                styles=STYLES + style("TOC1", "toc 1"),
            )
        )
        assert headings(note) == THREE
        assert looks_at(note, "its table of contents was left out")

    def test_headers_and_footers_are_left_out(self):
        section = '<w:sectPr><w:headerReference w:type="default" r:id="h"/></w:sectPr>'
        note = read(document(HEAD + SECTIONS + section, refers=(("h", "header", "header1.xml"),)))
        assert html(note, -1) == "<p>There is a road.</p>"

    def test_a_style_that_means_nothing_here_is_named(self):
        own = style("Own", "Shaded box", own=True)
        note = under(p("One.", style="Own"), styles=STYLES + own)
        assert html(note) == "<p>One.</p>"
        assert looks_at(note, "the style “Shaded box” means nothing here")

    def test_words_that_mammoth_does_not_read_are_told_of(self):
        assert looks_at(
            under(p("One.", f"<w:unheard>{run('lost')}</w:unheard>")), "could not be read"
        )


class TestPictures:
    def pictured(self, *blocks, media=None, refers=None):
        media = media or {"one.png": image(), "two.jpg": image("blue", "JPEG")}
        named = [(f"p{number}", "image", f"media/{name}") for number, name in enumerate(media)]
        body = HEAD + "".join(blocks) + SECTIONS + ABOUT
        return read(document(body, media=media, refers=(*named, *(refers or ()))))

    def test_the_first_one_above_the_text_is_the_notes_and_the_others_stand_in_it(self):
        note = self.pictured(
            p(picture("p0", "A road")),
            p("Photo: An Agency"),
            p("What happened?"),
            p(LONG),
            p(picture("p1", "A map")),
            p("Figure 1. The way. Source: Maps Inc.", style="Caption"),
        )
        assert (note.picture.alt, note.picture.credit) == ("A road", "An Agency")
        assert note.picture.enclosed.name == "note 1.png"
        figure = parts(note)[1]
        assert isinstance(figure, FigurePart)
        assert (figure.caption, figure.picture.credit) == ("Figure 1. The way.", "Maps Inc.")
        assert figure.picture.enclosed.name == "note 2.jpg"

    def test_without_credit_and_alternative_text_each_needs_a_look(self):
        note = self.pictured(p(picture("p0")))
        assert (note.picture.alt, note.picture.credit) == ("", "")
        assert looks_at(note, "picture 1 has no credit; ask for it")
        assert looks_at(note, "picture 1 has no alternative text")

    def test_an_alternative_text_that_word_wrote_by_itself_needs_a_look(self):
        alt = "A picture containing text\n\nDescription automatically generated"
        assert looks_at(self.pictured(p(picture("p0", alt))), "that Word wrote by itself")

    def test_one_that_readers_must_be_told_is_made_by_a_machine_is_marked(self):
        note = self.pictured(p(picture("p0", "A road")), p("Image: AI-generated, by the author"))
        assert note.picture.ai_generated

    @pytest.mark.parametrize(
        ("media", "sentence"),
        [
            ({"one.emf": b"\x01\x00\x00\x00"}, "is a drawing of a kind that mail can't show"),
            ({"one.png": b"nothing"}, "is damaged or no picture"),
            ({"one.png": image()[:-30]}, "is damaged or no picture"),
            ({"one.png": image(size=(8000, 6000))}, "has more than 40 million pixels"),
        ],
    )
    def test_what_cant_be_used_is_left_out_and_told_of(self, media, sentence):
        note = self.pictured(p(picture("p0")), media=media)
        assert note.picture is None
        assert looks_at(note, sentence)
        assert headings(note) == THREE

    @pytest.mark.parametrize("linked", [True, False])
    @pytest.mark.parametrize("target", ["http://127.0.0.1:9/a.png", "file:///etc/hostname"])
    def test_one_that_is_only_linked_is_never_fetched(self, linked, target):
        note = self.pictured(p(picture("out", linked=linked)), refers=[("out", "image", target)])
        assert note.picture is None
        assert looks_at(note, "is not in the file, which only links to it")

    def test_one_that_is_lost_is_left_out(self):
        note = self.pictured(
            p(picture("none")), p(picture("gone")), refers=[("gone", "image", "x.png")]
        )
        assert note.picture is None
        assert looks_at(note, "picture 1 is lost")

    def test_more_than_a_note_can_have_are_refused(self):
        with pytest.raises(NoteFormatError, match=r"it has 31 pictures, and 30 are allowed"):
            self.pictured(*[p(picture("p0"))] * 31)


WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=80
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=3), min_size=1, max_size=4))
def test_any_words_in_paragraphs_come_through_unchanged(paragraphs):
    body = HEAD + p("A heading", style="Heading1")
    body += p("First.") + "".join(p(*[run(words) for words in runs]) for runs in paragraphs)
    body += p("Last of all these.") + ABOUT
    note = read(document(body))
    said = [text for text in ("".join(runs).strip() for runs in paragraphs) if text]
    found = "".join(part.html for part in parts(note) if isinstance(part, TextPart))
    for text in said:
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        assert f"<p>{escaped}</p>" in found
