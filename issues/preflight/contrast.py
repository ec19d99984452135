"""Whether the words of a mail stand out from what is behind them, by day and by night.

The limits are those of WCAG 2.2, 1.4.3: https://www.w3.org/TR/WCAG22/#contrast-minimum
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from issues.preflight.page import Element
from issues.preflight.stylesheet import StyleSheet, knows_the_dark, style_sheet
from rendering import colours

ENOUGH, ENOUGH_IF_LARGE = 4.5, 3.0
# In CSS pixels: 18 points, and 14 points where it is bold.
LARGE, LARGE_AND_BOLD = 24.0, 18.66

_ROOT_SIZE = 16.0
# fmt: off
_NAMED = {
    "black": "#000000", "silver": "#c0c0c0", "gray": "#808080", "grey": "#808080",
    "white": "#ffffff", "maroon": "#800000", "red": "#ff0000", "purple": "#800080",
    "fuchsia": "#ff00ff", "magenta": "#ff00ff", "green": "#008000", "lime": "#00ff00",
    "olive": "#808000", "yellow": "#ffff00", "navy": "#000080", "blue": "#0000ff",
    "transparent": "#00000000",
    "teal": "#008080", "aqua": "#00ffff", "cyan": "#00ffff", "orange": "#ffa500",
}
_SIZES = {
    "xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0,
    "x-large": 24.0, "xx-large": 32.0,
}
_UNITS = {"px": 1.0, "pt": 4 / 3, "rem": _ROOT_SIZE}
_BY_TAG = {"h1": 2.0, "h2": 1.5, "h3": 1.17, "h5": 0.83, "h6": 0.67, "small": 0.83,
           "sub": 0.83, "sup": 0.83}
# fmt: on
_BOLD_TAGS = {"b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"}
_LINK = {"light": "#0000ee", "dark": "#9e9eff"}
_FUNCTION = re.compile(r"rgba?\(([^)]*)\)")
_COLOUR = re.compile(rf"#[0-9a-f]{{3,8}}\b|rgba?\([^)]*\)|\b(?:{'|'.join(_NAMED)})\b")

Scheme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Faint:
    """Words that are hard to read: the first of them, their colour, what is behind, the ratio."""

    scheme: Scheme
    words: str
    colour: str
    background: str
    ratio: float
    needed: float


@dataclass(frozen=True, slots=True)
class _Look:
    """How words look at a place; a colour that can't be told is empty."""

    colour: str
    background: str
    size: float = _ROOT_SIZE
    bold: bool = False


def faint(root: Element) -> Iterator[Faint]:
    """Words with too little contrast, once for each pair of colours in each scheme.

    By night only where the page has rules for it: what a mail program does by itself is its own.
    """
    yield from _faint(root, "light")
    if knows_the_dark(root):
        yield from _faint(root, "dark")


def _faint(root: Element, scheme: Scheme) -> Iterator[Faint]:
    sheet = style_sheet(root, dark=scheme == "dark")
    start = _Look("#000000", "#ffffff")
    if scheme == "dark" and _is_dark_by_itself(root, sheet):
        start = _Look("#ffffff", "#121212")
    seen = set()
    for words, look in _words(root, start, sheet, scheme):
        is_large = look.size >= (LARGE_AND_BOLD if look.bold else LARGE)
        needed = ENOUGH_IF_LARGE if is_large else ENOUGH
        pair = (look.colour, look.background, needed)
        if not (look.colour and look.background) or pair in seen:
            continue
        seen.add(pair)
        ratio = _contrast(look.colour, look.background)
        if ratio < needed:
            yield Faint(scheme, words, look.colour, look.background, ratio, needed)


def _is_dark_by_itself(root: Element, sheet: StyleSheet) -> bool:
    """Whether the page asks for a dark canvas and light words where it sets no colours."""
    for element in root.walk():
        asked = element.attributes.get("content", "")
        if element.tag == "html" and "dark" in sheet.declared(element).get("color-scheme", ""):
            return True
        if element.attributes.get("name") == "color-scheme" and "dark" in asked:
            return True
    return False


def _words(
    element: Element, look: _Look, sheet: StyleSheet, scheme: Scheme
) -> Iterator[tuple[str, _Look]]:
    if element.is_hidden:
        return
    declared = sheet.declared(element)
    if declared.get("display") == "none" or declared.get("visibility") == "hidden":
        return
    look = _looks(element, look, declared, scheme)
    for child in element.children:
        if isinstance(child, Element):
            yield from _words(child, look, sheet, scheme)
        elif look.size > 0 and any(character.isalnum() for character in child):
            yield " ".join(child.split()), look


def _looks(element: Element, around: _Look, declared: Mapping[str, str], scheme: Scheme) -> _Look:
    look = around
    tag = element.tag
    if tag == "a" and "href" in element.attributes:
        look = replace(look, colour=_LINK[scheme])
    if behind := declared.get("background-color") or element.attributes.get("bgcolor", "").lower():
        look = replace(look, background=_background(behind, around.background))
    if colour := declared.get("color") or element.attributes.get("color", "").lower():
        is_inherited = colour in {"inherit", "unset", "currentcolor"}
        shown = around.colour if is_inherited else _over(colour, look.background)
        look = replace(look, colour=shown)
    if tag in _BY_TAG:
        look = replace(look, size=around.size * _BY_TAG[tag])
    if size := declared.get("font-size"):
        look = replace(look, size=_size(size, around.size))
    if tag in _BOLD_TAGS:
        look = replace(look, bold=True)
    if weight := declared.get("font-weight"):
        look = replace(look, bold=_is_bold(weight, look.bold))
    return look


def _background(value: str, behind: str) -> str:
    """What is behind the words of an element with this `background`; empty if it can't be told."""
    if value in {"none", "initial", "inherit", "unset"}:
        return behind
    found = _COLOUR.search(value)
    return _over(found[0], behind) if found else ""


def _over(value: str, behind: str) -> str:
    """A colour like `#8a1c2b` as it looks over the one behind; empty if it can't be told."""
    channels = _channels(value)
    if channels is None:
        return ""
    *rgb, alpha = channels
    if alpha >= 1:
        return _hex(rgb)
    if not behind:
        return ""
    under = [int(behind[place : place + 2], 16) for place in (1, 3, 5)]
    return _hex([over * alpha + low * (1 - alpha) for over, low in zip(rgb, under, strict=True)])


@lru_cache(maxsize=256)
def _channels(value: str) -> tuple[float, float, float, float] | None:
    """Red, green and blue from 0 to 255, and alpha from 0 to 1."""
    value = _NAMED.get(value, value)
    if re.fullmatch(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", value):
        digits = value[1:] if len(value) > 5 else "".join(digit * 2 for digit in value[1:])
        red, green, blue, *alpha = (
            float(int(digits[place : place + 2], 16)) for place in range(0, len(digits), 2)
        )
        return red, green, blue, (alpha[0] / 255 if alpha else 1.0)
    if found := _FUNCTION.fullmatch(value):
        parts = re.findall(r"[\d.]+%?", found[1])
        if len(parts) in {3, 4}:
            red, green, blue = (_number(part, 255) for part in parts[:3])
            return red, green, blue, (_number(parts[3], 1) if len(parts) == 4 else 1.0)
    return None


def _number(part: str, whole: int) -> float:
    try:
        return float(part[:-1]) / 100 * whole if part.endswith("%") else float(part)
    except ValueError:  # `1.2.3`
        return 0.0


def _hex(rgb: list[float]) -> str:
    return "#" + "".join(f"{min(max(round(channel), 0), 255):02x}" for channel in rgb)


def _size(value: str, around: float) -> float:
    """A font size in CSS pixels."""
    found = re.fullmatch(r"([\d.]+)(px|pt|rem|em|%)?", value)
    if not found:
        return _SIZES.get(value, around)
    number = _number(found[1], 1)
    unit = found[2] or "px"
    return number * (_UNITS.get(unit) or (around if unit == "em" else around / 100))


def _is_bold(value: str, around: bool) -> bool:
    if value.isdecimal():
        return int(value) >= 700
    return {"bold": True, "bolder": True, "normal": False, "lighter": False}.get(value, around)


_contrast = lru_cache(maxsize=512)(colours.contrast)
