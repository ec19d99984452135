"""Which of a page's rules hold for an element."""

import pytest

from issues.preflight.page import page
from issues.preflight.stylesheet import knows_the_dark, style_sheet


def declared(css, html="<div class=a><p class='b c' id=d style='color:red'>x</p></div>", **how):
    root = page(f"<html><style>{css}</style>{html}</html>")
    (paragraph,) = (element for element in root.walk() if element.tag == "p")
    return style_sheet(root, dark=how.get("dark", False)).declared(paragraph)


@pytest.mark.parametrize(
    "selector",
    [
        "p",
        "*",
        ".b",
        "p.b",
        ".b.c",
        "#d",
        "p#d",
        ".a p",
        ".a > p",
        "html p",
        ":root .a p",
        "x, p",
        "[style]",
        "div > .c",
    ],
)
def test_a_rule_holds_for_what_it_selects(selector):
    assert declared(f"{selector} {{ width: 1px }}") == {"color": "red", "width": "1px"}


@pytest.mark.parametrize(
    "selector",
    [
        "div",
        ".a",
        ".b.e",
        "#e",
        "html > p",
        "p p",
        "[data-ogsc] p",
        "p:hover",
        "u + p",
        "p::before",
    ],
)
def test_a_rule_does_not_hold_for_anything_else(selector):
    assert declared(f"{selector} {{ width: 1px }}") == {"color": "red"}


def test_the_more_special_rule_wins_and_then_the_later_one():
    css = "#d { width: 1px } p { width: 2px; height: 1px } .b { height: 3px } .c { height: 4px }"
    assert declared(css) == {"color": "red", "width": "1px", "height": "4px"}


def test_only_an_important_rule_wins_over_the_elements_own_style():
    assert declared("p { color: blue }")["color"] == "red"
    assert declared("p { color: blue !important } .b { color: green }")["color"] == "blue"


def test_a_background_takes_the_place_of_its_colour():
    css = "p { background-color: blue } .b { background: green }"
    assert declared(css)["background-color"] == "green"


@pytest.mark.parametrize(
    ("media", "by_day", "by_night"),
    [
        ("screen", True, True),
        ("print", False, False),
        ("(prefers-color-scheme: dark)", False, True),
        ("(prefers-color-scheme: light)", True, False),
        ("only screen and (max-width: 479px)", False, False),
        ("only screen and (min-width:480px)", True, True),
        ("print, screen and (prefers-color-scheme: dark)", False, True),
        ("(hover)", False, False),
    ],
)
def test_a_media_query_is_asked(media, by_day, by_night):
    css = f"/* a {{ comment */ @media {media} {{ p {{ width: 1px }} }} .a {{ width: 9px }}"
    assert ("width" in declared(css)) == by_day
    assert ("width" in declared(css, dark=True)) == by_night


def test_a_page_that_knows_the_dark_is_told_from_one_that_does_not():
    assert knows_the_dark(page("<style>@media (prefers-color-scheme:dark) { p {} }</style>"))
    assert not knows_the_dark(page("<style>@media print { p { color: #000 } }</style>"))
