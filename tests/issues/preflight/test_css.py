"""Declarations that do not reach all readers."""

import pytest

from issues.preflight.css import ENHANCEMENTS, SUPPORTED, dropped
from issues.preflight.page import declarations


@pytest.mark.parametrize(
    "style",
    [
        "margin:0 auto;padding:4px 20px;color:#1f1d1a;display:block;font-weight:bold",
        "border-radius:3px;white-space:nowrap",
        "mso-line-height-rule:exactly;-webkit-text-size-adjust:100%",
        "background:#ffffff;letter-spacing:-0.5px",
    ],
)
def test_what_all_show_or_can_do_without_passes(style):
    assert not list(dropped(declarations(style)))


@pytest.mark.parametrize(
    ("style", "named"),
    [
        ("position:absolute", "position"),
        ("float:left", "float"),
        ("display:flex", "display: flex"),
        ("display:inline-grid !important", "display: inline-grid"),
        ("margin:0 -20px", "margin: 0 -20px"),
        ("width:calc(100% - 2px)", "width: calc(100% - 2px)"),
        ("color:var(--ink)", "color: var(--ink)"),
        ("font-size:1.2rem", "font-size: 1.2rem"),
        ("background:#fff url(x.png)", "background: #fff url(x.png)"),
        ("color:hsl(0 0% 0%)", "color: hsl(0 0% 0%)"),
    ],
)
def test_what_a_main_mail_program_drops_is_named_with_why(style, named):
    ((declaration, why),) = dropped(declarations(style))
    assert declaration == named
    assert why


def test_no_property_is_both_safe_and_an_enhancement():
    assert not SUPPORTED & ENHANCEMENTS.keys()
