"""What a pasted text may keep: its words, and no more around them than a note can print."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes.markup import passages
from notes.tidying import tidied


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<p><a href="file:///C:/x.doc">Gold</a> ore</p>', "<p>Gold ore</p>"),
        ('<p>Gold<a href="#_ftn1"><sup>1</sup></a></p>', "<p>Gold<sup>1</sup></p>"),
        ("<p><a>Gold</a></p>", "<p>Gold</p>"),
        ('<p><a href="java&#115;cript:x">Gold</a></p>', "<p>Gold</p>"),
        ('<p>Gold</p><p data-block-key="x">\u00a0</p><p></p>', "<p>Gold</p>"),
        ("<ul><li></li></ul><p>Gold</p>", "<p>Gold</p>"),
        ('<p data-block-key="x"> \u00a0 Gold  ore</p>', '<p data-block-key="x">Gold  ore</p>'),
    ],
)
def test_links_that_lead_nowhere_and_room_without_words_go(source, expected):
    assert tidied(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        '<p><a href="https://news.example/a?b=1&amp;c=2">Gold</a></p>',
        '<p><a href="mailto:desk@news.example">Gold</a></p>',
        "<ol><li><b>Gold</b> and <i>iron</i></li></ol><p>H<sub>2</sub>O<br/>x</p>",
    ],
)
def test_what_a_note_prints_stays_as_it_is(source):
    assert tidied(source) == source


@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<b>", "</b>", '<a href="#x">', "<a>", "</a>", "Gold", " ", "&amp;"]
        ),
        max_size=20,
    ).map("".join)
)
def test_no_word_is_lost_whatever_the_markup(source):
    def words(html):
        return re.sub(r"\s", "", "".join(one.words for one in passages(html)))

    assert words(tidied(source)) == words(source)
