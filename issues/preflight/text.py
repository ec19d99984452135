"""What is odd in the words: slips of the keyboard, two kinds of quotation marks, misspelt words."""

from __future__ import annotations

from collections.abc import Iterator

from issues.preflight import house_style, names, typed
from issues.preflight.facts import IssueRendering
from issues.preflight.findings import Finding, Level
from issues.preflight.spelling import words_of
from issues.preflight.texts import texts
from issues.preflight.words import Passage, passages
from notes.typography import Slip, slips
from notes.typography.quotation import mixtures

_MOST_WORDS = 8
_TITLES = frozenset({"headline", "author", "credit"})

# How bad each slip is, and what to do where it is not seen from the mended words.
_SLIPS: dict[str, tuple[Level, str]] = {
    "mojibake": (Level.WARNING, ""),
    "doubled-stop": (Level.WARNING, ""),
    "missing-space": (Level.WARNING, ""),
    "doubled-space": (Level.WARNING, "leave one"),
    "space-before-stop": (Level.WARNING, ""),
    "doubled-word": (Level.WARNING, ""),
    "letter-for-bar": (Level.HINT, ""),
    "unbalanced": (Level.HINT, "close it, or delete it"),
    "hyphen-for-dash": (Level.HINT, ""),
    "invisible-character": (Level.HINT, "delete it"),
    "uncomposed": (Level.HINT, "type the word again"),
}
# The title of somebody else's piece is printed as they print it.
_IN_SOURCES = frozenset({"mojibake", "doubled-space", "invisible-character", "uncomposed"})


def _slips(issue: IssueRendering) -> Iterator[Finding]:
    for passage in passages(issue):
        found: dict[str, list[Slip]] = {}
        for slip in slips(passage.text, is_title=passage.kind in _TITLES):
            if passage.kind != "source" or slip.code in _IN_SOURCES:
                found.setdefault(slip.code, []).append(slip)
        for code, alike in found.items():
            yield _finding(code, alike, passage)


def _finding(code: str, alike: list[Slip], passage: Passage) -> Finding:
    level, advice = _SLIPS[code]
    first = alike[0]
    advice = advice or (f"write “{first.mended}”" if first.mended else "type it again")
    sentence = f"“{first.excerpt}” has {first.saying}; {advice}."
    if len(alike) > 1:
        others = len(alike) - 1
        sentence += f" There {'is one' if others == 1 else f'are {others}'} more like it here."
    return Finding(code, level, passage.place, sentence, passage.fix)


def _mixed_quotes(issue: IssueRendering) -> Iterator[Finding]:
    for place, fix, passages_there in texts(issue):
        ours = (one.text for one in passages_there if one.kind not in {"source", "credit"})
        for mixed in mixtures(ours):
            yield Finding(
                "mixed-quotes",
                Level.HINT,
                place,
                f"There are straight {mixed.marks} in “{mixed.straight}” and curly ones in "
                f"“{mixed.curly}”; choose one kind.",
                fix,
            )


def _misspelt(issue: IssueRendering) -> Iterator[Finding]:
    if not issue.misspelt:
        return
    for place, fix, passages_there in texts(issue):
        words = (word for passage in passages_there for word in words_of(passage))
        unknown = list(dict.fromkeys(word for word in words if word in issue.misspelt))
        if not unknown:
            continue
        named = ", ".join(f"“{word}”" for word in unknown[:_MOST_WORDS])
        more = len(unknown) - _MOST_WORDS
        yield Finding(
            "misspelt",
            Level.HINT,
            place,
            f"The dictionary does not know {named}{f' and {more} more' if more > 0 else ''}; "
            "look at the spelling.",
            fix,
        )


CHECKS = (
    _slips,
    _mixed_quotes,
    *names.CHECKS,
    *house_style.CHECKS,
    *typed.CHECKS,
    _misspelt,
)
