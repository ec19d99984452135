"""Words typed twice, hyphens for dashes, and characters that nobody sees."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from notes.typography.found import Found

_WORD_TWICE = re.compile(
    r"(?<![\w'’/-])(?P<word>[A-Za-z]{1,20}+)(?P<again>\s{1,4}+(?P=word))(?![\w'’/-])",
    re.IGNORECASE,
)
# These stand twice in good sentences.
# fmt: off
_MAY_STAND_TWICE = frozenset({
    "blah", "bye", "cha", "chop", "did", "do", "does", "far", "go", "ha", "had", "hear", "her",
    "is", "knock", "long", "many", "more", "much", "no", "now", "please", "really", "so", "that",
    "there", "tut", "very", "win", "yes",
})
# fmt: on
_HYPHEN = re.compile(r"(?<=[^\s\-–—])[ \u00a0]--?[ \u00a0](?=[^\s-])")
_UNSEEN = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_JOINERS = frozenset("\u200c\u200d")
_DIRECTIONS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
# Combining marks are no `\w`, so this is said by what a word ends at.
_WORD = re.compile(r"[^\s.,;:!?()\[\]\"“”‘’]+")


def doubled_words(text: str) -> Iterator[Found]:
    """Words typed twice. Names may be double: Gul Hassan Hassan."""
    for found in _WORD_TWICE.finditer(text):
        again = found["again"].lstrip()
        if again[0].islower() and again not in _MAY_STAND_TWICE:
            yield Found(*found.span("again"), "a doubled word", "")


def hyphens_for_dashes(text: str) -> Iterator[Found]:
    """Hyphens with a space on either side, but between numbers."""
    for found in _HYPHEN.finditer(text):
        if not (text[found.start() - 1].isdigit() and text[found.end()].isdigit()):
            yield Found(found.start() + 1, found.end() - 1, "a hyphen for a dash", "–")


def invisible_characters(text: str) -> Iterator[Found]:
    """Characters without width and marks of direction, where no script needs them."""
    if _UNSEEN.search(text) is None:
        return
    has_right_to_left = any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in text)
    for found in _UNSEEN.finditer(text):
        beside = (
            text[max(0, found.start() - 1) : found.start()] + text[found.end() : found.end() + 1]
        )
        is_needed = (found[0] in _DIRECTIONS and has_right_to_left) or (
            # Persian, Hindi and emoji are written with joiners; Latin letters are not.
            found[0] in _JOINERS and not beside.isascii()
        )
        if not is_needed:
            name = f"an invisible character (U+{ord(found[0]):04X})"
            yield Found(found.start(), found.end(), name, "")


def uncomposed(text: str) -> Iterator[Found]:
    """Words not in Unicode's normal form C: a search for what they look like misses them."""
    if unicodedata.is_normalized("NFC", text):
        return
    for word in _WORD.finditer(text):
        composed = unicodedata.normalize("NFC", word[0])
        # What gets longer is a letter (like Hindi's QA) that keyboards type in one character and
        # the normal form takes apart.
        if composed != word[0] and len(composed) <= len(word[0]):
            yield Found(
                word.start(), word.end(), "an accent that is a character of its own", composed
            )
