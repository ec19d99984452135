"""A web site on loopback that answers each path as it was told, badly too."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Answer = Callable[[socket.socket, "Request", threading.Event], None]


@dataclass(frozen=True)
class Request:
    """What was asked: the method, the path with its query, and the lines of the head."""

    method: str
    path: str
    head: tuple[str, ...]


def status(code: int, *headers: str) -> Answer:
    """Answers a status, with these header lines."""
    lines = [f"HTTP/1.1 {code} Said", *headers, "Content-Length: 2", "", "ok"]
    return lambda connection, _request, _closing: connection.sendall("\r\n".join(lines).encode())


def redirect(location: str, code: int = 302) -> Answer:
    """Sends on to another address."""
    return status(code, f"Location: {location}")


def raw(data: bytes) -> Answer:
    """Answers these bytes and ends the connection."""
    return lambda connection, _request, _closing: connection.sendall(data)


def only_get(otherwise: int) -> Answer:
    """Has a page for GET, and nothing but a status for everything else."""

    def answer(connection: socket.socket, request: Request, closing: threading.Event) -> None:
        status(200 if request.method == "GET" else otherwise)(connection, request, closing)

    return answer


def endless(beginning: bytes, again: bytes) -> Answer:
    """Begins, and then says the same again until the other side has enough of it."""

    def answer(connection: socket.socket, _request: Request, closing: threading.Event) -> None:
        connection.sendall(beginning)
        while not closing.is_set():
            connection.sendall(again)

    return answer


def hang(connection: socket.socket, _request: Request, closing: threading.Event) -> None:
    """Says nothing, and holds the connection."""
    closing.wait()


class Web:
    """The site; `asked` has every request in the order in which they came."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[Request] = []
        self._closing = threading.Event()
        self._tls = None
        if certificate is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._listen)]

    def __enter__(self) -> Web:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        # Wakes the thread that waits for a connection.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{host}:{self.port}{path}"

    def serve(self, path: str, answer: Answer) -> str:
        """From now on the path is answered so; its address."""
        self.answers[path] = answer
        return self.url(path)

    def paths(self) -> list[str]:
        return [f"{request.method} {request.path}" for request in self.asked]

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._talk, args=[connection])
            self._threads.append(thread)
            thread.start()

    def _talk(self, connection: socket.socket) -> None:
        try:
            with connection:
                secure = self._tls.wrap_socket(connection, True) if self._tls else connection
                with secure, secure.makefile("rb") as lines:
                    first, *head = iter(lambda: lines.readline().decode().rstrip("\r\n"), "")
                    method, path, _ = first.split(" ")
                    request = Request(method, path, tuple(head))
                    self.asked.append(request)
                    self.answers.get(path, status(404))(secure, request, self._closing)
        except (OSError, ValueError):
            # The other side went away, or did not like our certificate.
            return
