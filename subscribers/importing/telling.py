"""Saying how an import stands: counts in words, columns by their names."""

from __future__ import annotations

from dataclasses import dataclass

from subscribers.importing.columns import WORDS as MEANINGS
from subscribers.importing.outcomes import WORDS, Outcome
from subscribers.models import ImportRun

State = ImportRun.State


@dataclass(frozen=True, slots=True)
class Line:
    """How many rows became, or would become, what."""

    outcome: Outcome
    rows: int
    words: str

    def __str__(self) -> str:
        return f"{self.rows:,} {self.words}"


def rows_of(run: ImportRun) -> int:
    """How many rows the file has: each of them is in one of the counts."""
    return sum(run.counts.values())


def lines_of(run: ImportRun) -> list[Line]:
    """What became of the rows, or what would; without what is none, but always who is new."""
    decided = run.state not in {State.READING, State.READ}
    lines = []
    for outcome, words in WORDS.items():
        rows = int(run.counts.get(outcome, 0))
        if decided:
            words = _DECIDED.get((outcome, bool(run.consent)), words)
        if rows or outcome is Outcome.NEW:
            lines.append(Line(outcome, rows, words))
    return lines


# By whether the file was taken in with a consent.
_DECIDED = {
    (Outcome.NEW, False): "new: each is asked to confirm",
    (Outcome.PENDING, True): "asked before: confirmed now",
    (Outcome.PENDING, False): "asked before: not asked again",
}


def columns_in_words(run: ImportRun) -> str:
    """`addresses in “email”, names in “name”`; empty, if it was not read."""
    said = []
    for meaning, words in MEANINGS.items():
        place = run.columns.get(meaning)
        if place is not None:
            heading = run.headings[place] if place < len(run.headings) else f"Column {place + 1}"
            said.append(f"{words} in “{heading}”")
    return ", ".join(said)


def summary_of(run: ImportRun) -> str:
    """An import that has ended in one sentence, for the record: numbers, no addresses."""
    new = int(run.counts.get(Outcome.NEW, 0))
    readers = f"{new:,} new reader{'' if new == 1 else 's'}"
    how = "" if run.consent else ", who are asked to confirm"
    return f"{readers}{how}; {rows_of(run):,} rows read."
