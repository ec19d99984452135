"""What was read from a file: a SQLite file of its own, so that memory holds none of it.

Each address stands there once, under numbers from 1 without a gap: how many of them are taken in
says at which one to go on.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from subscribers.importing.candidates import Candidate
from subscribers.importing.folders import open_private
from subscribers.models import Subscription

# Kibibytes of the file that SQLite holds in memory; with a negative sign, as it wants them.
_CACHE = -16_384
_TABLES = """
    CREATE TABLE candidate (
        number INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        row INTEGER NOT NULL,
        address TEXT NOT NULL,
        name TEXT NOT NULL,
        state TEXT NOT NULL,
        consented TEXT NOT NULL
    );
    CREATE TABLE duplicate (row INTEGER PRIMARY KEY, first_row INTEGER NOT NULL);
"""
# Of one address the first row counts. It gets a name from a later one if it has none, and a state
# of which somebody is left alone rather than not.
_FILL = """
    UPDATE candidate SET
        name = CASE WHEN name = '' THEN :name ELSE name END,
        state = CASE WHEN :state IN ('', :confirmed) THEN state
            WHEN state = :ended THEN state ELSE :state END
    WHERE key = :key
    RETURNING row
"""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row whose address stands in an earlier row already."""

    row: int
    first_row: int


class Staging:
    """The rows of one file; begun anew, or as somebody has left them.

    Args:
        file: where they are.
        anew: to forget what is there.
    """

    def __init__(self, file: Path, *, anew: bool = False) -> None:
        self._file = file
        if anew:
            open_private(file).close()
        # Nothing is lost that could not be read again, until `seal` has written it for good.
        self._database = sqlite3.connect(file, isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = {_CACHE}"):
            self._database.execute(f"PRAGMA {pragma}")
        if anew:
            self._database.executescript(_TABLES)
            self._database.execute("BEGIN")

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def add(self, one: Candidate) -> bool:
        """Put somebody aside; whether their address was not there before."""
        added = self._database.execute(
            "INSERT OR IGNORE INTO candidate (key, row, address, name, state, consented)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (one.key, one.row, one.address, one.name, one.state, one.consented),
        )
        if added.rowcount:
            return True
        values = {
            "key": one.key,
            "name": one.name,
            "state": one.state,
            "confirmed": str(Subscription.State.CONFIRMED),
            "ended": str(Subscription.State.ENDED),
        }
        ((first_row,),) = self._database.execute(_FILL, values).fetchall()
        self._database.execute("INSERT INTO duplicate VALUES (?, ?)", (one.row, first_row))
        return False

    def seal(self) -> None:
        """Write all of it to the disk for good."""
        self._database.execute("COMMIT")
        handle = os.open(self._file, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def count(self) -> int:
        """How many addresses there are."""
        ((count,),) = self._database.execute("SELECT coalesce(max(number), 0) FROM candidate")
        return int(count)

    def candidates(self, after: int, most: int) -> list[Candidate]:
        """Some, in the order of the file.

        Args:
            after: how many come before them.
            most: how many at most.
        """
        rows = self._database.execute(
            "SELECT row, key, address, name, state, consented FROM candidate"
            " WHERE number > ? AND number <= ? ORDER BY number",
            (after, after + most),
        )
        return [Candidate(*row) for row in rows]

    def batches(self, size: int) -> Iterator[list[Candidate]]:
        """All of them, so many at a time."""
        after = 0
        while batch := self.candidates(after, size):
            yield batch
            after += len(batch)

    def duplicates(self, most: int) -> list[Duplicate]:
        """The first of the rows whose address stands in an earlier one."""
        rows = self._database.execute(
            "SELECT row, first_row FROM duplicate ORDER BY row LIMIT ?", (most,)
        )
        return [Duplicate(*row) for row in rows]
