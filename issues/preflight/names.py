"""One name in two spellings, among the words of an issue and against the registry of people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from issues.preflight.facts import IssueRendering
from issues.preflight.findings import Finding, Level
from issues.preflight.words import Passage, passages
from notes.spellings import Name, names_in, sound, two_spellings, with_initials

# Other people's titles are spelt as they are.
_NOT_OURS = frozenset({"source"})
_NAMES = frozenset({"author", "credit"})
_LONGEST_NAME_ALONE = 60


def _two_spellings(issue: IssueRendering) -> Iterator[Finding]:
    stand: dict[str, Passage] = {}
    found: list[Name] = []
    initials: dict[str, dict[str, Passage]] = {}
    for passage in passages(issue):
        if passage.kind in _NOT_OURS:
            continue
        is_name = passage.kind in _NAMES and len(passage.text) <= _LONGEST_NAME_ALONE
        for name in names_in(passage.text, is_name=is_name):
            stand.setdefault(name.word, passage)
            found.append(name)
        for spelling, key in with_initials(passage.text):
            initials.setdefault(key, {}).setdefault(spelling, passage)
    for one, other in two_spellings(found):
        yield _finding(one, other, stand[other])
    for spellings in initials.values():
        first, *others = spellings.items()
        for other, passage in others:
            yield _finding(first[0], other, passage)


def _finding(one: str, other: str, passage: Passage) -> Finding:
    return Finding(
        "name-two-spellings",
        Level.WARNING,
        passage.place,
        f"“{one}” and “{other}” look like one name in two spellings; if they are, write it one "
        "way.",
        passage.fix,
    )


def _not_as_registered(issue: IssueRendering) -> Iterator[Finding]:
    """Full names that stand otherwise than in the registry: as an alias there, or not at all."""
    registered = _registered(issue.names)
    if not registered:
        return
    told = {own for own, *_ in issue.names}
    for passage in passages(issue):
        if passage.kind in _NOT_OURS:
            continue
        for spelling in _full_names(passage.text):
            canonical = registered.get(sound(spelling))
            if canonical and spelling not in told:
                told.add(spelling)
                yield Finding(
                    "name-not-as-registered",
                    Level.HINT,
                    passage.place,
                    f"“{spelling}” stands in the registry as “{canonical}”; write it so, or enter "
                    "another person.",
                    passage.fix,
                )


@lru_cache(maxsize=4)
def _registered(names: tuple[tuple[str, ...], ...]) -> dict[str, str]:
    """The canonical spelling for what each spelling of two words or more sounds like."""
    registered: dict[str, str] = {}
    # Own names first: one person's alias may be another's own name.
    for spellings in (*((own, own) for own, *_ in names), *names):
        canonical, *others = spellings
        for spelling in others:
            if " " in spelling:
                registered.setdefault(sound(spelling), canonical)
    return registered


_WORD = r"[^\W\d_a-z][^\W\d_]+(?:['’-][^\W\d_]+)*+"
_FULL_NAME = re.compile(rf"(?<![\w.-]){_WORD}(?: (?:{_WORD}|[A-Z]\b\.?)){{1,3}}(?![\w-])")


def _full_names(text: str) -> Iterator[str]:
    """Two to four capitalised words in a row, and what is left without those at its beginning."""
    for found in _FULL_NAME.finditer(text):
        words = re.sub(r"['’]s?\Z", "", found[0]).split(" ")
        for first in range(len(words) - 1):
            for end in range(first + 2, len(words) + 1):
                yield " ".join(words[first:end])


CHECKS = (_two_spellings, _not_as_registered)
