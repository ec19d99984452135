"""A post with a form in it, read as a stream: what is wanted of it, and the rest thrown away.

SendGrid posts up to 30 MB, most of it attachments. Never more than a piece and what is wanted is
in memory, and nothing is written to a disk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

# With what a form adds to the 30 MB of a mail, whose text may stand in it a second time.
LARGEST_POST = 64 * 2**20
PIECE = 64 * 2**10
LARGEST_HEAD = 8 * 2**10
MOST_PARTS = 500

_BOUNDARY = re.compile(
    r"multipart/form-data\s*;(?:.*;)?\s*boundary=(?:\"([^\"]{1,70})\"|([^\s;\"]{1,70}))\s*(?:;.*)?",
    re.IGNORECASE,
)
_NAME = re.compile(
    rb"^content-disposition:\s*form-data\s*;\s*name=(?:\"([\w-]{1,40})\"|([\w-]{1,40}))\s*$",
    re.IGNORECASE | re.MULTILINE,
)


class PostError(Exception):
    """A post that is no form; the sentence says why, without any of it."""


class TooLarge(PostError):  # noqa: N818 - it is the post that is too large
    """It has more bytes than any that SendGrid makes."""


def fields_of(
    read: Callable[[int], bytes], content_type: str, wanted: Mapping[str, int]
) -> dict[str, bytes]:
    """The wanted fields of a form that is sent as multipart/form-data (RFC 7578).

    Args:
        read: gives at most so many bytes each time, and none at the end.
        content_type: the header of that name, in which the boundary stands.
        wanted: the fields' names, and how many bytes of each are kept.

    Raises:
        PostError: if it is no such form, or breaks off.
    """
    described = _BOUNDARY.fullmatch(content_type.strip()[:500])
    if described is None:
        raise PostError("It is no form sent as multipart/form-data.")
    boundary = (described[1] or described[2]).encode("utf-8", "replace")
    stream = _Stream(read, b"\r\n--" + boundary)
    stream.skip()
    fields: dict[str, bytes] = {}
    for _ in range(MOST_PARTS):
        if not stream.another_part():
            return fields
        # An attachment has the name of its file there, too.
        name = _NAME.search(stream.head())
        field = (name[1] or name[2]).decode("ascii") if name else ""
        if field in wanted and field not in fields:
            fields[field] = stream.content(wanted[field])
        else:
            stream.skip()
    raise PostError("It has more parts than any mail.")


class _Stream:
    """The parts of a form, one after the other."""

    def __init__(self, read: Callable[[int], bytes], delimiter: bytes) -> None:
        self._read = read
        self._delimiter = delimiter
        # The first boundary may stand at the very beginning.
        self._unread = b"\r\n"
        self._size = 0

    def another_part(self) -> bool:
        """Go past what ends a boundary; whether a part follows."""
        while b"\r\n" not in self._unread and not self._unread.startswith(b"--"):
            if len(self._unread) > LARGEST_HEAD:
                raise PostError("It has a boundary that does not end.")
            self._more()
        if self._unread.startswith(b"--"):
            self._to_the_end()
            return False
        # The line's end stays: a part without a head begins with an empty line.
        self._unread = self._unread[self._unread.index(b"\r\n") :]
        return True

    def head(self) -> bytes:
        """The head of a part."""
        while b"\r\n\r\n" not in self._unread:
            if len(self._unread) > LARGEST_HEAD:
                raise PostError("It has a part whose head does not end.")
            self._more()
        head, _, rest = self._unread.partition(b"\r\n\r\n")
        self._unread = rest
        return head

    def skip(self) -> None:
        """Go to the end of a part."""
        self.content(0)

    def content(self, most: int) -> bytes:
        """What a part has in it, at most so many bytes; the rest of it is thrown away."""
        kept: list[bytes] = []
        room = most
        while True:
            end = self._unread.find(self._delimiter)
            # What may be the beginning of a boundary is left for the next look.
            safe = end if end >= 0 else max(0, len(self._unread) - len(self._delimiter) + 1)
            if room > 0 and safe:
                kept.append(self._unread[: min(safe, room)])
                room -= len(kept[-1])
            if end >= 0:
                self._unread = self._unread[end + len(self._delimiter) :]
                return b"".join(kept)
            self._unread = self._unread[safe:]
            self._more()

    def _more(self) -> None:
        piece = self._read(PIECE)
        if not piece:
            raise PostError("It breaks off.")
        self._count(piece)
        self._unread += piece

    def _to_the_end(self) -> None:
        while piece := self._read(PIECE):
            self._count(piece)

    def _count(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > LARGEST_POST:
            raise TooLarge("It is larger than any that SendGrid makes.")
