"""Calls of SendGrid's API: whatever a server does, it is known what the request has come to."""

import contextlib
import logging
import socket
import ssl
import struct
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from delivery.errors import DeliveryError
from delivery.transports.sendgrid_calls import LONGEST_REPLY, Calls, NoAnswer, NotSent

KEY = "SG.for-tests-only"
ADDRESS = "someone@example.org"
BODY = f'{{"to": "{ADDRESS}"}}'.encode()
# Shorter than any stall below, which end only when the test does.
SHORT = 0.1


class Server:
    """Takes one connection after the other and does with each what it was told."""

    def __init__(self, behave, context=None):
        self.over = threading.Event()
        self.requests = []
        self._behave = behave
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        # A closed listener would not wake its own `accept`.
        with socket.create_connection(("127.0.0.1", self.port)):
            self._thread.join()
        self._listener.close()

    def _serve(self):
        while True:
            connection, _ = self._listener.accept()
            with connection:
                if self.over.is_set():
                    return
                with contextlib.suppress(OSError):
                    if self._context:
                        with self._context.wrap_socket(connection, server_side=True) as safe:
                            self._behave(self, safe)
                    else:
                        self._behave(self, connection)

    def read_request(self, connection):
        stream = connection.makefile("rb")
        lines = []
        while (line := stream.readline().rstrip(b"\r\n")) != b"":
            lines.append(line.decode())
        headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])
        }
        body = stream.read(int(headers.get("content-length", 0)))
        self.requests.append((lines[0], headers, body))


def answering(text):
    def behave(server, connection):
        server.read_request(connection)
        connection.sendall(text)

    return behave


def trickling(start, piece):
    """Begins an answer and goes on with a little of it, often enough for every read."""

    def behave(server, connection):
        server.read_request(connection)
        connection.sendall(start)
        while not server.over.wait(SHORT / 4):
            connection.sendall(piece)

    return behave


def stalling(server, _connection):
    server.over.wait()


@pytest.fixture(autouse=True)
def _straight_there(monkeypatch):
    """A proxy that the machine may have is no part of these tests."""
    monkeypatch.setenv("no_proxy", "*")


def calls_to(server, timeout=20.0, scheme="http"):
    return Calls(KEY, f"{scheme}://localhost:{server.port}", timeout)


ACCEPTED = b"HTTP/1.1 202 Accepted\r\nX-Message-Id: m1\r\nContent-Length: 0\r\n\r\n"


def test_a_call_carries_the_key_its_body_and_its_query():
    with Server(answering(ACCEPTED)) as server:
        calls_to(server).call("POST", "/v3/mail/send", BODY)
        calls_to(server).call("GET", "/v3/suppression/bounces", query={"limit": "500", "q": "a b"})
    (line, headers, body), (second_line, second_headers, nothing) = server.requests
    assert line == "POST /v3/mail/send HTTP/1.1"
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["user-agent"].startswith("sendgrid/")
    assert headers["content-type"] == "application/json"
    assert body == BODY
    assert second_line == "GET /v3/suppression/bounces?limit=500&q=a+b HTTP/1.1"
    assert "content-type" not in second_headers
    assert nothing == b""


def test_a_reply_has_status_headers_in_any_case_and_body():
    with Server(answering(b"HTTP/1.1 200 OK\r\nX-Message-Id: m1\r\n\r\n[1]")) as server:
        reply = calls_to(server).call("GET", "/")
    assert (reply.status, reply.headers.get("x-message-id"), reply.body) == (200, "m1", b"[1]")


@pytest.mark.parametrize("status", [302, 400, 401, 429, 500])
def test_every_status_is_a_reply_and_no_redirect_is_followed(status):
    text = f"HTTP/1.1 {status} So\r\nLocation: /elsewhere\r\nContent-Length: 2\r\n\r\nno"
    with Server(answering(text.encode())) as server:
        reply = calls_to(server).call("POST", "/", BODY)
    assert (reply.status, reply.body) == (status, b"no")
    assert len(server.requests) == 1


def test_nobody_listening_is_not_sent():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NotSent, match="can't be reached") as caught:
        Calls(KEY, f"http://127.0.0.1:{port}", 20).call("POST", "/", BODY)
    assert "@" not in str(caught.value)


def test_a_host_that_can_not_be_is_not_sent():
    with pytest.raises(NotSent):
        Calls(KEY, "http://a..b", 20).call("GET", "/")


def test_a_write_that_never_ends_is_not_sent():
    with Server(stalling) as server, pytest.raises(NotSent):
        calls_to(server, SHORT).call("POST", "/", b" " * 2**25)


def reset(server, connection):
    server.read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


AFTERWARDS = {
    "closed": answering(b""),
    "reset": reset,
    "no status line": answering(b"220 mail.example.org ESMTP\r\n\r\n"),
    "headers broken off": answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"),
    "body broken off": answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[1"),
    "chunks broken off": answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1"),
    "too long a body": answering(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * (LONGEST_REPLY + 1)),
}


@pytest.mark.parametrize("behave", AFTERWARDS.values(), ids=AFTERWARDS.keys())
def test_after_the_last_byte_everything_but_a_whole_reply_is_no_answer(behave):
    with Server(behave) as server, pytest.raises(NoAnswer, match="no answer came") as caught:
        calls_to(server).call("POST", "/", BODY)
    assert "@" not in str(caught.value)


def test_the_status_that_was_said_counts_although_its_headers_break_off():
    with Server(answering(b"HTTP/1.1 202 Accepted\r\nX-Mess")) as server:
        assert calls_to(server).call("POST", "/", BODY).status == 202


def test_silence_is_no_answer():
    def behave(server, connection):
        server.read_request(connection)
        server.over.wait()

    with Server(behave) as server, pytest.raises(NoAnswer):
        calls_to(server, SHORT).call("POST", "/", BODY)


TRICKLES = {
    "status line": (b"HTTP/1.1 200 ", b"O"),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body with a length": (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"["),
    "body without a length": (b"HTTP/1.1 200 OK\r\n\r\n", b"["),
}


@pytest.mark.parametrize(("start", "piece"), TRICKLES.values(), ids=TRICKLES.keys())
def test_a_server_that_trickles_holds_nobody_for_ever(start, piece):
    with Server(trickling(start, piece)) as server, pytest.raises(NoAnswer):
        calls_to(server, SHORT).call("POST", "/", BODY)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of `localhost` that it signed itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


def over_tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_the_same_goes_over_tls(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Server(answering(ACCEPTED), over_tls(certificate)) as server:
        reply = calls_to(server, scheme="https").call("POST", "/v3/mail/send", BODY)
    assert reply.status == 202
    assert server.requests[0][2] == BODY


def test_a_trickle_over_tls_ends_as_well(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    behave = trickling(b"HTTP/1.1 200 OK\r\n\r\n", b"[")
    with Server(behave, over_tls(certificate)) as server, pytest.raises(NoAnswer):
        calls_to(server, SHORT, scheme="https").call("POST", "/", BODY)


def test_a_server_that_nobody_vouches_for_gets_no_request(certificate):
    with Server(answering(ACCEPTED), over_tls(certificate)) as server:
        with pytest.raises(NotSent, match="certificate"):
            calls_to(server, scheme="https").call("POST", "/", BODY)
        assert not server.requests


def test_a_handshake_that_trickles_ends_as_not_sent():
    def behave(server, connection):
        # The head of a long handshake record, and then its bytes one by one.
        connection.sendall(b"\x16\x03\x03\x40\x00")
        while not server.over.wait(SHORT / 4):
            connection.sendall(b"\x00")

    with Server(behave) as server, pytest.raises(NotSent):
        calls_to(server, SHORT, scheme="https").call("POST", "/", BODY)


def test_one_tls_context_serves_all_calls(monkeypatch):
    made = []
    original = ssl.create_default_context
    monkeypatch.setattr(
        ssl, "create_default_context", lambda *a, **k: made.append(1) or original(*a, **k)
    )
    with Server(answering(ACCEPTED)) as server:
        calls = calls_to(server)
        for _ in range(3):
            calls.call("POST", "/", BODY)
    assert len(made) == 1


def test_neither_the_key_nor_an_address_is_ever_logged(caplog):
    with caplog.at_level(logging.DEBUG), Server(answering(ACCEPTED)) as server:
        calls_to(server).call("POST", "/", BODY)
    assert KEY not in caplog.text
    assert ADDRESS not in caplog.text


def test_no_call_leaves_a_thread_or_a_connection_behind():
    with Server(answering(ACCEPTED)) as server:
        calls = calls_to(server)
        calls.call("POST", "/", BODY)
        before = len(list(Path("/dev/fd").iterdir()))
        for _ in range(20):
            calls.call("POST", "/", BODY)
        # The server's own ends of the last connections may not be closed yet.
        assert len(list(Path("/dev/fd").iterdir())) < before + 20
    timers = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    for timer in timers:
        # One that was cancelled ends at once, one that was not after 80 seconds.
        timer.join(20)
    assert not any(timer.is_alive() for timer in timers)


@pytest.mark.parametrize("key", ["", "SG. with a space", "SG.bücher", "SG.a\nX-Injected: 1"])
def test_a_key_that_can_not_be_one_is_told_without_showing_it(key):
    with pytest.raises(DeliveryError, match="TWTW_SENDGRID_API_KEY") as caught:
        Calls(key, "https://api.sendgrid.com", 20)
    assert not key or key not in str(caught.value)
