"""The server: what it is to be like, and what it has taken."""

from __future__ import annotations

import contextlib
import json
import socket
import socketserver
import ssl
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tests.standins.smtp.faults import Orders
from tests.standins.smtp.session import Session


class Copy(NamedTuple):
    """One message that was taken."""

    recipient: str
    sender: str
    content: bytes


@dataclass
class Sink:
    """Use it in a `with` block.

    Args:
        certificate: file with a key and a certificate; with it STARTTLS is offered.
        tls_at_once: encrypted from the first byte on.
        users: who may send, with their passwords; empty for everybody.
        mechanisms: how they may say who they are.
        size: how large a message may be; 0 for any.
        smtputf8: addresses may have letters that ASCII has not.
        close_after: how many messages a connection may bring; it is closed after the last one.
        last_words: what is said before that.
        refused: addresses that there are none of.
        record: file that gets a line for each message taken.
    """

    certificate: Path | None = None
    tls_at_once: bool = False
    users: dict[str, str] = field(default_factory=dict)
    mechanisms: str = "PLAIN LOGIN"
    size: int = 0
    smtputf8: bool = False
    close_after: int = 0
    last_words: bytes = b""
    refused: frozenset[str] = frozenset()
    record: Path | None = None

    def __post_init__(self) -> None:
        self.orders = Orders()
        self.taken: list[Copy] = []
        self.complaints: list[str] = []
        self.connections = 0
        self.goodbyes = 0
        self.lock = threading.Lock()
        self.arrival = threading.Condition(self.lock)
        self.closing = threading.Event()
        self.sockets: set[socket.socket] = set()
        self._record = self.record.open("a", buffering=1) if self.record else None
        if self.certificate:
            self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.tls.load_cert_chain(self.certificate)
        self._server = _Server(("127.0.0.1", 0), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Sink:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        with self.lock:
            for each in self.sockets:
                # Not closed: its own thread does that, when its reading has come to an end.
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
        self._server.server_close()
        self._thread.join()
        if self._record:
            self._record.close()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    def take(self, recipient: str, sender: str, content: bytes) -> int:
        """Keep a message; how many there are."""
        with self.lock:
            self.taken.append(Copy(recipient, sender, content))
            if self._record:
                self._record.write(json.dumps([recipient, sender]) + "\n")
            self.arrival.notify_all()
            return len(self.taken)

    def wait_for(self, number: int, seconds: float = 30) -> None:
        """Until so many messages were taken, or longer than anybody should need for them."""
        with self.arrival:
            self.arrival.wait_for(lambda: len(self.taken) >= number, seconds)

    def copies(self) -> Counter[str]:
        """How many copies were taken for each address."""
        return Counter(copy.recipient for copy in self.taken)


class _Server(socketserver.ThreadingTCPServer):
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], sink: Sink) -> None:
        self.sink = sink
        super().__init__(address, Session)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)
