"""An editor's HTML becomes paragraphs and lists, and nothing else."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rendering.richtext import DEEPEST_LIST, Listing, Paragraph, Run, blocks, inline_html, rich_text
from rendering.sanitising import BOUNDARIES, ELEMENTS
from tests.rendering.reading import Page


@pytest.mark.parametrize(
    ("html", "page"),
    [
        ("<p>a</p>", "<p>a</p>"),
        ("words alone", "<p>words alone</p>"),
        ("<p></p><p>&nbsp;</p><p><br></p><p>a</p>", "<p>a</p>"),
        ("<div>a</div><div>b</div>", "<p>a</p><p>b</p>"),
        ("<h2>a</h2>b<blockquote><p>c</p></blockquote>", "<p>a</p><p>b</p><p>c</p>"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "<p>a</p><p>b</p>"),
        ("<p>  a\n <b> b </b> c<br> d </p>", "<p>a <strong>b </strong>c<br>d</p>"),
        ("<b><p>a</p><p>b</p></b>", "<p><strong>a</strong></p><p><strong>b</strong></p>"),
        ("<p>m<sup>3</sup> H<sub>2</sub>O</p>", "<p>m<sup>3</sup> H<sub>2</sub>O</p>"),
        (
            '<p><a href="https://example.org/">a <em>b</em></a></p>',
            '<p><a href="https://example.org/">a <em>b</em></a></p>',
        ),
        ("<ul><li>a</li><li></li><li><p>b</p></li></ul>", "<ul><li>a</li><li>b</li></ul>"),
        (
            "<ol><li>a<ul><li>b</li></ul></li></ol>",
            "<ol><li>a<ul><li>b</li></ul></li></ol>",
        ),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "<ul><li><p>a</p><p>b</p></li></ul>"),
        ("<li>a</li>", "<p>a</p>"),
        ("<p>a &lt;b&gt; &amp; c</p>", "<p>a &lt;b&gt; &amp; c</p>"),
        ("<p>half open <b>bold", "<p>half open <strong>bold</strong></p>"),
    ],
)
def test_html_becomes_what_a_page_may_show(html, page):
    assert rich_text(html) == page


def test_neighbours_that_look_alike_are_one_run():
    assert blocks("<p><b>a</b><strong>b</strong> c</p>") == (
        Paragraph((Run("ab", strong=True), Run(" c"))),
    )


def test_links_carry_their_style_where_style_sheets_are_dropped():
    runs = (Run("a", href="https://example.org/"),)
    assert (
        inline_html(runs, "color:#123456")
        == '<a href="https://example.org/" style="color:#123456">a</a>'
    )


def test_lists_that_are_nested_too_deeply_keep_their_items():
    (block,) = blocks("<ul><li>x" * 1000 + "<p>y")
    depth = 0
    while isinstance(block, Listing):
        depth += 1
        block = block.items[-1][-1]
    assert depth == DEEPEST_LIST
    assert str(rich_text("<ul><li>x" * 1000)).count("x") == 1000


def test_ten_thousand_nested_elements_are_flat_afterwards():
    html = rich_text("<b><i>" * 7_000 + "deep")
    assert html == "<p><strong><em>deep</em></strong></p>"


SOUP = st.lists(
    st.one_of(
        st.sampled_from(sorted(f"<{tag}>" for tag in ELEMENTS | BOUNDARIES | {"td", "table"})),
        st.sampled_from(sorted(f"</{tag}>" for tag in ELEMENTS | BOUNDARIES)),
        st.sampled_from(
            ["<a href='https://example.org/?a=1&b'>", "<script>", "<!-- ", "<", "&", "]]>"]
        ),
        st.text(max_size=8),
    ),
    max_size=40,
).map("".join)


@settings(max_examples=50, deadline=None)
@given(SOUP)
def test_whatever_is_written_comes_out_well_formed_with_known_elements(html):
    page = Page(str(rich_text(html)))
    assert {tag for tag, _ in page.tags} <= ELEMENTS - {"b", "i"} | {"span"}
    assert {name for _, attributes in page.tags for name in attributes} <= {"href", "lang", "dir"}
    assert page.deepest <= 2 * DEEPEST_LIST + 6


@given(st.lists(st.from_regex(re.compile(r"[a-zà-ž]{1,9}"), fullmatch=True), min_size=1), st.data())
def test_no_word_is_lost_or_joined_to_another(words, data):
    tags = st.sampled_from(sorted(BOUNDARIES | {"p", "li", "table", "tr", "td", "th"}))
    html = "".join(f"<{tag}>{word}</{tag}>" for word in words if (tag := data.draw(tags)) != "hr")
    expected = re.sub("<[^>]*>", " ", html).split()
    assert Page(str(rich_text(html))).text.split() == expected
