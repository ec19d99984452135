"""What looks like a slip of the keyboard. It is only ever reported: nobody's words are changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from notes.importing.page_lines import Line
from notes.spellings import names_in, two_spellings
from notes.typography import slips

_MOST = 8
# The lines of a page are no whole paragraphs, so pairs of brackets mean nothing here; the finer
# slips are shown when the note is checked.
_WORST_FIRST = (
    "mojibake",
    "missing-space",
    "doubled-stop",
    "doubled-word",
    "space-before-stop",
    "doubled-space",
)


def oddities(lines: Sequence[Line]) -> Iterator[str]:
    """At most eight sentences on what to look at, with the line of each."""
    names = (name for line in lines for name in names_in(line.text))
    found = [f"the same name as “{one}” and “{other}”" for one, other in two_spellings(names)]
    odd = [(line, slip) for line in lines for slip in slips(line.text) if slip.code in _WORST_FIRST]
    odd.sort(key=lambda one: _WORST_FIRST.index(one[1].code))
    found += [f"line {line.number}: {slip.saying} in “{slip.excerpt}”" for line, slip in odd]
    yield from found[:_MOST]
    if len(found) > _MOST:
        yield f"{len(found) - _MOST} more places like these"
