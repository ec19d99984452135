"""People of the registry who look like one: their names differ by a slip, or by their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from notes.models import Person
from notes.names import name_key
from notes.spellings import sound

# In shorter names a single letter makes another name: `Li Na`, `Li An`.
_SHORTEST = 8


def likely_doubles(people: Iterable[Person]) -> list[tuple[Person, Person]]:
    """Pairs that may be one person, each once, in the order of the names."""
    alike: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        for trace in _traces(person.name):
            alike[trace].append(person)
    pairs = {
        (one.pk, other.pk): (one, other)
        for group in alike.values()
        for one, other in combinations(sorted(group, key=lambda person: person.name), 2)
    }
    return sorted(pairs.values(), key=lambda pair: (pair[0].name, pair[1].name))


def _traces(name: str) -> Iterator[str]:
    """What two names share if one slip of a letter, or the order of the words, divides them."""
    key = name_key(name)
    traces = {f"words {' '.join(sorted(sound(key).split()))}", f"letters {key.replace(' ', '')}"}
    if len(key) >= _SHORTEST:
        # Two keys that differ by one letter are the same once that letter is left out.
        traces |= {f"slip {key}"}
        traces |= {f"slip {key[:at]}{key[at + 1 :]}" for at in range(len(key))}
    yield from traces
