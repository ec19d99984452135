"""Empty databases that an earlier demo made, so that a later one begins at once."""

from __future__ import annotations

from pathlib import Path

from newsroom.state import copy_database


class KeptDatabase:
    """An empty database that an earlier demo made; making one anew takes some ten seconds.

    Args:
        file: where it is kept.
        database: where the demo has its own.
        made_by: what it depends on; one that was made by something else is not taken.
    """

    def __init__(self, file: Path, database: Path, made_by: str) -> None:
        self._file, self._database, self._made_by = file, database, made_by
        self._stamp = file.with_suffix(".made-by")

    def take(self) -> bool:
        """Begin with it, if there is one."""
        if not (self._stamp.exists() and self._stamp.read_text("ascii") == self._made_by):
            return False
        self._database.parent.mkdir(parents=True, exist_ok=True)
        copy_database(self._file, self._database)
        return True

    def keep(self) -> None:
        """Keep the demo's own, which is empty still."""
        copy_database(self._database, self._file)
        self._stamp.write_text(self._made_by, encoding="ascii")
