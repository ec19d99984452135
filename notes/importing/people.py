"""Finds the people whom a byline names, in any of their spellings, and makes those not known.

What a file says about an author stands with the note alone until the note is approved
(`notes.biographies`): a draft must not change what other notes print.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from notes.importing.parsed import ParsedAuthor
from notes.models import NoteAuthor, Person
from notes.names import name_key

# `Madhusudan` and `Madhusudhan` are 0.95 alike.
_ALIKE = 0.88


def byline_for(authors: Sequence[ParsedAuthor]) -> tuple[list[NoteAuthor], list[str]]:
    """The byline in the file's order, each person once, and what a person should look at."""
    byline: list[NoteAuthor] = []
    warnings: list[str] = []
    for author in authors:
        person = Person.objects.named(author.name)
        if person is None:
            warnings += _alike(author.name)
            person = Person.objects.create(name=author.name)
        if any(entry.person == person for entry in byline):
            warnings.append(f"{author.name} is {person.name}, who is in the byline already")
            continue
        byline.append(
            NoteAuthor(
                person=person,
                affiliation=author.affiliation,
                biography=author.biography,
                sort_order=len(byline),
            )
        )
    return byline, warnings


def _alike(name: str) -> list[str]:
    names = dict(Person.objects.values_list("key", "name"))
    close = get_close_matches(name_key(name), names, n=1, cutoff=_ALIKE)
    return [f"{name} is a new author; is it {names[close[0]]}, spelt otherwise?"] if close else []
