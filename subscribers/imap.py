"""One connection to an IMAP server (RFC 3501), on which nothing is longer than it may be."""

from __future__ import annotations

import contextlib
import imaplib
import re
import socket
import ssl
import threading
from base64 import b64encode


class End:
    """Ends a connection when its time is over, wherever somebody waits in it.

    A time-out is for each read, and a server that sends a byte now and then never meets it.
    """

    def __init__(self, seconds: float) -> None:
        self.came = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._shut)
        self._timer.daemon = True

    def begin(self) -> None:
        self._timer.start()

    def watch(self, connection: socket.socket) -> None:
        """Take over a second descriptor: TLS will take the first one away."""
        with self._lock:
            self._socket = connection.dup()

    def cancel(self) -> None:
        self._timer.cancel()
        with self._lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None

    def _shut(self) -> None:
        with self._lock:
            self.came = True
            if self._socket is not None:
                # Unlike a close this wakes whoever reads.
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)


class Connection(imaplib.IMAP4):
    """`imaplib`'s, with TLS from the first byte on if wanted, and bounded in what it takes in.

    `room` is how many bytes are still taken in; each command begins with new room.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        timeout: float,
        tls: ssl.SSLContext | None,
        room: int,
        end: End,
    ) -> None:
        self.room = room
        self._context, self._end = tls, end
        super().__init__(host, port, timeout)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = socket.create_connection((self.host, self.port), timeout)
        self._end.watch(plain)
        return (
            self._context.wrap_socket(plain, server_hostname=self.host) if self._context else plain
        )

    def read(self, size: int) -> bytes:
        """A literal, whose size the server names."""
        self._take(size)
        return super().read(size)

    def readline(self) -> bytes:
        """A line."""
        line = super().readline()
        self._take(len(line))
        return line

    def _take(self, size: int) -> None:
        self.room -= size
        if self.room < 0:
            raise self.abort("more than was asked for")


def in_modified_utf7(folder: str) -> str:
    """A folder's name as IMAP writes it (RFC 3501, 5.1.3): `Hörer` is `H&APY-rer`."""

    def encoded(found: re.Match[str]) -> str:
        letters = b64encode(found[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
        return f"&{letters}-"

    return re.sub(r"[^ -~]+", encoded, folder.replace("&", "&-"))


def quoted(text: str) -> str:
    """A text as a command may have it, in ASCII."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def what_happened(error: OSError) -> str:
    """An error of the network, in a few words of our own."""
    if isinstance(error, TimeoutError):
        return "no answer came in time"
    if isinstance(error, ssl.SSLError):
        return "TLS failed; check that TWTW_IMAP_SECURITY and TWTW_IMAP_PORT belong together"
    return error.strerror or type(error).__name__
