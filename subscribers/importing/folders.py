"""Where the files of an import are, readable for nobody else on the machine, and never served.

A folder in the state folder for each: the file as it came, what was read from it, and the rows
that were refused. The last of these stays for a while.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

REFUSED = "refused.csv"
DISK_FULL = "The disk of this machine is full; make room on it, and bring the file again."


class Folder:
    """The files of one import.

    Args:
        key: the import's own (`ImportRun.key`).
    """

    def __init__(self, key: UUID) -> None:
        self.path: Path = settings.IMPORTS / str(key)

    @property
    def file(self) -> Path:
        """The file as it came."""
        return self.path / "file"

    @property
    def staging(self) -> Path:
        """What was read from it."""
        return self.path / "rows.sqlite3"

    @property
    def refused(self) -> Path:
        """The refused rows, as CSV."""
        return self.path / REFUSED

    @property
    def digest(self) -> str:
        """The SHA-256 of the file; empty if it did not arrive whole."""
        file = self.path / "sha256"
        return file.read_text("ascii") if file.exists() else ""

    def make(self) -> None:
        """Make the folder, for its owner alone."""
        settings.IMPORTS.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.mkdir(mode=0o700, exist_ok=True)

    def take(self, blocks: Iterable[bytes]) -> int:
        """Write the file as it comes; how many bytes it has.

        Raises:
            OSError: if the disk is full; then nothing is left.
        """
        receiving = Receiving(self)
        try:
            for block in blocks:
                receiving.write(block)
            return receiving.close()
        except BaseException:
            receiving.discard()
            raise

    def remove_personal_data(self) -> None:
        """Delete everything but the refused rows."""
        if not self.path.is_dir():
            return
        for file in self.path.iterdir():
            if file.name != REFUSED:
                file.unlink(missing_ok=True)

    def remove(self) -> None:
        """Delete everything."""
        shutil.rmtree(self.path, ignore_errors=True)


class Receiving:
    """A file on its way in, block by block."""

    def __init__(self, folder: Folder) -> None:
        folder.make()
        self._folder = folder
        self._stream = open_private(folder.file)
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, block: bytes) -> None:
        """Write on.

        Raises:
            OSError: if the disk is full.
        """
        self._stream.write(block)
        self._digest.update(block)
        self.size += len(block)

    def close(self) -> int:
        """End the file; how many bytes it has.

        Raises:
            OSError: if the disk is full.
        """
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        with open_private(self._folder.path / "sha256") as stream:
            stream.write(self._digest.hexdigest().encode())
        return self.size

    def discard(self) -> None:
        """Leave nothing of it behind."""
        # What is still to be written finds no room either.
        with suppress(OSError):
            self._stream.close()
        self._folder.remove()


def is_full(error: OSError | sqlite3.Error) -> bool:
    """Whether it is for want of room that something could not be written."""
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    return error.sqlite_errorcode == sqlite3.SQLITE_FULL


def open_private(file: Path) -> BinaryIO:
    """A new file to write bytes to, which nobody else on the machine can read."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def folders() -> Iterator[tuple[UUID, Folder]]:
    """Every folder there is, by its import's key."""
    if not settings.IMPORTS.is_dir():
        return
    for path in settings.IMPORTS.iterdir():
        try:
            key = UUID(path.name)
        except ValueError:
            continue
        yield key, Folder(key)
