"""A server on loopback that behaves as SendGrid documents, and misbehaves on command.

It checks every request against our own table of the documented rules, and against the
provider's published schema where that is on this machine. It keeps what it accepted, one entry
a recipient, so that a test can ask who has how many copies.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections import Counter, deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jsonschema

from tests.optional import SHARED

KEY = "SG.a-key-for-tests"
SPECIFICATION = SHARED / "specs" / "sendgrid" / "tsg_mail_v3.json"
FAULTS = {
    "accept_then_drop": "takes the chunk, then resets the connection",
    "drop_before_read": "resets the connection before it has read the request",
    "accept_then_hang": "takes the chunk and never answers",
    "too_many": "429",
    "error_before": "500, nothing taken",
    "error_after": "500, the chunk taken all the same",
    "garbage": "takes the chunk and answers something that is no HTTP",
    "redirect": "302 to a page that answers 200",
    "forbidden": "403, nothing taken",
    "no_such_page": "404 from a web site that is no API",
    "no_such_method": "405, likewise",
}
NOT_OURS_TO_SET = {
    *("x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type"),
    *("content-transfer-encoding", "to", "from", "subject", "reply-to", "cc", "bcc"),
}


class StandIn:
    """The server; use it in a `with` block."""

    def __init__(self) -> None:
        self.faults: deque[str] = deque()
        self.accepted: list[dict[str, Any]] = []
        self.requests: list[str] = []
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self._schema = _published_schema()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> StandIn:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def misbehave(self, *faults: str) -> None:
        """Have the next requests answered so, one fault each."""
        assert set(faults) <= set(FAULTS)
        self.faults.extend(faults)

    def copies(self) -> Counter[str]:
        """How many copies were taken for each address."""
        return Counter(copy["to"] for copy in self.accepted)

    def complaints(self, body: Any) -> list[dict[str, str]]:
        """What is wrong with a request body, in the form of the provider's errors."""
        if self._schema is not None:
            found = jsonschema.Draft202012Validator(self._schema).iter_errors(body)
            published = [_error(".".join(map(str, e.path)), e.message) for e in found]
            if published:
                return published
        return list(_own_rules(body))

    def take(self, body: Any) -> str:
        with self.lock:
            message_id = f"stand-in-{len(self.requests)}"
            for personalization in body["personalizations"]:
                for to in personalization["to"]:
                    self.accepted.append(
                        {"to": to["email"], "message_id": message_id, "body": body}
                        | {"personalization": personalization}
                    )
        return message_id


def _error(field: str, message: str) -> dict[str, str]:
    return {"field": field, "message": message, "help": ""}


def _own_rules(body: Any) -> Any:
    """https://www.twilio.com/docs/sendgrid/api-reference/mail-send/limitations, and its body."""
    people = body.get("personalizations") or []
    if not 1 <= len(people) <= 1000:
        yield _error("personalizations", "There must be 1 to 1000 personalizations.")
    for field in ("from", "subject", "content"):
        if not body.get(field):
            yield _error(field, "is required")
    if [part["type"] for part in body.get("content", [])] != ["text/plain", "text/html"]:
        yield _error("content", "text/plain must come first, then text/html")
    if any(name.lower() in NOT_OURS_TO_SET for name in body.get("headers", {})):
        yield _error("headers", "has a header that may not be set")
    seen = set()
    for place, person in enumerate(people):
        where = f"personalizations.{place}"
        for to in person.get("to", []):
            if not to["email"].isascii() or "@" not in to["email"] or " " in to["email"]:
                yield _error(f"{where}.to.0.email", f"Does not contain a valid address: {to}")
            if to["email"].lower() in seen:
                yield _error(f"{where}.to", "Each address must be unique.")
            seen.add(to["email"].lower())
        for field in ("substitutions", "custom_args"):
            values = person.get(field, {})
            if sum(len(f"{k}{v}".encode()) for k, v in values.items()) > 10_000:
                yield _error(f"{where}.{field}", "has over 10,000 bytes")
            if not all(isinstance(value, str) for value in values.values()):
                yield _error(f"{where}.{field}", "must be strings")
        for name, value in person.get("headers", {}).items():
            if name.lower() in NOT_OURS_TO_SET or "\n" in value or not value.isascii():
                yield _error(f"{where}.headers.{name}", "may not be set so")


def _published_schema() -> Any:
    if not SPECIFICATION.exists():
        return None
    specification = json.loads(SPECIFICATION.read_text(encoding="utf-8"))
    body = specification["components"]["requestBodies"]["PostMailSend"]
    return body["content"]["application/json"]["schema"] | {
        "components": specification["components"]
    }


def _handler_of(standin: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            standin.requests.append(f"GET {self.path}")
            self._answer(200, {})

        def do_POST(self) -> None:
            standin.requests.append(f"POST {self.path}")
            fault = standin.faults.popleft() if standin.faults else ""
            if fault == "drop_before_read":
                return self._drop()
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["Authorization"] != f"Bearer {KEY}":
                return self._refuse(401, "The provided authorization grant is invalid")
            if self.path != "/v3/mail/send":
                return self._refuse(404, "not found")
            body = json.loads(raw)
            if complaints := standin.complaints(body):
                return self._answer(400, {"errors": complaints})
            if fault == "too_many":
                return self._refuse(429, "too many requests")
            if fault == "forbidden":
                return self._refuse(403, "access forbidden")
            if fault in {"no_such_page", "no_such_method"}:
                return self._answer(404 if fault == "no_such_page" else 405, None)
            if fault == "error_before":
                return self._refuse(500, "unexpected")
            if fault == "redirect":
                return self._answer(302, {}, Location=f"{standin.url}/elsewhere")
            message_id = standin.take(body)
            if fault == "accept_then_drop":
                return self._drop()
            if fault == "accept_then_hang":
                standin.closing.wait()
                return self._drop()
            if fault == "error_after":
                return self._refuse(500, "unexpected")
            if fault == "garbage":
                self.wfile.write(b"\x00\x01 what?\r\n\r\n")
                return None
            return self._answer(202, None, **{"X-Message-Id": message_id})

        def _refuse(self, status: int, message: str) -> None:
            self._answer(status, {"errors": [_error("", message)]})

        def _answer(self, status: int, content: Any, **headers: str) -> None:
            payload = b"" if content is None else json.dumps(content).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def _drop(self) -> None:
            # Zero seconds of lingering: the other side sees a reset, not an orderly end.
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

        def finish(self) -> None:
            if not self.wfile.closed and self.connection.fileno() != -1:
                super().finish()

    return Handler
