"""Finds the people whom a byline names, in any of their spellings, and makes those not known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches

from notes.importing.parsed import ParsedAuthor
from notes.models import Biography, Person, name_key

# `Madhusudan` and `Madhusudhan` are 0.95 alike.
_ALIKE = 0.88


def people_for(authors: Sequence[ParsedAuthor], day: date) -> tuple[list[Person], list[str]]:
    """The people in the byline's order, each once, and what a person should look at.

    Args:
        authors: the authors as the file gives them.
        day: the note's date; a biography that is new is valid from then on.
    """
    people: list[Person] = []
    warnings: list[str] = []
    for author in authors:
        person = Person.objects.named(author.name)
        if person is None:
            warnings += _alike(author.name)
            person = Person.objects.create(name=author.name)
        if person in people:
            warnings.append(f"{author.name} is {person.name}, who is in the byline already")
            continue
        people.append(person)
        warnings += _keep_biography(person, author, day)
    return people, warnings


def _alike(name: str) -> list[str]:
    names = dict(Person.objects.values_list("key", "name"))
    close = get_close_matches(name_key(name), names, n=1, cutoff=_ALIKE)
    return [f"{name} is a new author; is it {names[close[0]]}, spelt otherwise?"] if close else []


def _keep_biography(person: Person, author: ParsedAuthor, day: date) -> list[str]:
    """Add a dated biography where the file says something new about a person."""
    if not author.biography and not author.affiliation:
        return []
    known = person.biography_on(day)
    if known is not None:
        if (known.text, known.affiliation) == (author.biography, author.affiliation):
            return []
        if day <= known.valid_from:
            return [
                f"what the file says about {person.name} differs from the biography of "
                f"{known.valid_from}, which was kept; edit it at the desk"
            ]
    Biography.objects.create(
        person=person, valid_from=day, text=author.biography, affiliation=author.affiliation
    )
    return []
