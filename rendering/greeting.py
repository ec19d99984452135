"""By which name a mail may greet somebody who has not yet said that the name is theirs.

Anybody can type anything into a form and have it mailed to anybody. So only what looks like a
person's name is printed: a greeting is no place for an advertisement.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_GREETED = 60
_MOST_WORDS = 6
_SIGNS = frozenset(" '’-.,·")
# Joins letters in Persian and in the scripts of India.
_JOINERS = frozenset("\u200c\u200d")
# What a mail program makes a link of by itself: `evil.example`, but not `J.R. Smith`.
_LIKE_A_HOST = re.compile(r"[^\W_]{2,}\.[^\W\d_]{2,}|\bwww\b", re.IGNORECASE)


def greeting_name(name: str) -> str:
    """The name in one line, if it is fit to be printed; else nothing.

    Letters of any script and what stands between the parts of a name are; digits, signs, marks
    that turn the direction of writing and everything like a web address are not.
    """
    words = " ".join(name.split())
    fit = (
        0 < len(words) <= LONGEST_GREETED
        and len(words.split()) <= _MOST_WORDS
        and all(_is_of_a_name(character) for character in words)
        and any(character.isalpha() for character in words)
        and not _LIKE_A_HOST.search(words)
    )
    return words if fit else ""


def _is_of_a_name(character: str) -> bool:
    return (
        unicodedata.category(character)[0] in "LM" or character in _SIGNS or character in _JOINERS
    )
