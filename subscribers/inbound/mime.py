"""A mail taken apart: its head, and the text that a person reads; no attachment is opened.

Made for what anybody may send. Nothing here fails, whatever the bytes are, and all of it takes
time in proportion to their number.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

# As much of a mail as is looked at, from its beginning; people write a few hundred bytes.
LARGEST = 512 * 1024
LARGEST_BODY = 64 * 1024
LONGEST_VALUE = 2000
DEEPEST = 10
MOST_PARTS = 100

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:(.*)", re.DOTALL)
_FIRST_LINE_END = re.compile(rb"\A\r?\n")
_LINES = re.compile(rb"\r\n|\r|\n")
_PARAMETER = r"\b{}[ \t]*=[ \t]*(?:\"([^\"]{{1,200}})\"|([^\s;\"]{{1,200}}))"
_BOUNDARY = re.compile(_PARAMETER.format("boundary"), re.IGNORECASE)
_CHARSET = re.compile(_PARAMETER.format("charset"), re.IGNORECASE)
# Only what mail is written in. Python knows codecs that take the square of the time (punycode),
# and remembers every name that it was ever asked for.
_KNOWN_CHARSET = re.compile(
    r"utf-?8|(?:us-)?ascii|iso-?8859-?\d{1,2}(?:-[ei])?|latin-?\d|windows-?\d{3,4}|cp-?\d{3,4}"
    r"|koi8-[rut]|gb2312|gbk|gb18030|big5(?:-hkscs)?|euc-(?:jp|kr)|iso-2022-(?:jp|kr)"
    r"|shift[-_]jis|ks_c_5601-1987|macintosh|tis-620|utf-?16(?:[lb]e)?",
    re.IGNORECASE,
)
# RFC 2047; between two of them spaces are only what keeps them apart.
_ENCODED_WORD = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(?<=\?=)\s+(?==\?)")


class Head:
    """The fields of a head, unfolded; what they say is cut at `LONGEST_VALUE` characters."""

    def __init__(self, block: bytes) -> None:
        self._fields: dict[str, list[str]] = {}
        pieces: list[bytes] = []
        for line in _LINES.split(block):
            if line[:1] in (b" ", b"\t"):
                pieces.append(line)
                continue
            self._keep(pieces)
            pieces = [line]
        self._keep(pieces)

    def _keep(self, pieces: list[bytes]) -> None:
        found = _FIELD.fullmatch(b"".join(pieces))
        if found:
            value = decoded(found[2][: 4 * LONGEST_VALUE], "utf-8")[:LONGEST_VALUE]
            self._fields.setdefault(found[1].decode("ascii").lower(), []).append(value.strip())

    def all(self, name: str) -> list[str]:
        """What all fields of a name say, in their order."""
        return self._fields.get(name.lower(), [])

    def first(self, name: str) -> str:
        """What the first field of a name says; empty if there is none."""
        return next(iter(self.all(name)), "")


class Mail(NamedTuple):
    """A head, and of the body what is meant to be read."""

    head: Head
    text: str
    html: str


def take_apart(raw: bytes) -> Mail:
    """The head of a mail, its first text in plain and its first in HTML; empty where none is."""
    head, body = _split(raw[:LARGEST])
    found = {"text/plain": "", "text/html": ""}
    for kind, text in _texts(head, body):
        if not found[kind].strip():
            found[kind] = text
        if found["text/plain"].strip():
            break
    return Mail(head, found["text/plain"], found["text/html"])


def decoded(data: bytes, charset: str) -> str:
    """Bytes as text, by what they are said to be, else as UTF-8; `�` stands for what is not."""
    try:
        return data.decode(charset if _KNOWN_CHARSET.fullmatch(charset) else "utf-8", "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def header_text(value: str) -> str:
    """What a header says, its encoded words read (RFC 2047), in one line of printable text."""
    read = _ENCODED_WORD.sub(_word, _BETWEEN_WORDS.sub("", value))
    return " ".join("".join(c if c.isprintable() else " " for c in read).split())


def _word(found: re.Match[str]) -> str:
    charset, encoding, text = found.groups()
    data = text.encode("ascii", "replace")
    try:
        if encoding in "bB":
            return decoded(binascii.a2b_base64(data + b"=="), charset)
        return decoded(binascii.a2b_qp(data, header=True), charset)
    except binascii.Error:
        return found[0]


def _split(raw: bytes) -> tuple[Head, bytes]:
    end = _END_OF_HEAD.search(raw)
    return (Head(raw[: end.start()]), raw[end.end() :]) if end else (Head(raw), b"")


def _texts(head: Head, body: bytes) -> Iterator[tuple[str, str]]:
    """The texts in a body, in their order, each with its type."""
    waiting = [(head, body, 0)]
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        head, body, depth = waiting.pop()
        described = head.first("Content-Type") or "text/plain"
        kind = described.partition(";")[0].strip().lower()
        boundary = _parameter(_BOUNDARY, described)
        if kind.startswith("multipart/") and boundary and depth < DEEPEST:
            parts = _parts(body, boundary.encode("utf-8", "replace"))
            waiting += [(*_split(part), depth + 1) for part in reversed(parts)]
        elif kind in ("text/plain", "text/html") and not _is_attached(head):
            encoding = head.first("Content-Transfer-Encoding").lower()
            yield kind, decoded(_unpacked(body, encoding), _parameter(_CHARSET, described))


def _is_attached(head: Head) -> bool:
    return head.first("Content-Disposition").lower().startswith("attachment")


def _parts(body: bytes, boundary: bytes) -> list[bytes]:
    """What stands between the boundaries (RFC 2046, 5.1.1); the last part may lack its end."""
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    parts: list[bytes] = []
    begun: int | None = None
    for found in line.finditer(body):
        if begun is not None:
            parts.append(_FIRST_LINE_END.sub(b"", body[begun : found.start()], count=1))
        begun = found.end()
        if found[1] or len(parts) == MOST_PARTS:
            return parts
    return parts if begun is None else [*parts, _FIRST_LINE_END.sub(b"", body[begun:], count=1)]


def _unpacked(body: bytes, encoding: str) -> bytes:
    body = body[:LARGEST_BODY]
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body)
    if encoding == "base64":
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
        # Of a body that breaks off the beginning is read; a letter alone is no byte.
        whole = letters[: len(letters) - (len(letters) % 4 == 1)]
        return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
    return body


def _parameter(expression: re.Pattern[str], described: str) -> str:
    found = expression.search(described)
    return (found[1] or found[2]) if found else ""
