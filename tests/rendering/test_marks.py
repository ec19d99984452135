"""What stands in place of the marks in a reader's copy."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rendering.marks import LONGEST_NAME, OPENING, Mark, name_values, personalise


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "%"])
def test_a_reader_of_whom_no_name_is_known_is_spoken_of_as_you(name):
    assert set(name_values(name).values()) == {"you"}


def test_a_name_is_escaped_in_html_and_plain_in_the_text():
    values = name_values('Ann "AJ" <b>&Co')
    assert values[Mark.READER_NAME] == 'Ann "AJ" <b>&Co'
    assert values[Mark.READER_NAME_IN_HTML] == "Ann &quot;AJ&quot; &lt;b&gt;&amp;Co"


@given(st.text() | st.sampled_from(list(Mark)))
def test_whatever_a_reader_calls_themselves_it_is_one_bounded_line_and_no_mark(name):
    values = name_values(name)
    text = values[Mark.READER_NAME]
    assert 0 < len(text) <= LONGEST_NAME
    assert text == " ".join(text.split())
    assert OPENING not in text
    assert html.unescape(values[Mark.READER_NAME_IN_HTML]) == text
    assert "<" not in values[Mark.READER_NAME_IN_HTML]


def test_each_mark_is_replaced_wherever_it_stands():
    text = f"{Mark.READER_NAME}: {Mark.UNSUBSCRIBE_URL}, {Mark.UNSUBSCRIBE_URL}"
    assert personalise(text, {Mark.UNSUBSCRIBE_URL: "u", **name_values("Ana")}) == "Ana: u, u"
