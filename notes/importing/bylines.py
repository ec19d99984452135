"""Reads who wrote a note from the line that says so."""

from __future__ import annotations

import re

from notes.importing.parsed import ParsedAuthor
from notes.names import name_key

LONGEST_BYLINE = 200
_BETWEEN_AUTHORS = re.compile(r"\s*[,;&]\s*(?:and\s+)?|\s+and\s+", re.IGNORECASE)
_BY = re.compile(r"(?:by|authors?\s*:|written by)\s+(?P<names>\S.*)", re.IGNORECASE)
# Small words inside of names, which no other title begins or ends with.
_PARTICLES = {"al", "bin", "binti", "da", "de", "del", "der", "di", "dos", "el", "ibn", "la", "van"}
_PARTICLES |= {"von", "y", "ul", "ur", "le", "den", "ter", "ten", "zu"}
_MOST_WORDS = 5


def authors_named_in(byline: str) -> list[ParsedAuthor]:
    """The authors in the order of a byline; `Name | what is said` gives what is said of each.

    >>> [author.name for author in authors_named_in("By Ann Author and Bo Writer")]
    ['Ann Author', 'Bo Writer']
    """
    line, _, said = (part.strip() for part in byline.partition("|"))
    names = _BETWEEN_AUTHORS.split(line.removeprefix("By "))
    authors = []
    for name in (name.strip() for name in names if name_key(name)):
        is_biography = name_key(said).startswith(f"{name_key(name)} ")
        authors.append(
            ParsedAuthor(
                name=name,
                affiliation="" if is_biography else said,
                biography=said if is_biography else "",
            )
        )
    return authors


def names_behind_by(line: str) -> str:
    """`Ann Author` for `By Ann Author`; empty for a line that does not begin like that.

    >>> names_behind_by("By all means"), names_behind_by("Author: Ann Author")
    ('', 'Ann Author')
    """
    found = _BY.fullmatch(line)
    return found["names"] if found and looks_like_names(found["names"], fewest=1) else ""


def looks_like_names(line: str, *, fewest: int = 2) -> bool:
    """Whether a line could be a byline: some names of `fewest` words or more, and nothing else.

    >>> looks_like_names("Ann Author and Bo van der Writer")
    True
    >>> looks_like_names("A road across the desert")
    False
    """
    if len(line) > LONGEST_BYLINE or line.endswith((":", "?", "!")):
        return False
    names = _BETWEEN_AUTHORS.split(line.partition("|")[0].strip())
    return all(_looks_like_a_name(name.split(), fewest) for name in names)


def _looks_like_a_name(words: list[str], fewest: int) -> bool:
    return fewest <= len(words) <= _MOST_WORDS and all(
        word.lower() in _PARTICLES or _begins_large(word) for word in words
    )


def _begins_large(word: str) -> bool:
    """Whether it begins with a capital letter, or with one of a script that has none."""
    return word[0].isalpha() and not word[0].islower()
