"""A server for benchmarks: answers 202 at the least cost, and counts what came.

It reads nothing of a body but how often `"to":` is in it, which only a personalization's key is:
within a JSON string the quotes would be escaped. One thread a connection; no check of anything.
"""

from __future__ import annotations

import json
import re
import socket
import threading
import time

RECIPIENT = b'"to":'
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
LAST = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
END = b"\r\n\r\n"


class CheapServer:
    """Listens on loopback; `latency` is how many seconds every answer takes."""

    def __init__(self, port: int = 0, latency: float = 0.0) -> None:
        self._latency = latency
        self._socket = socket.create_server(("127.0.0.1", port), backlog=512)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._lock = threading.Lock()
        self._reset()

    def _reset(self) -> None:
        with self._lock:
            self._calls = self._recipients = self._bytes = 0
            self._first: tuple[float, float] | None = None
            self._last = (0.0, 0.0)

    def serve(self) -> None:
        """Answer until the process ends."""
        while True:
            connection, _ = self._socket.accept()
            threading.Thread(target=self._converse, args=[connection], daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        buffer = bytearray(1 << 21)
        try:
            with connection:
                while self._answer(connection, buffer):
                    pass
        except OSError:
            pass  # The other side went away, as it may.

    def _answer(self, connection: socket.socket, buffer: bytearray) -> bool:
        """One request; False when there is no other to come."""
        have = 0
        while (head := buffer.find(END, 0, have)) < 0:
            got = connection.recv_into(memoryview(buffer)[have:])
            if not got:
                return False
            have += got
        lines = bytes(buffer[: head + 2])
        start = head + len(END)
        if CHUNKED.search(lines):
            body = _dechunked(connection, bytearray(buffer[start:have]))
            size, recipients = len(body), body.count(RECIPIENT)
        else:
            found = LENGTH.search(lines)
            size = int(found[1]) if found else 0
            if start + size > len(buffer):
                buffer.extend(bytes(start + size - len(buffer)))
            with memoryview(buffer) as whole:
                while have < start + size:
                    got = connection.recv_into(whole[have : start + size])
                    if not got:
                        return False
                    have += got
            recipients = buffer.count(RECIPIENT, start, start + size)
        if b" /control/" in lines.partition(b"\r\n")[0]:
            connection.sendall(self._control(lines))
        else:
            if self._latency:
                time.sleep(self._latency)
            connection.sendall(self._accept(size, recipients))
        return LAST.search(lines) is None

    def _accept(self, size: int, recipients: int) -> bytes:
        with self._lock:
            now = (time.time(), time.monotonic())
            self._first = self._first or now
            self._last = now
            self._calls += 1
            self._recipients += recipients
            self._bytes += size
            number = self._calls
        return b"HTTP/1.1 202 Accepted\r\nX-Message-Id: %022d\r\nContent-Length: 0\r\n\r\n" % number

    def _control(self, lines: bytes) -> bytes:
        """GET /control/count; POST /control/reset. Monotonic times are the whole machine's."""
        if b"/reset" in lines.partition(b"\r\n")[0]:
            self._reset()
        with self._lock:
            first = self._first or (None, None)
            said = {
                "calls": self._calls,
                "recipients": self._recipients,
                "bytes": self._bytes,
                "first_at": first[0],
                "first_monotonic": first[1],
                "last_at": self._last[0] if self._first else None,
                "last_monotonic": self._last[1] if self._first else None,
                "cpu_seconds": time.process_time(),
            }
        payload = json.dumps(said).encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        return head % len(payload) + payload


def _dechunked(connection: socket.socket, have: bytearray) -> bytearray:
    body = bytearray()
    place = 0
    while True:
        while (end := have.find(b"\r\n", place)) < 0:
            have += _more(connection)
        size = int(bytes(have[place:end]).split(b";")[0], 16)
        while len(have) < end + 2 + size + 2:
            have += _more(connection)
        body += have[end + 2 : end + 2 + size]
        place = end + 2 + size + 2
        if size == 0:
            return body


def _more(connection: socket.socket) -> bytes:
    got = connection.recv(1 << 20)
    if not got:
        raise ConnectionAbortedError("the request was cut off")
    return got
