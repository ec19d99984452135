"""An IMAP server on loopback with one mailbox, which misbehaves on command.

It knows as much of RFC 3501 as is needed to read mails and to mark them as read.
"""

from __future__ import annotations

import base64
import re
import socketserver
import ssl
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from pathlib import Path

FAULTS = {
    "close": "closes the connection without a word",
    "hang": "says nothing more, and holds the connection",
    "trickle": "says an answer without an end, letter by letter",
    "garbage": "says what is no IMAP",
    "no": "refuses",
    "bad": "does not understand",
    "bye": "says goodbye and closes",
    "huge": "announces more bytes than anybody asked for",
    "endless": "says lines that nobody asked for, without an end",
}
STAGES = ("greeting", "CAPABILITY", "STARTTLS", "LOGIN", "AUTHENTICATE", "SELECT")
STAGES += ("SEARCH", "FETCH", "STORE", "LOGOUT")


@dataclass
class Kept:
    """A mail in the folder."""

    raw: bytes
    seen: bool = False


@dataclass
class MailServer:
    """Use it in a `with` block.

    Args:
        certificate: file with a key and a certificate; with it STARTTLS is offered.
        tls_at_once: encrypted from the first byte on.
        users: who may log in, with their passwords.
        folder: the one folder that there is, as IMAP writes it.
        capabilities: what is announced beside.
        read_only: no mail can be marked.
    """

    certificate: Path | None = None
    tls_at_once: bool = False
    users: dict[str, str] = field(default_factory=lambda: {"desk": "correct horse"})
    folder: str = "INBOX"
    capabilities: str = "AUTH=PLAIN"
    read_only: bool = False

    def __post_init__(self) -> None:
        self.mails: dict[int, Kept] = {}
        self.commands: list[str] = []
        self.orders: dict[str, deque[str]] = defaultdict(deque)
        self.closing = threading.Event()
        if self.certificate:
            self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.tls.load_cert_chain(self.certificate)
        self._server = _Server(("127.0.0.1", 0), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> MailServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def deliver(self, *mails: bytes) -> None:
        """Put mails into the folder, unread."""
        for raw in mails:
            self.mails[max(self.mails, default=100) + 1] = Kept(raw)

    def unseen(self) -> list[int]:
        return [number for number, mail in self.mails.items() if not mail.seen]

    def give(self, stage: str, *faults: str) -> None:
        """What is to go wrong the next times that it comes to a stage; `""` for nothing."""
        assert stage in STAGES
        assert not set(faults) - {*FAULTS, ""}
        self.orders[stage].extend(faults)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], own: MailServer) -> None:
        self.own = own
        super().__init__(address, _Session)

    def handle_error(self, *_: object) -> None:
        """A client that goes away is nothing to speak of."""


class _OverError(Exception):
    """The connection is at its end."""


class _Session(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.own: MailServer = self.server.own  # type: ignore[attr-defined]
        self.sock = self.request
        self.unread = b""
        self.known = self.selected = False
        try:
            if self.own.tls_at_once:
                self.encrypt()
            if self.goes_well("greeting", "*"):
                self.say("* OK mail.example.org is here")
            while True:
                self.obey(self.line().decode("utf-8", "replace"))
        except (_OverError, OSError):
            pass

    def obey(self, line: str) -> None:
        tag, _, rest = line.partition(" ")
        verb, _, rest = rest.partition(" ")
        if verb == "UID":
            verb, _, rest = rest.partition(" ")
        self.own.commands.append(verb)
        if verb not in STAGES:
            return self.say(f"{tag} BAD what is {verb}?")
        if not self.goes_well(verb, tag):
            return None
        return getattr(self, f"do_{verb.lower()}")(tag, rest)

    def do_capability(self, tag: str, _: str) -> None:
        offers = "IMAP4rev1 " + self.own.capabilities
        if self.own.certificate and not isinstance(self.sock, ssl.SSLSocket):
            offers += " STARTTLS"
        self.say(f"* CAPABILITY {offers}", f"{tag} OK done")

    def do_starttls(self, tag: str, _: str) -> None:
        self.say(f"{tag} OK go on")
        self.encrypt()

    def do_login(self, tag: str, rest: str) -> None:
        parts = re.fullmatch(r'"((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"', rest)
        assert parts, "a user and a password in quotation marks"
        user, password = (re.sub(r"\\(.)", r"\1", part) for part in parts.groups())
        self.admit(tag, user, password)

    def do_authenticate(self, tag: str, _: str) -> None:
        self.say("+ ")
        _, user, password = base64.b64decode(self.line()).decode().split("\0")
        self.admit(tag, user, password)

    def admit(self, tag: str, user: str, password: str) -> None:
        self.known = self.own.users.get(user) == password
        said = "OK welcome" if self.known else f"NO [AUTHENTICATIONFAILED] {user} is not known"
        self.say(f"{tag} {said}")

    def do_select(self, tag: str, rest: str) -> None:
        if not self.known or rest != f'"{self.own.folder}"':
            return self.say(f"{tag} NO there is no {rest}")
        self.selected = True
        access = "READ-ONLY" if self.own.read_only else "READ-WRITE"
        return self.say(f"* {len(self.own.mails)} EXISTS", f"{tag} OK [{access}] selected")

    def do_search(self, tag: str, rest: str) -> None:
        assert self.selected
        assert rest == "UNSEEN UNDELETED"
        numbers = " ".join(map(str, reversed(self.own.unseen())))
        self.say(f"* SEARCH {numbers}".rstrip(), f"{tag} OK done")

    def do_fetch(self, tag: str, rest: str) -> None:
        found = re.fullmatch(r"(\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", rest)
        assert found, "only what is asked for here"
        mail = self.own.mails.get(int(found[1]))
        if mail is not None:
            beginning = mail.raw[: int(found[2])]
            self.say(f"* 1 FETCH (UID {found[1]} BODY[]<0> {{{len(beginning)}}}")
            self.sock.sendall(beginning)
            self.say(")")
        self.say(f"{tag} OK done")

    def do_store(self, tag: str, rest: str) -> None:
        number, _, rest = rest.partition(" ")
        assert rest == r"+FLAGS.SILENT (\Seen)"
        if int(number) in self.own.mails:
            self.own.mails[int(number)].seen = True
        self.say(f"{tag} OK done")

    def do_logout(self, tag: str, _: str) -> None:
        self.say("* BYE for today", f"{tag} OK done")
        raise _OverError

    def encrypt(self) -> None:
        self.sock = self.own.tls.wrap_socket(self.sock, server_side=True)

    def goes_well(self, stage: str, tag: str) -> bool:
        """Do what is due instead; whether nothing is."""
        orders = self.own.orders[stage]
        fault = orders.popleft() if orders else ""
        if fault in ("no", "bad"):
            self.say(f"{tag} {fault.upper()} desk@example.org may not")
        elif fault == "garbage":
            self.say("HTTP/1.1 400 Bad Request desk@example.org")
        elif fault == "huge":
            self.say("* 1 FETCH (BODY[] {9999999999}")
        elif fault == "endless":
            while not self.own.closing.is_set():
                self.sock.sendall(b"* OK " + b"x" * 1000 + b"\r\n")
        elif fault == "trickle":
            while not self.own.closing.wait(0.01):
                self.sock.sendall(b"x")
        elif fault == "hang":
            self.own.closing.wait()
        elif fault == "bye":
            self.say("* BYE for today")
        if fault in ("close", "bye", "hang", "trickle", "endless"):
            raise _OverError
        return not fault

    def line(self) -> bytes:
        while b"\r\n" not in self.unread:
            more = self.sock.recv(65_536)
            if not more:
                raise _OverError
            self.unread += more
        found, _, self.unread = self.unread.partition(b"\r\n")
        return found

    def say(self, *lines: str) -> None:
        self.sock.sendall("".join(f"{line}\r\n" for line in lines).encode())
