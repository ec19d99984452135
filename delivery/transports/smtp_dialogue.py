"""One connection to an SMTP server, on which nothing takes longer than it may.

`smtplib` does the greeting, TLS and authentication. Its replies are read here: to the end of
a time and not of a silence, so that a server that trickles holds nobody, and strictly, so that
what is no SMTP is never taken for a yes.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import time
from typing import Any, NamedTuple

# A code, and `-` where another line follows (RFC 5321, 4.2).
REPLY_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)
LONGEST_REPLY = 65_536
# As much as a TLS record holds.
PIECE = 16_384
SERVICE_NOT_AVAILABLE = 421
# Nobody waits longer than this for a goodbye.
PARTING = 5.0


class Reply(NamedTuple):
    """What the server said: a code of three digits, and words."""

    code: int
    words: str

    @property
    def is_yes(self) -> bool:
        """By the first digit alone, as a client should read a code (RFC 5321, 4.3.2)."""
        return 200 <= self.code < 300

    def __str__(self) -> str:
        return f"{self.code} {self.words}".strip()


class LostConnectionError(Exception):
    """The connection is of no use any more; the message says what happened to it."""


class Dialogue(smtplib.SMTP):
    """A connection, greeted and in clear; ends itself with whatever makes it useless.

    Args:
        timeout: seconds within which each reply has to be there as a whole.
        until: the `time.monotonic()` at which nobody waits for anything any more.

    Raises:
        OSError: if there is no connection to be had.
        LostConnectionError: if nothing came of the greeting.
        smtplib.SMTPConnectError: if the server greets with a no.
    """

    timeout: float

    def __init__(
        self, host: str, port: int, *, name: str, timeout: float, until: float, **others: Any
    ) -> None:
        self.until = until
        self._unread = b""
        try:
            super().__init__(host, port, local_hostname=name, timeout=timeout, **others)
            # Without this the final dot, a packet of its own, would wait for an acknowledgement.
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            self.close()
            raise

    @property
    def is_open(self) -> bool:
        return self.sock is not None

    def command(self, line: str) -> Reply:
        """Send one line and wait for its reply.

        A 421 that the server said before, as it may at any time (RFC 5321, 3.8), is the reply.

        Raises:
            LostConnectionError: if there is none.
        """
        if not self.has_something_to_say():
            self.send(f"{line}\r\n")
            return self.reply()
        reply = self.reply()
        if reply.code != SERVICE_NOT_AVAILABLE:
            # What it says next would be taken for the answer to something else.
            raise self._lost("an answer came that nobody had asked for")
        return reply

    def reply(self, *, until: float | None = None) -> Reply:
        """The next reply; with `until`, it may take so long and not only the usual time.

        Raises:
            LostConnectionError: if there is none, or it is no SMTP.
        """
        deadline = min(self.until, time.monotonic() + self.timeout) if until is None else until
        code, words, size = 0, [], 0
        while True:
            line = self._line(deadline)
            size += len(line)
            found = REPLY_LINE.fullmatch(line)
            if not found or size > LONGEST_REPLY or code not in (0, int(found[1])):
                raise self._lost("the answer was no SMTP")
            code = int(found[1])
            words.append((found[3] or b"").decode("utf-8", "replace").strip())
            if found[2] != b"-":
                break
        if code == SERVICE_NOT_AVAILABLE:
            self.close()
        return Reply(code, "\n".join(words))

    def has_something_to_say(self) -> bool:
        """Whether a reply, or the connection's end, is there unasked. Does not wait."""
        if self._unread:
            return True
        try:
            self._socket.settimeout(0)
            # Also when it is nothing: then the other side has ended the connection.
            self._unread = self._socket.recv(PIECE)
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        except OSError:
            pass
        return True

    def end(self) -> None:
        """Say goodbye as one should (RFC 5321, 4.1.1.10), and close."""
        try:
            self.until = time.monotonic() + min(PARTING, self.timeout)
            self.command("QUIT")
        except LostConnectionError:
            pass
        finally:
            self.close()

    def starttls(self, *args: Any, **others: Any) -> tuple[int, bytes]:
        """`smtplib`'s, without what somebody in between may have put in before TLS."""
        answered = super().starttls(*args, **others)
        if self._unread:
            raise self._lost("somebody spoke between STARTTLS and TLS")
        return answered

    def send(self, s: Any) -> None:
        """Give bytes to the kernel, all of them.

        Raises:
            LostConnectionError: if not all of them, down to the last, were given to it.
        """
        data = memoryview(s.encode() if isinstance(s, str) else s)
        try:
            for start in range(0, len(data), PIECE):
                self._limit(min(self.until, time.monotonic() + self.timeout))
                self._socket.sendall(data[start : start + PIECE])
        except OSError as error:
            raise self._lost(what_happened(error)) from None

    def getreply(self) -> tuple[int, bytes]:
        """What `smtplib` reads its replies with."""
        reply = self.reply()
        return reply.code, reply.words.encode()

    def _line(self, deadline: float) -> bytes:
        """The next line, without its end."""
        while b"\n" not in self._unread and len(self._unread) <= LONGEST_REPLY:
            self._limit(deadline)
            try:
                more = self._socket.recv(PIECE)
            except OSError as error:
                raise self._lost(what_happened(error)) from None
            if not more:
                raise self._lost("the connection was closed")
            self._unread += more
        line, _, self._unread = self._unread.partition(b"\n")
        return line.removesuffix(b"\r")

    @property
    def _socket(self) -> socket.socket:
        if self.sock is None:
            raise LostConnectionError("the connection was closed")
        return self.sock

    def _limit(self, deadline: float) -> None:
        """Let the next call on the socket take no longer than until the deadline."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise self._lost(what_happened(TimeoutError()))
        self._socket.settimeout(left)

    def _lost(self, what: str) -> LostConnectionError:
        self.close()
        return LostConnectionError(what)


class TLSDialogue(Dialogue, smtplib.SMTP_SSL):
    """A connection that is encrypted from its first byte on (RFC 8314)."""


def what_happened(error: OSError) -> str:
    """An error of the network, in a few words without an address."""
    if isinstance(error, TimeoutError):
        return "no answer came in time"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed ({(error.reason or 'for no known reason').replace('_', ' ').lower()})"
    return error.strerror or type(error).__name__
