"""Mending what a person pointed at: exactly that, and only while it stands where it was shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from notes.findings import Finding, findings
from notes.known_names import KnownNames
from notes.models import Note


@dataclass(frozen=True, slots=True)
class Mended:
    """What was mended; `missed` is how many others have changed since they were shown."""

    done: list[Finding]
    missed: int

    @property
    def sentence(self) -> str:
        """For the person who asked for it."""
        said = ""
        if len(self.done) == 1:
            (one,) = self.done
            said = f"“{_shown(one.was)}” is now “{_shown(one.becomes)}”."
        elif self.done:
            said = f"{len(self.done)} places are mended."
        if self.missed:
            said += " What stood there has changed since it was shown, so nothing was mended."
            if self.done:
                said = f"{len(self.done)} of {len(self.done) + self.missed} places are mended; "
                said += "the others have changed since they were shown."
        return said.strip()


def mend(note: Note, marks: Collection[str], known: KnownNames) -> Mended:
    """Mend the findings with these marks in a note in memory.

    Args:
        note: its words as they are now.
        marks: those of findings that have a suggestion.
        known: as for `findings`.
    """
    wanted = set(marks)
    found = [
        one for one in findings(note, known) if one.suggestion is not None and one.mark in wanted
    ]
    # From the end to the beginning, so that none moves another.
    for one in reversed(found):
        one.text.change(one.start, one.end, one.suggestion or "")
    return Mended(found, len(wanted) - len(found))


def _shown(words: str) -> str:
    """Characters that nobody sees by their numbers."""
    return "".join(
        char if char.isprintable() and char != "\u00a0" else f"[U+{ord(char):04X}]"
        for char in words
    )
