"""One name in two spellings, among the words of an issue and against the registry of people."""

from __future__ import annotations

from collections.abc import Iterator

from issues.preflight.facts import IssueRendering
from issues.preflight.findings import Finding, Level
from issues.preflight.words import Passage, passages
from notes.known_names import full_names, registered
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
    known = registered(issue.names)
    if not known:
        return
    told = {own for own, *_ in issue.names}
    for passage in passages(issue):
        if passage.kind in _NOT_OURS:
            continue
        for spelling in full_names(passage.text):
            canonical = known.get(sound(spelling))
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


CHECKS = (_two_spellings, _not_as_registered)
