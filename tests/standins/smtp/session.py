"""One connection: strict about what it is sent (RFC 5321), and honest unless ordered otherwise.

A client's mistake is answered with a no and noted in the sink's `complaints`.
"""

from __future__ import annotations

import base64
import re
import socket
import socketserver
import ssl
import struct
from typing import TYPE_CHECKING

from tests.standins.smtp.faults import WORDS

if TYPE_CHECKING:
    from tests.standins.smtp.sink import Sink


class ItIsOverError(Exception):
    """The connection is at its end."""


class Session(socketserver.BaseRequestHandler):
    """What is said on a connection, from the greeting to the goodbye."""

    def setup(self) -> None:
        self.sink: Sink = self.server.sink  # type: ignore[attr-defined]
        self.sock: socket.socket = self.request
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.unread = b""
        self.messages = 0
        self.user = ""
        self.forget()
        with self.sink.lock:
            self.sink.connections += 1
            self.sink.sockets.add(self.sock)

    def finish(self) -> None:
        with self.sink.lock:
            self.sink.sockets.discard(self.sock)
        self.sock.close()

    def handle(self) -> None:
        try:
            if self.sink.tls_at_once:
                self.encrypt()
            self.answer("connect", "220 sink.example.org ESMTP")
            while True:
                line = self.until(b"\r\n").decode("utf-8", "replace")
                verb, _, rest = line.partition(" ")
                act = getattr(self, f"do_{verb.lower()}", None)
                if act is None:
                    self.complain(f"500 Command unknown: {verb}")
                else:
                    act(rest)
        except (ItIsOverError, OSError):
            pass

    def do_ehlo(self, _: str) -> None:
        self.forget()
        offers = ["sink.example.org", f"SIZE {self.sink.size}", "8BITMIME"]
        if self.sink.certificate and not isinstance(self.sock, ssl.SSLSocket):
            offers.append("STARTTLS")
        if self.sink.users and self.sink.mechanisms:
            offers.append(f"AUTH {self.sink.mechanisms}")
        if self.sink.smtputf8:
            offers.append("SMTPUTF8")
        lines = [f"250-{offer}" for offer in offers[:-1]] + [f"250 {offers[-1]}"]
        self.answer("EHLO", "\r\n".join(lines))

    def do_starttls(self, _: str) -> None:
        if self.answer("STARTTLS", "220 Go on"):
            self.encrypt()

    def do_auth(self, rest: str) -> None:
        mechanism, _, given = rest.partition(" ")
        if mechanism == "PLAIN":
            user, password = base64.b64decode(given).decode().split("\0")[1:]
        else:
            user = base64.b64decode(given).decode()
            self.say(f"334 {base64.b64encode(b'Password:').decode()}")
            password = base64.b64decode(self.until(b"\r\n")).decode()
        known = self.sink.users.get(user) == password
        right = "235 2.7.0 Welcome" if known else f"535 5.7.8 Error: <{user}> is not known"
        self.user = user if self.answer("AUTH", right) and known else ""

    def do_mail(self, rest: str) -> None:
        found = re.fullmatch(r"FROM:<([^<>\s]*)>((?: [A-Z0-9]+(?:=\S+)?)*)", rest)
        if self.sink.users and not self.user:
            self.complain("530 5.7.0 Authentication required")
        elif found is None or self.sender is not None:
            self.complain(f"503 5.5.1 Not now, or not so: {rest}")
        elif self.answer("MAIL", "250 2.1.0 Ok"):
            self.sender, self.utf8 = found[1], "SMTPUTF8" in found[2].split()

    def do_rcpt(self, rest: str) -> None:
        found = re.fullmatch(r"TO:<([^<>\s]+)>", rest)
        if found is None or self.sender is None or not (rest.isascii() or self.utf8):
            self.complain(f"503 5.5.1 Not now, or not so: {rest}")
        elif found[1] in self.sink.refused:
            self.say(f"550 5.1.1 <{found[1]}>: Recipient address rejected: User unknown")
        else:
            self.recipient = found[1]
            if not self.answer("RCPT", "250 2.1.5 Ok"):
                self.recipient = ""

    def do_data(self, _: str) -> None:
        if not self.recipient:
            return self.complain("503 5.5.1 Error: need RCPT command")
        if not self.answer("DATA", "354 End data with <CR><LF>.<CR><LF>"):
            return None
        if order := self.sink.orders.due("content", self.recipient):
            self.sock.recv(100)
            self.obey(order, "")
            raise ItIsOverError
        raw = self.until(b"\r\n.\r\n") + b"\r\n"
        lines = raw.split(b"\r\n")
        if any(b"\n" in line or b"\r" in line or len(line) > 998 for line in lines):
            return self.complain("550 5.6.0 A bare CR or LF, or too long a line")
        if any(line[:1] == b"." and line[:2] != b".." for line in lines):
            return self.complain("550 5.6.0 A dot that was not doubled")
        if not (raw.isascii() or self.utf8):
            return self.complain("550 5.6.0 Eight bits")
        if self.answer("the dot", ""):
            self.keep(raw.replace(b"\r\n..", b"\r\n."))
        self.forget()
        return None

    def keep(self, content: bytes) -> None:
        number = self.sink.take(self.recipient, self.sender or "", content)
        self.messages += 1
        self.answer("kept", f"250 2.0.0 Ok: queued as {number}")
        if self.messages == self.sink.close_after:
            self.sock.sendall(self.sink.last_words)
            raise ItIsOverError

    def do_rset(self, _: str) -> None:
        self.forget()
        self.answer("RSET", "250 2.0.0 Ok")

    def do_quit(self, _: str) -> None:
        with self.sink.lock:
            self.sink.goodbyes += 1
        self.answer("QUIT", "221 2.0.0 Bye")
        raise ItIsOverError

    def forget(self) -> None:
        self.sender: str | None = None
        self.recipient = ""
        self.utf8 = False

    def encrypt(self) -> None:
        plain = self.sock
        encrypted = self.sink.tls.wrap_socket(plain, server_side=True)
        with self.sink.lock:
            self.sink.sockets.discard(plain)
            self.sink.sockets.add(encrypted)
        self.sock = encrypted

    def answer(self, stage: str, right: str) -> bool:
        """Give the right answer, or do what is due instead; whether it was the right one."""
        if order := self.sink.orders.due(stage, self.recipient):
            return self.obey(order, right)
        if right:
            self.say(right)
        return True

    def obey(self, order: str, right: str) -> bool:
        if order == "twice":
            self.say(f"{right}\r\n{right}")
            return True
        if order in WORDS:
            who = f"<{self.recipient}>: " if self.recipient else ""
            odd_here = order == "odd" and right.startswith("3")
            self.say("299 What?" if odd_here else WORDS[order].format(who))
            if order != "421":
                return False
        if order == "hang":
            self.sink.closing.wait()
        if order == "trickle":
            while not self.sink.closing.wait(0.01):
                self.sock.sendall(b"2")
        if order == "drop":
            # Zero seconds of lingering: the other side sees a reset, not an orderly end.
            linger = struct.pack("ii", 1, 0)
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        raise ItIsOverError

    def complain(self, answer: str) -> None:
        self.sink.complaints.append(answer)
        self.say(answer)

    def say(self, line: str) -> None:
        self.sock.sendall(f"{line}\r\n".encode())

    def until(self, end: bytes) -> bytes:
        while end not in self.unread:
            more = self.sock.recv(262_144)
            if not more:
                raise ItIsOverError
            self.unread += more
        found, _, self.unread = self.unread.partition(end)
        return found
