"""Keeps a publication's colour readable on the backgrounds it is printed on.

Contrast is WCAG 2.2's: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
"""

from __future__ import annotations

import re

from rendering.errors import RenderingError

READABLE = 4.5
_STEPS = 40


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours like `#8a1c2b`: 1 (the same) to 21 (black on white)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(colour: str, background: str) -> str:
    """The colour, moved towards black or white just as far as small text needs.

    Raises:
        RenderingError: if the colour is not written like `#8a1c2b`.
    """
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise RenderingError(f"The colour {colour!r} is not written like #8a1c2b.")
    towards = (
        "#ffffff"
        if contrast("#ffffff", background) > contrast("#000000", background)
        else ("#000000")
    )
    shades = (_mixed(colour, towards, step / _STEPS) for step in range(_STEPS + 1))
    return next(shade for shade in shades if contrast(shade, background) >= READABLE)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in _channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
