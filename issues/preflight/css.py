"""Which CSS reaches the readers: what Gmail, Outlook, Apple Mail and Yahoo do with a property.

The facts are those of https://www.caniemail.com; a test compares them with its data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

# None of the main mail programs drops these altogether.
# fmt: off
SUPPORTED: frozenset[str] = frozenset({
    "background", "background-color",
    "border", "border-top", "border-right", "border-bottom", "border-left", "border-collapse",
    "border-color", "border-style", "border-width",
    "color", "direction", "display",
    "font", "font-family", "font-size", "font-style", "font-weight",
    "letter-spacing", "line-height", "list-style", "list-style-type",
    "margin", "margin-top", "margin-right", "margin-bottom", "margin-left",
    "max-width",
    "padding", "padding-top", "padding-right", "padding-bottom", "padding-left",
    "text-align", "text-decoration", "text-indent", "text-transform",
    "vertical-align", "width",
})
# fmt: on

# At least one of them drops these, and the mail reads as well without.
ENHANCEMENTS: dict[str, str] = {
    "border-radius": "the corners are square in Outlook on Windows",
    "border-spacing": "the attribute cellspacing says it too",
    "box-sizing": "sizes are set so that both ways of measuring fit",
    "caption-side": "a caption stands above its table by itself",
    "color-scheme": "the program shows the mail by day, or darkens it itself",
    "height": "the attribute of the picture says it too; other elements grow with their words",
    "hyphens": "words stay whole",
    "max-height": "only hides the preview text, which other properties hide too",
    "min-width": "a column is as wide as its words",
    "mso-hide": "for Outlook on Windows only",
    "opacity": "only hides the preview text, or makes pictures a little darker at night",
    "outline": "pictures have no line around them",
    "overflow": "a wide table makes the mail wide instead of scrolling by itself",
    "overflow-wrap": "a long word sticks out",
    "overflow-x": "a wide table makes the mail wide instead of scrolling by itself",
    "supported-color-schemes": "the earlier name of color-scheme",
    "table-layout": "columns are as wide as their words",
    "text-decoration-color": "the line has the colour of its words",
    "text-decoration-line": "the property text-decoration says it too",
    "text-decoration-thickness": "the line has its usual weight",
    "text-underline-offset": "the line stands at its usual distance",
    "text-wrap": "a heading breaks where it is full",
    "unicode-bidi": "the attribute dir says it too",
    "white-space": "a date or a label may break",
    "word-break": "a long word sticks out",
    "word-spacing": "words stand at their usual distance",
    "word-wrap": "a long word sticks out",
}

# Values of the properties above that are dropped: what the property is, its value, who and what.
_DROPPED_VALUES: tuple[tuple[re.Pattern[str], re.Pattern[str], str], ...] = (
    (
        re.compile("display"),
        re.compile(r"(inline-)?(flex|grid)\b"),
        "Outlook on Windows stacks what stands in it",
    ),
    (
        re.compile("background"),
        re.compile(r"url\(|gradient\("),
        "Outlook on Windows shows no background picture",
    ),
    (
        re.compile("margin"),
        re.compile(r"(^|\s)-\d"),
        "Gmail and Outlook ignore a margin below zero",
    ),
    (
        re.compile(""),
        re.compile(r"\bvar\(|\bcalc\(|\bmin\(|\bmax\(|\bclamp\(|\benv\("),
        "most mail programs ignore what has to be computed",
    ),
    (
        re.compile(""),
        re.compile(r"\d(rem|vw|vh|vmin|vmax|ch)\b"),
        "Outlook on Windows does not know this unit",
    ),
    (
        re.compile("color|background"),
        re.compile(r"\b(hsla?|hwb|lab|lch|oklab|oklch|color|light-dark)\("),
        "most mail programs know no colours written so",
    ),
)


def dropped(declared: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The declarations that a main mail program drops to the mail's harm, each with why.

    What begins with `mso-` or a hyphen is meant for one mail program, and passes.
    """
    for name, value in declared.items():
        if name.startswith(("mso-", "-")):
            continue
        if name not in SUPPORTED and name not in ENHANCEMENTS:
            yield f"{name}", "not every mail program knows this property"
            continue
        for of, like, why in _DROPPED_VALUES:
            if of.search(name) and like.search(value):
                yield f"{name}: {value.removesuffix('!important').strip()}", why
