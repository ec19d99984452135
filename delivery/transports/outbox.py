"""The outbox: every copy a file in a Maildir, which any mail client opens. Nothing leaves.

A copy has one name for ever, made of its mailing and its recipient, and is written aside
before it gets it. So a copy is there whole or not at all, and handing a chunk over twice
leaves one of each, also when somebody has opened or flagged it meanwhile.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Container, Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from delivery.transports import Addressee, Answer, Message, Notice, NotLeft, Taken
from delivery.transports.copies import (
    mail_of,
    mail_of_notice,
    name_for_notice,
    name_of,
    own_headers,
    own_headers_of_notice,
)


class Outbox:
    """The transport that needs no provider, no network and no key."""

    name: ClassVar[str] = "outbox"
    chunk_size: ClassVar[int] = 1000
    repeatable: ClassVar[bool] = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def hand_over(self, message: Message, addressees: Sequence[Addressee]) -> Answer:
        """Write the copies that are not there yet; `NotLeft` if the folder can't take them all."""
        mail = mail_of(message)
        named = {name_of(message, addressee): addressee for addressee in addressees}
        try:
            there = self._those_there(named)
            self._remove_drafts_of(named)
            self._put(
                (name, mail.copy(own_headers(message, addressee), addressee.values))
                for name, addressee in named.items()
                if name not in there
            )
        except OSError as error:
            return self._can_not_be_written(error)
        return Taken()

    def tell(self, notice: Notice, addresses: Sequence[str]) -> Answer:
        """Write a notice, once for every address; telling it again is another mail."""
        mail = mail_of_notice(notice)
        copies = []
        for address in addresses:
            name = name_for_notice(notice)
            copies.append((name, mail.copy(own_headers_of_notice(name, notice, address), {})))
        try:
            self._put(copies)
        except OSError as error:
            return self._can_not_be_written(error)
        return Taken()

    def close(self) -> None:
        """Nothing: no file is open between two calls."""

    def _those_there(self, names: Iterable[str]) -> set[str]:
        """Those of the names whose copy is here already, unread or read.

        A copy only ever goes from `new` to `cur`, so none slips through when `cur` is read last.
        There it has flags after a colon.
        """
        new, cur = self._folder / "new", self._folder / "cur"
        there = {name for name in names if (new / name).exists()}
        if cur.exists():
            there.update(file.name.partition(":")[0] for file in os.scandir(cur))
        return there

    def _remove_drafts_of(self, names: Container[str]) -> None:
        """Drafts that a killed worker left behind. The chunk is ours now, so nobody needs them."""
        drafts = self._folder / "tmp"
        if drafts.exists():
            for file in os.scandir(drafts):
                if file.name.rpartition(".")[0] in names:
                    (drafts / file.name).unlink(missing_ok=True)

    def _put(self, copies: Iterable[tuple[str, bytes]]) -> None:
        """All of the copies, or none where the disk is full: each is complete before it is seen."""
        for place in ("tmp", "new", "cur"):
            (self._folder / place).mkdir(mode=0o700, parents=True, exist_ok=True)
        mark = secrets.token_hex(6)
        drafts: list[tuple[Path, str]] = []
        try:
            for name, content in copies:
                drafts.append((self._folder / "tmp" / f"{name}.{mark}", name))
                _write(drafts[-1][0], content)
            for draft, _ in drafts:
                _sync(draft)
            for draft, name in drafts:
                draft.rename(self._folder / "new" / name)
            _sync(self._folder / "new")
        except OSError:
            for draft, _ in drafts:
                draft.unlink(missing_ok=True)
            raise

    def _can_not_be_written(self, error: OSError) -> NotLeft:
        return NotLeft(f"The outbox {self._folder} can't be written: {error.strerror}.")


def _write(file: Path, content: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
