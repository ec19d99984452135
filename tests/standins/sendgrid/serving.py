"""The stand-in's sockets: a thread a connection, connections that are kept, and an end at once."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from http.client import responses
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tests.standins.sendgrid.answers import Answer, RefusedError, Request

if TYPE_CHECKING:
    from tests.standins.sendgrid.standin import StandIn


class Listener:
    """Listens on loopback from its making on, and answers while it is open."""

    def __init__(self, standin: StandIn, port: int) -> None:
        self._standin = standin
        self._socket = socket.create_server(("127.0.0.1", port), backlog=512)
        self.port: int = self._socket.getsockname()[1]
        self._lock = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """When it returns, nothing is being answered any more, and nothing will be."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        if self._thread.is_alive():
            self._thread.join()
        self._socket.close()
        with self._lock:
            left = dict(self._open)
        for connection in left:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in left.values():
            thread.join()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._converse, args=[connection], daemon=True)
            with self._lock:
                self._open[connection] = thread
            thread.start()

    def _converse(self, connection: socket.socket) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            Conversation(connection, self._standin)
        except OSError:
            pass  # The other side went away, as it may.
        finally:
            with self._lock:
                del self._open[connection]
            connection.close()


class Conversation(BaseHTTPRequestHandler):
    """One connection. The faults act on it."""

    protocol_version = "HTTP/1.1"

    def __init__(self, connection: socket.socket, standin: StandIn) -> None:
        self.standin = standin
        super().__init__(connection, ("127.0.0.1", 0), None)  # type: ignore[arg-type]

    def _serve(self) -> None:
        address = urlsplit(self.path)
        fault = self.standin.fault_before_reading(self.command, address.path)
        if fault is not None and fault.reads < 1:
            self._read(fault.reads)
            return fault.act(self, None)
        request = Request(
            method=self.command,
            path=address.path,
            query=dict(parse_qsl(address.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            raw=self._read(),
        )
        try:
            work = self.standin.work_for(request)
        except RefusedError as refused:
            return self.give(refused.answer)
        fault = fault or self.standin.fault_after_reading(request)
        if fault is None:
            return self.give(work())
        if fault.late:
            self.standin.released(self.standin.pause_for)
            if self.standin.closing.is_set():
                return self.reset()
        return fault.act(self, work() if fault.taken else None)

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = _serve  # noqa: N815 - http.server's names

    def _read(self, share: float = 1.0) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            chunks = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(chunks)
        size = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(int(size * share))
        if len(raw) < int(size * share):
            raise ConnectionAbortedError("the request was cut off")
        return raw

    def bytes_of(self, answer: Answer) -> bytes:
        payload = answer.payload()
        kind = "text/html" if isinstance(answer.content, bytes) else "application/json"
        head = {"Content-Length": str(len(payload)), **answer.headers}
        if payload:
            head["Content-Type"] = kind
        lines = [f"HTTP/1.1 {answer.status} {responses.get(answer.status, 'Unknown')}"]
        lines += [f"{name}: {value}" for name, value in head.items()]
        return "\r\n".join([*lines, "", ""]).encode() + payload

    def give(self, answer: Answer) -> None:
        self.write(self.bytes_of(answer))

    def write(self, said: bytes) -> bool:
        """Whether the other side still seems to be there."""
        try:
            self.wfile.write(said)
        except OSError:
            self.close_connection = True
            return False
        return True

    def reset(self) -> None:
        # Zero seconds of lingering: the other side sees a reset, not an orderly end.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass
