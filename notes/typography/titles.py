"""Letters that were typed for a bar in a headline, a byline or a credit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from notes.typography.found import Found

_LETTER = re.compile(r"(?<=[^\W_]|[.)”’])[ \u00a0](?P<bar>[Il])[ \u00a0](?=[^\W_]|[“‘(#])")
# fmt: off
_BEFORE_A_PRONOUN = frozenset({
    "am", "and", "as", "because", "before", "after", "but", "can", "could", "did", "do", "does",
    "had", "have", "here", "how", "if", "is", "like", "may", "might", "must", "nor", "now", "once",
    "or", "shall", "should", "since", "so", "than", "that", "then", "there", "though", "thus",
    "till", "until", "was", "were", "what", "when", "where", "whether", "which", "while", "who",
    "whom", "whose", "why", "will", "would", "yet",
})
_BEFORE_A_NUMERAL = frozenset({
    "act", "annex", "article", "chapter", "class", "grade", "level", "part", "phase", "round",
    "schedule", "stage", "tier", "title", "type", "vol", "volume", "war",
    "albert", "alexander", "baudouin", "carlos", "catherine", "charles", "edward", "elizabeth",
    "francis", "frederick", "george", "henry", "idris", "james", "leopold", "louis", "napoleon",
    "nicholas", "paul", "peter", "pius", "selassie", "wilhelm", "zog",
})
# fmt: on


def letters_for_bars(text: str) -> Iterator[Found]:
    """A capital I or a small l between two parts, where it is neither pronoun nor numeral."""
    for found in _LETTER.finditer(text):
        place = found.start("bar")
        before = text[max(0, place - 20) : place].split()[-1].lower()
        if found["bar"] == "l" and not before[-1].isdigit():
            yield Found(place, place + 1, "a small l for a bar", "|")
        elif (
            found["bar"] == "I"
            and not text[place + 2].islower()
            and before not in _BEFORE_A_PRONOUN | _BEFORE_A_NUMERAL
        ):
            yield Found(place, place + 1, "a capital I for a bar", "|")
