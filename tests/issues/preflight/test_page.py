"""The tree of a page, and what is seen of it."""

from hypothesis import given
from hypothesis import strategies as st

from issues.preflight.page import declarations, first, following, page, shown


def test_words_are_divided_where_blocks_begin_and_not_within_a_line():
    root = page("<div>One<b>two</b> three<p>four</p>five<br>six</div>")
    assert list(shown(root)) == ["Onetwo three", "four", "five", "six"]


def test_what_nobody_sees_has_no_words():
    root = page(
        "<head><title>T</title><style>p{}</style></head><!--[if mso]><p>Outlook</p><![endif]-->"
        '<div style="display:none">preview</div><p style="overflow:hidden;max-height:0">x</p>'
        '<p style="opacity:0">y</p><p>seen &amp; read</p>'
    )
    assert root.text() == "seen & read"


def test_the_first_of_a_kind_is_found_or_none():
    root = page("<p>a</p><p id=second>b</p><img src=x><p>c</p>")
    paragraph, picture = first(root, "p"), first(root, "img")
    assert paragraph.text() == "a"
    assert picture.attributes == {"src": "x"}
    assert not picture.children
    assert first(root, "table") is None


def test_the_words_after_a_picture_end_at_the_next():
    root = page("<img id=a><p>one</p><div><img id=b>two three</div>")
    one, two = (element for element in root.walk() if element.tag == "img")
    assert following(root, one, 100) == "one"
    assert following(root, two, 5) == "two t"


def test_an_important_declaration_is_not_overridden_by_a_later_one():
    assert declarations("Color: RED !important; color: blue; ; width") == {
        "color": "red !important"
    }
    assert declarations("color:red;color:blue") == {"color": "blue"}


def test_a_stray_end_tag_ends_nothing():
    assert list(shown(page("<div>a</p></span>b</div></div>c"))) == ["ab", "c"]


@given(st.text(alphabet="<>/abip=\"' &;!-", max_size=80))
def test_any_text_is_read_without_a_fault(text):
    root = page(text)
    assert all(element.parent is not None for element in root.walk() if element is not root)
