"""One name in two spellings: with and without its accents, its points, its doubled letters.

Nobody knows from the letters alone whether two spellings are one name, so this is strict about
what it compares: names alone, never the words of the language, and a first name only where the
same family name follows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from notes.names import name_key, without_accents

# Shorter words collide with others once they are simplified.
_SHORTEST_BY_SOUND = 6
_SHORTEST_BY_ACCENT = 4

_CAPITALISED = re.compile(r"(?<![\w.@/#-])[^\W\d_a-z][^\W\d_]*+(?:['’][^\W\d_]++)*+")
# What may stand between the words of one name.
_WITHIN_A_NAME = re.compile(
    r" (?:(?:al|bin|da|de|del|der|di|du|el|ibn|la|van|von) )*+|-(?:al-)?|\."
)
_BEGINS_A_SENTENCE = re.compile(r"(?:^|[.!?:•]['\"”’)\]]*\s)[\s\"'“‘(\[]*\Z|[“\"‘]\Z")
_POSSESSIVE = re.compile(r"['’]s?\Z")
# Capitals that stand before a word as initials would: the US President is no U. S. President.
_NO_INITIALS = frozenset({"us", "uk", "un", "eu", "uae", "usa", "ai", "g", "pm", "mp", "dr", "mr"})
_INITIALS = re.compile(
    r"(?<![\w.@/-])(?:"
    r"(?P<before>(?:[A-Z]\.? ?){0,2}[A-Z](?:\. ?| ))(?P<name>[A-Z][^\W\d_A-Z]{2,})"
    # A and I are words, too: “… said Narendra. A year later …”
    r"|(?P<first>[A-Z][^\W\d_A-Z]{2,})\.? (?P<after>[B-HJ-Z](?:\.? ?[B-HJ-Z])?)"
    r"(?![\w’']|\.? ?[A-Z]))"
)


@dataclass(frozen=True, slots=True)
class Name:
    """A capitalised word in a text.

    `following` is the rest of the name after it (`Peña` for José), empty at its end. It `is_sure`
    to be a name where it does not merely begin a sentence.
    """

    word: str
    following: str
    is_sure: bool


def names_in(text: str, *, is_name: bool = False) -> Iterator[Name]:
    """The capitalised words of a passage; all are sure if the passage `is_name` as a whole."""
    text = unicodedata.normalize("NFC", text)
    words = [found for found in _CAPITALISED.finditer(text) if found[0][0].isupper()]
    for place, found in enumerate(words):
        word = _POSSESSIVE.sub("", found[0])
        following = ""
        if word == found[0] and place + 1 < len(words):
            between = text[found.end() : words[place + 1].start()]
            if _WITHIN_A_NAME.fullmatch(between):
                following = _POSSESSIVE.sub("", words[place + 1][0])
        opening = text[max(0, found.start() - 8) : found.start()]
        is_sure = is_name or not (
            found.start() == 0 or _BEGINS_A_SENTENCE.search(opening) is not None
        )
        yield Name(word, following, is_sure)


def two_spellings(names: Iterable[Name]) -> Iterator[tuple[str, str]]:
    """Pairs of words that look like one name spelt in two ways, as they came.

    They differ in accents (`Goïta`, `Goita`), or in what is lost between scripts (`Anandhan`,
    `Anandan`); the latter only among names of six letters and more.
    """
    spelt: dict[tuple[str, str], dict[str, bool]] = {}
    for name in names:
        if len(name.word) < _SHORTEST_BY_ACCENT or name.word.isupper():
            continue
        group = spelt.setdefault((sound(name.word), sound(name.following)), {})
        group[name.word] = group.get(name.word, False) or name.is_sure
    told: set[frozenset[str]] = set()
    for group in spelt.values():
        for (one, one_is_sure), (other, other_is_sure) in combinations(group.items(), 2):
            differs_by_accent = name_key(one) == name_key(other)
            is_long = min(len(one), len(other)) >= _SHORTEST_BY_SOUND
            pair = frozenset({one, other})
            if pair not in told and (
                differs_by_accent or (one_is_sure and other_is_sure and is_long)
            ):
                told.add(pair)
                yield one, other


def with_initials(text: str) -> Iterator[tuple[str, str]]:
    """Names with initials, each with what its spellings share: `Santhiya. M` and `santhiya m`."""
    for found in _INITIALS.finditer(unicodedata.normalize("NFC", text)):
        initials = name_key(found["before"] or found["after"]).replace(" ", "")
        if initials in _NO_INITIALS:
            continue
        name = name_key(found["name"] or found["first"])
        key = f"{initials} {name}" if found["name"] else f"{name} {initials}"
        yield " ".join(found[0].split()), key


_SAME_SOUND = (
    (re.compile(r"(?<=[bdgkt])h+"), ""),
    (re.compile("ee"), "i"),
    (re.compile("oo"), "u"),
    (re.compile(r"(.)\1+"), r"\1"),
)


def sound(word: str) -> str:
    """What spellings of a name share that came from another script.

    >>> sound("Madhusudhan") == sound("Madhusudan")
    True
    """
    plain = without_accents(unicodedata.normalize("NFKD", word)).casefold()
    for pattern, letters in _SAME_SOUND:
        plain = pattern.sub(letters, plain)
    return plain
