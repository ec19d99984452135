"""What looks like a slip in one note, each with what was probably meant.

The same rules as preflight's, for a note that is still being written. They are only ever told:
`notes.mending` changes what a person wishes, and nothing else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from notes.known_names import KnownNames, full_names, registered, words_of_countries
from notes.models import Note
from notes.names import name_key
from notes.spellings import names_in, sound, two_spellings, with_initials
from notes.texts import Text, texts
from notes.typography import slips
from notes.typography.quotation import mixtures, straight_marks

_TITLES = frozenset({"headline", "credit"})
# The title of somebody else's piece is printed as they print it.
_IN_SOURCES = frozenset({"mojibake", "doubled-space", "invisible-character", "uncomposed"})
_SHORTEST_BY_SOUND = 6
_AROUND = 24

# What is said of all findings of one kind together.
KINDS = {
    "mojibake": "text read in a wrong encoding",
    "doubled-stop": "stops typed twice",
    "missing-space": "missing spaces",
    "doubled-space": "runs of spaces",
    "space-before-stop": "spaces before a stop",
    "doubled-word": "words typed twice",
    "letter-for-bar": "letters typed for a bar",
    "unbalanced": "marks without their pair",
    "hyphen-for-dash": "hyphens for dashes",
    "invisible-character": "invisible characters",
    "uncomposed": "accents that are characters of their own",
    "mixed-quotes": "straight marks among curly ones",
    "name-two-spellings": "one name in two spellings",
    "name-not-as-registered": "names not as they are registered",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd in one text of a note, between `start` and `end` of its words.

    `saying` is a sentence without its stop. `suggestion` is what belongs in place of `odd`; None
    where only the author knows.
    """

    code: str
    text: Text
    start: int
    end: int
    saying: str
    suggestion: str | None

    @property
    def odd(self) -> str:
        return self.text.words[self.start : self.end]

    @property
    def was(self) -> str:
        """The odd characters with the rest of the words that they stand in: `Second,Mali`."""
        return self._left + self.odd + self._right

    @property
    def becomes(self) -> str:
        """Likewise as they were meant."""
        return self._left + (self.suggestion or "") + self._right

    @property
    def before(self) -> str:
        """Some words before those, for a person to find them by; likewise `after`."""
        words = self.text.words[: self.start - len(self._left)]
        return words if len(words) <= _AROUND else f"…{words[-_AROUND:]}"

    @property
    def after(self) -> str:
        words = self.text.words[self.end + len(self._right) :]
        return words if len(words) <= _AROUND else f"{words[:_AROUND]}…"

    @property
    def _left(self) -> str:
        return self.text.words[max(0, self.start - _AROUND) : self.start].rpartition(" ")[2]

    @property
    def _right(self) -> str:
        return self.text.words[self.end : self.end + _AROUND].partition(" ")[0]

    @property
    def mark(self) -> str:
        """Tells it from every other finding, and from itself once the words around it change."""
        told = (self.code, self.text.key, self.start, self.before, self.was, self.after)
        return hashlib.sha256(repr((*told, self.suggestion)).encode()).hexdigest()[:24]


def findings(note: Note, known: KnownNames) -> list[Finding]:
    """All of a note in memory, in the order of reading; no two of one text overlap.

    Args:
        note: as a form or a revision holds it.
        known: the names that it is compared with.
    """
    read = list(texts(note))
    place = {text.key: number for number, text in enumerate(read)}
    ours = [text for text in read if text.kind != "source"]
    found = sorted(
        chain(_slips(read), _mixed_quotes(ours), _names(ours, known)),
        key=lambda one: (place[one.text.key], one.start, -one.end),
    )
    return list(_apart(found))


def _apart(found: Iterable[Finding]) -> Iterator[Finding]:
    """Of those that overlap, the one that begins first or is longer speaks."""
    key, end = "", 0
    for one in found:
        if one.text.key != key:
            key, end = one.text.key, 0
        if one.start >= end:
            end = one.end
            yield one


def _slips(read: list[Text]) -> Iterator[Finding]:
    for text in read:
        for slip in slips(text.words, is_title=text.kind in _TITLES):
            if text.kind != "source" or slip.code in _IN_SOURCES:
                saying = f"{slip.saying[0].upper()}{slip.saying[1:]}"
                yield Finding(slip.code, text, slip.start, slip.end, saying, slip.suggestion)


def _mixed_quotes(ours: list[Text]) -> Iterator[Finding]:
    mixed = {one.marks for one in mixtures(text.words for text in ours)}
    for text in ours:
        for mark in straight_marks(text.words):
            kind = "quotation marks" if text.words[mark.start] == '"' else "apostrophes"
            if kind in mixed:
                saying = "A straight mark, where others in this note are curly"
                yield Finding("mixed-quotes", text, mark.start, mark.end, saying, mark.suggestion)


def _names(ours: list[Text], known: KnownNames) -> Iterator[Finding]:
    for code, saying, odd, meant in chain(
        _not_as_registered(ours, known), _not_as_countries(ours, known), _in_two_spellings(ours)
    ):
        for text in ours:
            for start in _places(text.words, odd):
                yield Finding(code, text, start, start + len(odd), saying, meant)


# A code, what is said, the odd name, and the name as it was meant.
_Named = tuple[str, str, str, str]


def _not_as_registered(ours: list[Text], known: KnownNames) -> Iterator[_Named]:
    canonical = registered(known.people)
    told = {own for own, *_ in known.people}
    for text in ours:
        for name in full_names(text.words):
            meant = canonical.get(sound(name))
            if meant and name not in told:
                told.add(name)
                saying = f"In the registry of people this is “{meant}”"
                yield "name-not-as-registered", saying, name, meant


def _not_as_countries(ours: list[Text], known: KnownNames) -> Iterator[_Named]:
    countries = words_of_countries(known.countries)
    told = set(countries.values())
    for text in ours:
        for name in names_in(text.words):
            meant = countries.get(sound(name.word))
            if meant is None or name.word in told or name.word.isupper():
                continue
            is_by_sound = name.is_sure and len(name.word) >= _SHORTEST_BY_SOUND
            if is_by_sound or name_key(name.word) == name_key(meant):
                told.add(name.word)
                saying = f"In the list of countries this is “{meant}”"
                yield "name-not-as-registered", saying, name.word, meant


def _in_two_spellings(ours: list[Text]) -> Iterator[_Named]:
    """The spelling that stands more often is taken for the right one, else the first."""
    pairs = list(two_spellings(name for text in ours for name in names_in(text.words)))
    initials: dict[str, dict[str, None]] = {}
    for text in ours:
        for spelling, key in with_initials(text.words):
            initials.setdefault(key, {})[spelling] = None
    for first, *others in initials.values():
        pairs += [(first, other) for other in others]
    for one, other in pairs:
        counts = {
            name: sum(len(list(_places(text.words, name))) for text in ours)
            for name in (one, other)
        }
        right, odd = (one, other) if counts[one] >= counts[other] else (other, one)
        saying = f"Elsewhere in this note the name is “{right}”"
        yield "name-two-spellings", saying, odd, right


def _places(words: str, name: str) -> Iterator[int]:
    # Whole names only: `Goita` stands in `Goita’s`, and not in `Goitas`.
    for found in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", words):
        yield found.start()
