"""A DNS server on loopback, by UDP and TCP, that knows the records it was given and no others."""

from __future__ import annotations

import base64
import socket
import socketserver
import struct
import threading

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SECONDS = 300
# A public key of 2048 bits, as a record for DKIM has it.
KEY = base64.b64encode(
    rsa.generate_private_key(65537, 2048)
    .public_key()
    .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()


class Zone:
    """The records, and what is to go wrong.

    `fails` are names at which the server says SERVFAIL; a `silent` one says nothing at all.
    """

    def __init__(self) -> None:
        self.records: dict[tuple[dns.name.Name, str], list[str]] = {}
        self.fails: set[str] = set()
        self.silent = False
        self.asked: list[str] = []

    def add(self, name: str, kind: str, *values: str) -> None:
        """Records as a zone file has them; texts are quoted here, in parts that fit."""
        if kind == "TXT":
            values = tuple(
                " ".join(f'"{value[at : at + 255]}"' for at in range(0, len(value), 255) or [0])
                for value in values
            )
        self.records.setdefault((dns.name.from_text(name), kind), []).extend(values)

    def remove(self, name: str, kind: str) -> None:
        del self.records[dns.name.from_text(name), kind]

    def answer(self, wire: bytes, room: int | None) -> bytes | None:
        """The answer to a question; `room` is how many bytes fit where that is bounded."""
        query = dns.message.from_wire(wire)
        (question,) = query.question
        name, kind = question.name, dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{name.to_text(omit_final_dot=True)} {kind}")
        if self.silent:
            return None
        response = dns.message.make_response(query, recursion_available=True)
        if name.to_text(omit_final_dot=True).lower() in self.fails:
            response.set_rcode(dns.rcode.SERVFAIL)
            return response.to_wire()
        while (alias := self.records.get((name, "CNAME"))) and kind != "CNAME":
            response.answer.append(_set(name, "CNAME", alias))
            name = dns.name.from_text(alias[0])
        if values := self.records.get((name, kind)):
            response.answer.append(_set(name, kind, values))
        elif not any(known.is_subdomain(name) for known, _ in self.records):
            response.set_rcode(dns.rcode.NXDOMAIN)
        whole = response.to_wire(max_size=65535)
        if room is None or len(whole) <= room:
            return whole
        cut = dns.message.make_response(query, recursion_available=True)
        cut.flags |= dns.flags.TC
        return cut.to_wire()


def _set(name: dns.name.Name, kind: str, values: list[str]) -> dns.rrset.RRset:
    return dns.rrset.from_text(name, SECONDS, "IN", kind, *values)


class _ByUDP(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        wire, connection = self.request
        query = dns.message.from_wire(wire)
        room = query.payload if query.edns >= 0 else 512
        answer = self.server.zone.answer(wire, room)
        if answer is not None:
            connection.sendto(answer, self.client_address)


class _ByTCP(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        wire = self._exactly(*struct.unpack("!H", self._exactly(2)))
        answer = self.server.zone.answer(wire, None)
        if answer is not None:
            self.request.sendall(struct.pack("!H", len(answer)) + answer)

    def _exactly(self, count: int) -> bytes:
        return self.request.recv(count, socket.MSG_WAITALL)


def _at_one_port() -> tuple[socketserver.UDPServer, socketserver.TCPServer]:
    """Both ways on one number; what is free for TCP may be taken for UDP."""
    while True:
        by_tcp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _ByTCP)
        try:
            return socketserver.ThreadingUDPServer(by_tcp.server_address, _ByUDP), by_tcp
        except OSError:
            by_tcp.server_close()


class NameServer:
    """The server; its `zone` may be changed at any time."""

    def __init__(self) -> None:
        self.zone = Zone()
        self._udp, self._tcp = _at_one_port()
        self.port = self._udp.server_address[1]
        for server in (self._udp, self._tcp):
            server.zone = self.zone  # type: ignore[union-attr]
            server.daemon_threads = True

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> NameServer:
        for server in (self._udp, self._tcp):
            threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in (self._udp, self._tcp):
            server.shutdown()
            server.server_close()
