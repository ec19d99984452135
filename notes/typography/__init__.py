"""Slips of the keyboard in a passage, each with what was probably meant.

They are only ever reported: nobody's words are changed without a person's wish. The time taken
grows with the length of the text and with nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from notes.typography import mojibake, quotation, signs, stops, titles
from notes.typography.found import Found

_MOST_AROUND = 40


@dataclass(frozen=True, slots=True)
class Slip:
    """Something odd between `start` and `end`.

    `saying` goes into a sentence after “has”: `a doubled full stop`. `before`, the odd characters
    and `after` are the words that a person finds it by. `suggestion` is what belongs between
    `start` and `end`; None where only the author knows.
    """

    code: str
    start: int
    end: int
    saying: str
    before: str
    odd: str
    after: str
    suggestion: str | None

    @property
    def excerpt(self) -> str:
        """The words that it stands in, as they are: `Second,Mali’s`."""
        return self.before + self.odd + self.after

    @property
    def mended(self) -> str:
        """The same words with the suggestion; empty without one."""
        return "" if self.suggestion is None else self.before + self.suggestion + self.after


def slips(text: str, *, is_title: bool = False) -> Iterator[Slip]:
    """What looks odd in a passage, in its order; no two overlap.

    Args:
        text: a paragraph, a heading, a cell of a table.
        is_title: whether it is a headline, a byline or a credit, in which a single letter may
            have been typed for a bar.
    """
    rules = chain(_RULES.items(), _IN_TITLES.items() if is_title else ())
    found = [(one, code) for code, rule in rules for one in rule(text)]
    found.sort(key=lambda one: (one[0].start, -one[0].end))
    place = 0
    for (start, end, saying, suggestion), code in found:
        if start >= place:
            place = end
            before, after = _around(text, start, end)
            yield Slip(code, start, end, saying, before, text[start:end], after, suggestion)


def mended(text: str, slip: Slip) -> str:
    """The text as the slip suggests it; as it is where the slip suggests nothing."""
    if slip.suggestion is None:
        return text
    return text[: slip.start] + slip.suggestion + text[slip.end :]


_LAST_WORD = re.compile(r"(?<!\S)\S*\s?\Z")
_FIRST_WORD = re.compile(r"\s?\S*")


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    """The rest of the word on either side, or the next word where no rest is."""
    before = text[max(0, start - _MOST_AROUND) : start]
    after = text[end : end + _MOST_AROUND]
    left, right = _LAST_WORD.search(before), _FIRST_WORD.match(after)
    return left[0] if left else "", right[0] if right else ""


_Rule = Callable[[str], Iterator[Found]]
# Of two that overlap, the one that begins first or is longer speaks; of equals, the first here.
_RULES: dict[str, _Rule] = {
    "mojibake": mojibake.misread,
    "doubled-stop": stops.doubled_stops,
    "missing-space": stops.missing_spaces,
    "doubled-space": stops.doubled_spaces,
    "space-before-stop": stops.spaces_before_stops,
    "doubled-word": signs.doubled_words,
    "unbalanced": quotation.unbalanced,
    "hyphen-for-dash": signs.hyphens_for_dashes,
    "invisible-character": signs.invisible_characters,
    "uncomposed": signs.uncomposed,
}
_IN_TITLES: dict[str, _Rule] = {"letter-for-bar": titles.letters_for_bars}
