"""What may pass into a mail or a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rendering.errors import RenderingError
from rendering.sanitising import LONGEST_HTML, clean, clean_text, sanitise, web_address
from tests.rendering.samples import RIVER


def test_elements_of_the_design_pass_and_the_words_of_others_do():
    assert sanitise("<p>a <b>b</b> <u>c</u> <span>d</span></p>") == "<p>a <b>b</b> c d</p>"


def test_scripts_and_style_sheets_leave_nothing():
    assert sanitise("<p>a<script>alert(1)</script><style>p {}</style></p>") == "<p>a</p>"


def test_attributes_are_dropped_but_for_the_address_of_a_link():
    html = (
        '<p class="x" onclick="y()"><a href="https://example.org/" target="_blank" id="z">a</a></p>'
    )
    assert sanitise(html) == '<p><a href="https://example.org/">a</a></p>'


def test_a_link_to_a_page_inside_the_desk_loses_its_address_and_keeps_its_words():
    assert sanitise('<p><a linktype="page" id="3">the page</a></p>') == "<p><a>the page</a></p>"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "/notes/",
        "//example.org/",
        "data:text/html,a",
        "http://",
        "mailto:",
        "",
    ],
)
def test_an_address_that_can_not_be_followed_in_a_mail_is_none(address):
    assert web_address(address) == ""


@pytest.mark.parametrize(
    ("address", "written"),
    [
        (" https://example.org/a?b=1&c=2#d ", "https://example.org/a?b=1&c=2#d"),
        ("https://example.org/a%20b", "https://example.org/a%20b"),
        ("https://example.org/Łódź", "https://example.org/%C5%81%C3%B3d%C5%BA"),
        ("https://łódź.example.org/", "https://xn--d-uga0v4h.example.org/"),
        ("mailto:editor@example.org", "mailto:editor@example.org"),
        ('https://example.org/"><b>', "https://example.org/%22%3E%3Cb%3E"),
        ("https://example.org/[%x%]", "https://example.org/%5B%x%]"),
        ("http://[::1]:8000/", "http://[::1]:8000/"),
    ],
)
def test_an_address_is_written_in_ascii(address, written):
    assert web_address(address) == written


def test_control_characters_go_and_line_ends_are_newlines():
    assert clean_text("a\r\nb\rc\u2028d\x00e\x1bf\x7fg\ufdd0h\ud800i") == "a\nb\nc\ndefghi"


def test_accents_of_all_kinds_stay():
    assert (
        clean_text("Goïta Łódź Đặng I\u0307stanbul 東京 🌍")
        == "Goïta Łódź Đặng I\u0307stanbul 東京 🌍"
    )


def test_every_text_of_a_content_value_is_cleaned():
    assert clean(RIVER) == RIVER
    assert clean(("a\x00", (("b\x01",),))) == ("a", (("b",),))


def test_a_text_that_is_too_long_is_refused_with_both_figures():
    with pytest.raises(RenderingError, match=r"50,001 characters .* at most 50,000"):
        sanitise("a" * (LONGEST_HTML + 1))


@given(st.text())
def test_whatever_is_written_an_address_is_safe_in_an_attribute(text):
    assert not set(web_address("https://example.org/" + text)) & set("\"<>\n\t '") - {"'"}
