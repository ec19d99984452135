"""Words in rich text: found passage by passage, and edited without touching anything else."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from notes.markup import edited, passages

TAGS = ["<b>", "</b>", '<a href="https://news.example/a?b=1&amp;c=2">', "</a>", "<i>", "</i>"]
BLOCKS = ["<p>", "</p>", '<p data-block-key="x">', "<ul>", "<li>", "</li>", "</ul>", "<br/>"]
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
SOURCES = st.lists(
    st.one_of(
        st.sampled_from([*TAGS, *BLOCKS, "&nbsp;", "&amp;", "&#8217;", "&", "<", ">"]),
        WORDS.map(lambda words: html.escape(words, quote=False)),
    ),
    max_size=14,
).map("".join)


def tags(source):
    return re.findall(r"<[/a-z][^<>]*>", source)


def test_words_are_read_passage_by_passage_with_what_entities_stand_for():
    source = "<p>Gold &amp; <b>iron</b>&nbsp;ore</p><ul><li>Salt<br/>and tin</li><li></li></ul>"
    assert [one.words for one in passages(source)] == ["Gold & iron\xa0ore", "Salt\nand tin"]


def test_an_edit_within_a_link_keeps_the_link_and_its_address():
    source = '<p>See <a href="https://news.example/?a=1&amp;b=2">the the report</a>.</p>'
    assert edited(source, 0, 7, 11, "") == source.replace("the the", "the")


def test_an_edit_across_tags_leaves_every_tag_where_it_is():
    assert edited("<p>It ended<b>.</b>.</p>", 0, 8, 10, ".") == "<p>It ended<b>.</b></p>"


def test_words_that_look_like_markup_are_written_as_words():
    assert edited("<p>a b</p>", 0, 1, 2, "<&>") == "<p>a&lt;&amp;&gt;b</p>"


@given(SOURCES, st.data(), WORDS)
def test_an_edit_changes_the_words_that_it_is_about_and_nothing_else(source, data, meant):
    before = passages(source)
    if not before:
        return
    number = data.draw(st.integers(0, len(before) - 1))
    words = before[number].words
    if any(piece.kind == "break" for piece in before[number].pieces):
        return
    start = data.draw(st.integers(0, len(words)))
    end = data.draw(st.integers(start, len(words)))
    after = edited(source, number, start, end, meant)
    wanted = [one.words for one in before]
    wanted[number] = words[:start] + meant + words[end:]
    found = [one.words for one in passages(after)]
    assert found == wanted or (
        not wanted[number] and found == wanted[:number] + wanted[number + 1 :]
    )
    assert tags(after) == tags(source)


@given(st.text())
def test_any_text_is_read_whole(source):
    shown = [piece for one in passages(source) for piece in one.pieces]
    assert all(0 <= piece.start < piece.end <= len(source) for piece in shown)
