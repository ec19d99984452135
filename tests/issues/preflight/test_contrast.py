"""Words that are hard to read, by day and by night."""

import pytest

from issues.preflight.contrast import faint
from issues.preflight.page import page

DARK = "<style>@media (prefers-color-scheme: dark) {{ {} }}</style>"


def found(html):
    return [(one.scheme, one.words, one.colour, one.background) for one in faint(page(html))]


@pytest.mark.parametrize(
    "html",
    [
        "<p style='color:#767676'>x</p>",
        "<p style='color:#949494;font-size:24px'>x</p>",
        "<b style='color:#949494;font-size:14pt'>x</b>",
        "<h1 style='color:#949494'>x</h1>",
        "<p style='color:#ccc'>·</p>",
        "<p style='color:#ccc;display:none'>x</p>",
        "<div style='background:#000'><p style='color:#fff'>x</p></div>",
        "<table bgcolor='#000000'><tr><td style='color:white'>x</td></tr></table>",
        "<p style='color:color-mix(in srgb, red, blue)'>x</p>",
        "<a href='#'>x</a>",
        "<p style='color:rgba(0, 0, 0, .7)'>x</p>",
    ],
)
def test_words_that_stand_out_give_no_finding(html):
    assert found(html) == []


@pytest.mark.parametrize(
    ("html", "colour", "background"),
    [
        ("<p style='color:#777'>x</p>", "#777777", "#ffffff"),
        ("<p style='color:#959595;font-size:30px'>x</p>", "#959595", "#ffffff"),
        (
            "<p style='color:#949494;font-size:24px'><i style='font-size:50%'>x</i></p>",
            "#949494",
            "#ffffff",
        ),
        ("<div style='color:#fff'><p>x</p></div>", "#ffffff", "#ffffff"),
        ("<p style='background:#000 none;color:rgb(20%, 20%, 20%)'>x</p>", "#333333", "#000000"),
        ("<p style='color:rgba(0,0,0,.4)'>x</p>", "#999999", "#ffffff"),
        ("<p style='background-color:transparent;color:#aaa'>x</p>", "#aaaaaa", "#ffffff"),
        ("<div style='background:#000'><a href='#'>x</a></div>", "#0000ee", "#000000"),
        ("<style>.x b { color: #ddd }</style><p class=x><b>x</b></p>", "#dddddd", "#ffffff"),
    ],
)
def test_words_that_do_not_are_found_by_what_they_inherit(html, colour, background):
    assert found(html) == [("light", "x", colour, background)]


def test_a_pair_of_colours_is_named_once():
    assert len(found("<p style='color:#ccc'>one</p><p style='color:#ccc'>two</p>")) == 1


def test_the_night_is_judged_where_the_mail_has_rules_for_it():
    words = "<div class=sheet style='background:#fff;color:#222'>x</div>"
    half_done = DARK.format(".sheet { background: #111 !important }")
    assert found(half_done + words) == [("dark", "x", "#222222", "#111111")]
    done = DARK.format(".sheet { background: #111 !important; color: #eee !important }")
    assert found(done + words) == []


def test_a_mail_made_for_the_night_begins_with_light_words_on_black():
    meta = "<meta name='color-scheme' content='light dark'>"
    rule = DARK.format("p { width: auto }")
    words = "<p style='color:#333'>x</p>"
    assert found(rule + words) == []
    assert found(meta + rule + words) == [("dark", "x", "#333333", "#121212")]
    root = "<style>:root { color-scheme: light dark }</style>"
    assert found(f"<html>{root}{rule}{words}</html>") == [("dark", "x", "#333333", "#121212")]


def test_the_ratio_and_what_is_needed_are_told():
    (one,) = faint(page("<p style='color:#777777'>some words</p>"))
    assert (round(one.ratio, 2), one.needed, one.words) == (4.48, 4.5, "some words")
