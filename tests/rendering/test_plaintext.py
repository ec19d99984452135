"""The text part, as it is read in a terminal."""

from textwrap import dedent
from unicodedata import east_asian_width

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rendering.content import Table
from rendering.plaintext import (
    COLUMNS,
    NumberedLinks,
    paragraphs,
    table_text,
    text_blocks,
    underlined,
    wrapped,
)


def columns_of(line: str) -> int:
    return sum(1 + (east_asian_width(char) in "WF") for char in line)


LONG_ADDRESS = "https://example.org/" + "a-very-long-name/" * 8


def test_no_line_is_longer_than_72_columns():
    lines = wrapped("words " * 60).split("\n")
    assert max(map(len, lines)) <= COLUMNS
    assert len(lines) == 5


def test_an_address_is_never_broken():
    assert LONG_ADDRESS in wrapped(f"See {LONG_ADDRESS} for more.").split("\n")


def test_chinese_is_broken_between_characters_by_the_columns_it_takes():
    text = "（" + "一带一路倡议，" * 20 + "）"
    lines = wrapped(text, "- ").split("\n")
    assert "".join(line[2:] for line in lines) == text
    assert all(columns_of(line) <= COLUMNS for line in lines)
    assert not any(line[2] in "，）" or line.endswith("（") for line in lines)


def test_words_in_two_scripts_are_kept_apart_as_they_were():
    assert wrapped("The slogan 一带一路 (yī dài) was heard.") == (
        "The slogan 一带一路 (yī dài) was heard."
    )


def test_words_with_hyphens_stay_whole():
    word = "non-" * 15 + "alignment"
    assert word in wrapped(f"The movement of {word} goes on.").split("\n")


def test_later_lines_are_indented_as_far_as_the_first_ones_label():
    assert wrapped("a " * 50, "Credit: ").split("\n")[1].startswith("        a")


def test_a_heading_is_underlined_as_far_as_it_goes():
    assert underlined("What happened?") == "What happened?\n--------------"


def test_an_empty_line_divides_paragraphs_and_a_newline_does_not():
    assert paragraphs("one\ntwo\n \n\nthree\n") == ["one two", "three"]


def test_a_megabyte_of_nothing_is_no_paragraph():
    assert paragraphs(" " * 1_000_000 + "\u00a0" * 1_000_000 + "\n" * 100_000) == []


def test_links_are_numbered_and_the_same_address_has_one_number():
    links = NumberedLinks()
    html = (
        '<p><a href="https://example.org/a">The first</a>, <a href="https://example.org/b">the '
        '<b>second</b> </a>and <a href="https://example.org/a">the first again</a>.</p>'
    )
    assert text_blocks(html, links) == "The first [1], the second [2] and the first again [1]."
    assert links.lines() == "[1] https://example.org/a\n[2] https://example.org/b"


def test_a_link_that_says_its_address_needs_no_number():
    links = NumberedLinks()
    html = (
        '<p><a href="https://example.org/a">https://example.org/a</a> by '
        '<a href="mailto:a@example.org">a@example.org</a></p>'
    )
    assert text_blocks(html, links) == "https://example.org/a by a@example.org"
    assert links.lines() == ""


def test_lists_are_marked_and_indented():
    html = (
        "<p>Before</p><ul><li>one</li><li>two<ol><li>three</li><li>four</li></ol></li>"
        "<li><p>five</p><p>six</p></li></ul><p>After</p>"
    )
    expected = dedent(
        """\
        Before

        - one
        - two
          1. three
          2. four
        - five

          six

        After"""
    )
    assert text_blocks(html, NumberedLinks()) == expected


def test_numbers_of_two_digits_are_aligned():
    lines = text_blocks("<ol>" + "<li>x</li>" * 10 + "</ol>", NumberedLinks()).split("\n")
    assert lines[0] == " 1. x"
    assert lines[9] == "10. x"


def test_a_narrow_table_is_aligned_and_its_figures_are_flush_right():
    table = Table(("Year", "Flow"), (("2019", "410"), ("average", "1,020")), "")
    assert table_text(table) == "Year      Flow\n-------  -----\n2019       410\naverage  1,020"


def test_columns_are_aligned_by_what_a_terminal_shows():
    table = Table((), (("東京", "a"), ("Go\u0308ta", "b"), ("four", "c")), "")
    assert table_text(table) == "東京  a\nGo\u0308ta  b\nfour  c"


def test_a_table_that_is_too_wide_says_the_header_before_each_cell():
    table = Table(("Country", "What it wants"), (("Kalwe", "words " * 15), ("Narun", "")), "")
    assert table_text(table) == (
        "Country: Kalwe\n"
        "What it wants: words words words words words words words words words\n"
        "  words words words words words words\n"
        "\n"
        "Country: Narun\n"
        "What it wants:"
    )


@pytest.mark.parametrize("table", [Table((), (), ""), Table(("",), (("",),), "")])
def test_an_empty_table_is_nothing(table):
    assert table_text(table) == ""


CELLS = st.text(max_size=30)


@given(st.lists(CELLS, max_size=5), st.lists(st.lists(CELLS, max_size=6), max_size=6))
def test_every_word_of_any_table_is_in_the_text(header, rows):
    text = table_text(Table(tuple(header), tuple(map(tuple, rows)), ""))
    for row in [header, *rows] if any(any(c.strip() for c in row) for row in rows) else []:
        assert all(word in text for cell in row for word in cell.split())


@given(st.text())
def test_every_word_is_in_the_lines_and_long_lines_have_one_word(text):
    lines = wrapped(text)
    assert all(word in lines for word in text.split())
    assert all(len(line.split(" ")) == 1 for line in lines.split("\n") if len(line) > COLUMNS)
