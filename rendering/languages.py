"""Passages in other scripts, so that they are spoken and set as what they are.

A screen reader needs to know that words are Hindi, and a line of Arabic is set from the right.
What can be told from the script alone is told; a passage in French stays unmarked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language as `lang` names it (BCP 47), and the direction in which it is written."""

    lang: str
    direction: str = "ltr"

    @property
    def attributes(self) -> Markup:
        """` lang="ar" dir="rtl"`, with the space before."""
        return Markup(' lang="{}" dir="{}"').format(self.lang, self.direction)


# A script by its characters, its language, and letters by which a sister language is known that
# is written in the same script; the first one that has such a letter in the passage is taken.
# Ranges: https://www.unicode.org/Public/UNIDATA/Blocks.txt
_SCRIPTS: tuple[tuple[str, Tongue, tuple[tuple[str, Tongue], ...]], ...] = (
    (
        "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc",
        Tongue("ar", "rtl"),
        (("ٹڈڑںھہےۓ", Tongue("ur", "rtl")), ("پچژگکی", Tongue("fa", "rtl"))),
    ),
    ("\u0590-\u05ff\ufb1d-\ufb4f", Tongue("he", "rtl"), ()),
    ("\u0700-\u074f", Tongue("syr", "rtl"), ()),
    ("\u0780-\u07bf", Tongue("dv", "rtl"), ()),
    ("\u0900-\u097f\ua8e0-\ua8ff", Tongue("hi"), ()),
    ("\u0980-\u09ff", Tongue("bn"), ()),
    ("\u0a00-\u0a7f", Tongue("pa"), ()),
    ("\u0a80-\u0aff", Tongue("gu"), ()),
    ("\u0b00-\u0b7f", Tongue("or"), ()),
    ("\u0b80-\u0bff", Tongue("ta"), ()),
    ("\u0c00-\u0c7f", Tongue("te"), ()),
    ("\u0c80-\u0cff", Tongue("kn"), ()),
    ("\u0d00-\u0d7f", Tongue("ml"), ()),
    ("\u0d80-\u0dff", Tongue("si"), ()),
    ("\u0e00-\u0e7f", Tongue("th"), ()),
    ("\u0e80-\u0eff", Tongue("lo"), ()),
    ("\u0f00-\u0fff", Tongue("bo"), ()),
    ("\u1000-\u109f", Tongue("my"), ()),
    ("\u10a0-\u10ff\u1c90-\u1cbf", Tongue("ka"), ()),
    ("\u1100-\u11ff\u3130-\u318f\uac00-\ud7af", Tongue("ko"), ()),
    ("\u1200-\u139f", Tongue("am"), ()),
    ("\u1780-\u17ff", Tongue("km"), ()),
    ("\u1800-\u18af", Tongue("mn"), ()),
    ("\u0370-\u03ff\u1f00-\u1fff", Tongue("el"), ()),
    ("\u0530-\u058f", Tongue("hy"), ()),
    ("\u0400-\u052f", Tongue("ru"), (("іїєґІЇЄҐ", Tongue("uk")), ("ђјљњћџЂЈЉЊЋЏ", Tongue("sr")))),
    (
        "\u2e80-\u2fff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff",
        Tongue("zh"),
        (("ぁ-ゖァ-ヺー", Tongue("ja")),),
    ),
)  # fmt: skip

# What stands between two words of a passage belongs to it: spaces, stops, digits, joiners.
_BETWEEN = r"[\s.,:;!?«»()\-–—'’\"“”/0-9\u3000-\u3004\u3008-\u303f\uff00-\uffef]"
# Most texts have none of them, and are told so by one look.
_FOREIGN = re.compile("[\u0370-\u1fff\u2e80-\ufefc]")
_PASSAGES = re.compile(
    "|".join(
        f"(?P<s{place}>[{characters}](?:{_BETWEEN}*[{characters}]|[\u200c\u200d\u0300-\u036f])*)"
        for place, (characters, _, _) in enumerate(_SCRIPTS)
    )
)
_SISTERS = {
    characters: re.compile(f"[{characters}]")
    for _, _, sisters in _SCRIPTS
    for characters, _ in sisters
}
_LETTER = re.compile(r"[^\W\d_]")
# A Greek letter in a formula or a unit is no Greek.
_SHORTEST_GREEK = 3


def passages(text: str) -> Iterator[tuple[str, Tongue | None]]:
    """The text in pieces: those in another script with their language, the others with None."""
    end = 0
    for found in _PASSAGES.finditer(text):
        tongue = _tongue(found)
        if tongue is None:
            continue
        if found.start() > end:
            yield text[end : found.start()], None
        yield found[0], tongue
        end = found.end()
    if end < len(text):
        yield text[end:], None


@lru_cache(maxsize=4096)
def tongue_of(text: str) -> Tongue | None:
    """The language of a text all of whose letters are in one other script; else None.

    Of one that is written from the right most letters are enough, for a whole paragraph is set by
    it: a name in Latin letters, in brackets, is the ordinary case there.
    """
    if not _FOREIGN.search(text):
        return None
    letters: dict[Tongue | None, int] = {}
    for piece, tongue in passages(text):
        if count := len(_LETTER.findall(piece)):
            letters[tongue] = letters.get(tongue, 0) + count
    most = max(letters, key=lambda tongue: letters[tongue], default=None)
    if most is None or (len(letters) > 1 and most.direction == "ltr"):
        return None
    return most if 2 * letters[most] >= sum(letters.values()) else None


def tongued(text: str) -> Markup:
    """The text in HTML, each passage in another script in a `span` that names its language."""
    text = str(text)  # where a template names what there is not, this is where Jinja2 says so
    if not _FOREIGN.search(text):
        return escape(text)
    return Markup("").join(
        escape(piece)
        if tongue is None
        else Markup("<span{}>{}</span>").format(tongue.attributes, piece)
        for piece, tongue in passages(text)
    )


def _tongue(found: re.Match[str]) -> Tongue | None:
    _, tongue, sisters = _SCRIPTS[int((found.lastgroup or "s0")[1:])]
    if tongue.lang == "el" and len(found[0]) < _SHORTEST_GREEK:
        return None
    return next(
        (sister for letters, sister in sisters if _SISTERS[letters].search(found[0])), tongue
    )
