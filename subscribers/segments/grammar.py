"""Reading a sentence: clauses between commas, each of which may begin with `not`.

Case and spaces mean nothing; a comma in quotation marks belongs to a name. What is not understood
is refused in one sentence, with what there is instead.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from subscribers.errors import SegmentError
from subscribers.models import Segment
from subscribers.segments.conditions import CLAUSES, Clause
from subscribers.segments.naming import QUOTES, publication_in, region_in
from subscribers.segments.rule import Part, Rule

# Words are taken for others that are meant from this likeness on (1 is the same).
ALIKE = 0.7
# As long as what is kept of one.
LONGEST: int = Segment._meta.get_field("sentence").max_length or 0


def parse(sentence: str) -> Rule:
    """The rule that a sentence means; an empty one means everybody.

    Raises:
        SegmentError: if it can't be understood, with the words that can't and what there is.
    """
    words = " ".join(sentence.split())
    if not words.isprintable():
        raise SegmentError("There is a sign in it that can't be seen; type it anew.")
    if "@" in words:
        # Sentences stand in addresses of pages, in the record and in reports.
        raise SegmentError(
            "A segment is about many, so no address can be in it; single readers are found in the "
            "list of readers."
        )
    if len(words) > LONGEST:
        raise SegmentError(f"It has {len(words):,} characters; at most {LONGEST} can be kept.")
    # In the order in which they are written, each once.
    rule = Rule(tuple(dict.fromkeys(_part(clause) for clause in _clauses(words))))
    if len(rule.sentence) > LONGEST:
        raise SegmentError(
            f"Written out it has {len(rule.sentence):,} characters; at most {LONGEST} can be kept."
        )
    return rule


def _clauses(words: str) -> list[str]:
    """What stands between the commas, with straight quotation marks; nothing empty."""
    pieces = re.split(f"[{QUOTES}]", words)
    if len(pieces) % 2 == 0:
        raise SegmentError(f"A quotation mark is not closed: “{pieces[-1].strip()}”.")
    # A line break can't be in the words, so it stands for the commas between clauses.
    outside = [
        piece if place % 2 else piece.replace(",", "\n") for place, piece in enumerate(pieces)
    ]
    clauses = (clause.strip() for clause in '"'.join(outside).split("\n"))
    return [clause for clause in clauses if clause]


def _part(words: str) -> Part:
    negated, rest = False, words
    while found := re.match(r"not\b\s*", rest, re.IGNORECASE | re.ASCII):
        negated, rest = not negated, rest[found.end() :]
    for opening, clause, inverse in _OPENINGS:
        pattern = rf'{opening.replace(" ", " +")}(?=[ "]|$)'
        if found := re.match(pattern, rest, re.IGNORECASE | re.ASCII):
            value = clause.read(rest[found.end() :].strip())
            return Part(clause, value, negated is not inverse)
    raise SegmentError(_not_understood(words, rest))


# What people write for it, besides what the table has.
_ALSO = {
    "regions": "region",
    "get": "gets",
    "do not get": "does not get",
    "doesn't get": "does not get",
}
_WRITTEN = {
    **{clause.opening: (clause, False) for clause in CLAUSES},
    **{clause.inverse: (clause, True) for clause in CLAUSES if clause.inverse},
}
# The longest first: what begins alike is told apart.
_OPENINGS: list[tuple[str, Clause, bool]] = sorted(
    ((opening, *_WRITTEN[_ALSO.get(opening, opening)]) for opening in (*_WRITTEN, *_ALSO)),
    key=lambda opening: -len(opening[0]),
)


def _not_understood(words: str, rest: str) -> str:
    hint = _closest(rest)
    there_is = ", ".join(clause.examples[0] for clause in CLAUSES)
    return (
        f"“{words}” is not understood{f'; perhaps “{hint}” is meant' if hint else ''}; "
        f"there is: {there_is}; each also with “not” before it, and commas between them."
    )


def _closest(words: str) -> str:
    """What these words may be meant for; empty if that can't be said."""
    if name := region_in(words):
        return f"region {name}"
    if name := publication_in(words):
        return f"gets {name}"
    parts = words.split(" ")
    # As many words as an opening may have; the most alike of all counts.
    close = [
        (SequenceMatcher(None, opening, first).ratio(), opening, count)
        for count in range(1, min(3, len(parts)) + 1)
        if (first := " ".join(parts[:count]).lower())
        for opening in _WRITTEN
    ]
    likeness, opening, count = max(close)
    return " ".join([opening, *parts[count:]]) if likeness > ALIKE else ""
