"""A mail as bytes (RFC 5322, MIME), encoded once; each reader's copy only puts their values in.

Lines end as the transport wants them; those of the bodies have at most 76 bytes, and none begins
with a dot, which SMTP would need doubled (RFC 5321, 4.5.2). Nothing that comes from outside can
begin a line of its own in the head.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.header import Header
from email.quoprimime import body_encode
from email.utils import format_datetime

from email_validator import EmailNotValidError, validate_email

from rendering.marks import Mark

MARKS = re.compile("(" + "|".join(re.escape(mark) for mark in Mark) + ")")
# RFC 5322: a phrase of these needs no quotation marks. Without `=` and `?`, which could make it
# look like an encoded word (RFC 2047).
PLAIN_PHRASE = re.compile(r"[\w !#$%&'*+/^`{|}~-]+", re.ASCII)
LONGEST_QUOTED = 60
LINE = 76


class Mail:
    """Everything that is the same in every copy.

    Args:
        headers: complete lines, in ASCII; made by `text_header` where they say something.
        text: the plain-text body, with the marks in it.
        html: the HTML body, likewise.
        line_end: a bare LF as files have it, or the CRLF that SMTP wants.
    """

    def __init__(
        self,
        *,
        headers: Sequence[str],
        date: datetime,
        text: str,
        html: str,
        line_end: str = "\n",
    ) -> None:
        # Quoted-printable writes every `=` as `=3D`, so this can't stand in a body.
        boundary = "=_" + hashlib.sha256(f"{text}\0{html}".encode()).hexdigest()[:40]
        head = [
            *headers,
            f"Date: {format_datetime(date)}",
            "MIME-Version: 1.0",
            f'Content-Type: multipart/alternative; boundary="{boundary}"',
        ]
        pieces = [
            "".join(f"{line}\n" for line in head),
            *_part(boundary, "plain", text),
            *_part(boundary, "html", html),
            f"\n--{boundary}--\n",
        ]
        # Changed here, once: in every copy it would take nine times as long as all the rest.
        self._pieces = [piece.replace("\n", line_end) for piece in pieces]
        self._line_end = line_end

    def copy(self, headers: Sequence[str], values: Mapping[Mark, str]) -> bytes:
        """One reader's copy.

        Args:
            headers: complete lines that only this copy has.
            values: what is put in place of the marks.
        """
        end = self._line_end
        own: dict[str, str] = {
            mark: _encoded(value).replace("\n", end) for mark, value in values.items()
        }
        head = "".join(f"{header}\n" for header in headers).replace("\n", end)
        return (head + "".join([own.get(piece, piece) for piece in self._pieces])).encode()


def _part(boundary: str, subtype: str, body: str) -> list[str]:
    """A body and what announces it; every mark stands between two soft line breaks."""
    announced = (
        f"\n--{boundary}\n"
        f"Content-Type: text/{subtype}; charset=utf-8\n"
        "Content-Transfer-Encoding: quoted-printable\n\n"
    )
    pieces = MARKS.split(body.replace("\r\n", "\n").replace("\r", "\n"))
    encoded = [piece if MARKS.fullmatch(piece) else _encoded(piece) for piece in pieces]
    separated = [part for piece in encoded for part in ("=\n", piece)][1:]
    return [announced, *separated]


def _encoded(text: str) -> str:
    # body_encode wants one character a byte. binascii.b2a_qp would be faster, but makes
    # lines of 77 now and then. Room is left for a soft line break and for a dot's two digits.
    encoded = body_encode(text.encode().decode("latin-1"), maxlinelen=LINE - len("=2E"))
    return f"\n{encoded}".replace("\n.", "\n=2E")[1:]


def text_header(name: str, text: str) -> str:
    """A header whose value is plain text, encoded and folded as it needs."""
    line = one_line(text)
    charset = "us-ascii" if line.isascii() and "=?" not in line else "utf-8"
    folded = Header(line, charset, maxlinelen=LINE, header_name=name).encode(linesep="\n")
    return f"{name}: {folded}"


def mailbox(name: str, address: str) -> str:
    """`Name <address>` as it stands in a header, folded where it is long (`\\n` and a space)."""
    # No address has a space or a control character, so none is lost by this.
    address = in_ascii_where_possible("".join(one_line(address).split()))
    phrase = _phrase(one_line(name))
    if not phrase:
        return address
    joint = " " if len(phrase) + len(address) < LONGEST_QUOTED else "\n "
    return f"{phrase}{joint}<{address}>"


def _phrase(name: str) -> str:
    if PLAIN_PHRASE.fullmatch(name) and len(name) <= LONGEST_QUOTED:
        return name
    if name.isascii() and len(name) <= LONGEST_QUOTED and "=?" not in name:
        return '"' + name.replace("\\", r"\\").replace('"', r"\"") + '"' if name else ""
    return Header(name, "utf-8", maxlinelen=LINE, header_name="Reply-To").encode(linesep="\n")


def in_ascii_where_possible(address: str) -> str:
    """The address with its domain in ASCII; a name before the @ has no such form (RFC 6532)."""
    if address.isascii():
        return address
    try:
        parts = validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return address
    return f"{parts.local_part}@{parts.ascii_domain}"


def one_line(text: str) -> str:
    """The text without anything that could begin another line or is not to be seen."""
    # Control characters, line and paragraph separators and lone surrogates are not printable.
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
