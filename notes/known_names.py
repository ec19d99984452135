"""The names that the newsroom knows: people as the registry has them, and countries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django_countries import countries

from notes.models import Person
from notes.spellings import names_in, sound


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Each person's own name and then their other spellings; the countries' names."""

    people: tuple[tuple[str, ...], ...] = ()
    countries: tuple[str, ...] = ()


def known_names() -> KnownNames:
    """As they are now."""
    return KnownNames(
        people=tuple(
            (person.name, *(alias.name for alias in person.aliases.all()))
            for person in Person.objects.prefetch_related("aliases")
        ),
        countries=tuple(str(name) for _, name in countries),
    )


@lru_cache(maxsize=4)
def registered(people: tuple[tuple[str, ...], ...]) -> dict[str, str]:
    """The canonical spelling for what each spelling of two words or more sounds like."""
    found: dict[str, str] = {}
    # Own names first: one person's alias may be another's own name.
    for spellings in (*((own, own) for own, *_ in people), *people):
        canonical, *others = spellings
        for spelling in others:
            if " " in spelling:
                found.setdefault(sound(spelling), canonical)
    return found


@lru_cache(maxsize=4)
def words_of_countries(names: tuple[str, ...]) -> dict[str, str]:
    """The words of the countries' names by what they sound like: `filipines` to `Philippines`."""
    return {
        sound(name.word): name.word for country in names for name in names_in(country, is_name=True)
    }


_WORD = r"[^\W\d_a-z][^\W\d_]+(?:['’-][^\W\d_]+)*+"
_FULL_NAME = re.compile(rf"(?<![\w.-]){_WORD}(?: (?:{_WORD}|[A-Z]\b\.?)){{1,3}}(?![\w-])")


def full_names(text: str) -> Iterator[str]:
    """Two to four capitalised words in a row, and what is left without those at its beginning."""
    for found in _FULL_NAME.finditer(text):
        words = re.sub(r"['’]s?\Z", "", found[0]).split(" ")
        for first in range(len(words) - 1):
            for end in range(first + 2, len(words) + 1):
                yield " ".join(words[first:end])
