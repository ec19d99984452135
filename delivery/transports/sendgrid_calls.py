"""One call of SendGrid's API: a reply, or what is known without one.

Whatever a server does, a call ends in time, and its end tells whether the request can have
arrived. No body is ever logged or repeated in a reason: it may hold a reader's address.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode

from delivery.errors import DeliveryError
from delivery.transports.wording import fit_to_be_shown

# A time-out is for each read, and a server that sends a byte now and then never meets it.
TIMEOUTS_PER_CALL = 4
# The longest known reply, 1,000 messages of the Email Logs, has less than one.
LONGEST_REPLY = 16 * 2**20
PIECE = 64 * 2**10
# Seconds; also for a provider that says nothing of when to come back.
SHORTEST_WAIT = 1.0
LONGEST_WAIT = 3600.0


class NotSent(Exception):  # noqa: N818 - no error: what is known of the call
    """The request was not written to its end, so nobody can have acted on it."""


class NoAnswer(Exception):  # noqa: N818 - no error: what is known of the call
    """The request was written and no whole reply came: it may have been acted on, or not."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered, whichever status it has; `headers` ignores case."""

    status: int
    headers: Message
    body: bytes

    @property
    def errors(self) -> list[tuple[str, str]]:
        """The provider's own words as they came, each with the field it is about, if any."""
        try:
            return [
                (str(error.get("field") or ""), str(error["message"]))
                for error in json.loads(self.body)["errors"]
            ]
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return []

    @property
    def sentence(self) -> str:
        """`SendGrid answered 400: subject: is required.` in one line, without any address."""
        words = "; ".join(f"{field}: {text}" if field else text for field, text in self.errors)
        said = f"SendGrid answered {self.status}{': ' if words else ''}{words}"
        return f"{fit_to_be_shown(said).rstrip('.')}."

    @property
    def seconds_until_reset(self) -> float:
        """How long a 429 asks to wait; never less than a second nor more than an hour.

        https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/rate-limits
        """
        try:
            if reset := self.headers.get("X-RateLimit-Reset"):
                seconds = float(reset) - time.time()
            else:
                seconds = float(self.headers.get("Retry-After", ""))
        except ValueError:
            seconds = SHORTEST_WAIT
        # In this order what is no number (`nan`) is the shortest.
        return min(max(SHORTEST_WAIT, seconds), LONGEST_WAIT)


class Calls:
    """Calls of the API with one key, from any number of threads.

    The host and the headers are the `sendgrid` package's. Its client is not used: that builds
    a TLS context for each call (30 ms), follows a redirect as a GET whose 200 looks like
    success, and formats every payload for a debug line, with all addresses in it.

    Args:
        api_key: the key; it never shows in a message.
        url: where the API is, without a path.
        timeout: seconds to wait for the connection, and for each piece of the reply. A call as
            a whole takes at most four times as long.

    Raises:
        DeliveryError: if there is no key, or it can't be one.
    """

    def __init__(self, api_key: str, url: str, timeout: float) -> None:
        if not api_key:
            raise DeliveryError(
                "TWTW_SENDGRID_API_KEY is empty; set it to a key with the right Mail Send, "
                "or set TWTW_TRANSPORT=outbox."
            )
        if not re.fullmatch(r"[!-~]+", api_key):
            raise DeliveryError(
                "TWTW_SENDGRID_API_KEY has a space or a letter that no key has; copy it again."
            )
        # Imported when it is used: the package takes a tenth of a second.
        from sendgrid import SendGridAPIClient

        package = SendGridAPIClient(api_key, host=url)
        self._base: str = package.host
        self._headers: dict[str, str] = dict(package.client.request_headers)
        self._timeout = timeout
        # Without urllib's handlers of errors and redirects: every status is a reply.
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            _HTTP(),
            _HTTPS(context=ssl.create_default_context()),
        ):
            self._opener.add_handler(handler)

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Reply:
        """Make one call, over a connection of its own.

        Args:
            path: e.g. `/v3/mail/send`.
            body: JSON, if the call has one.

        Raises:
            NotSent: if the request was provably not written to its last byte.
            NoAnswer: if it was, and no whole reply came.
        """
        request = _Request(
            f"{self._base}{path}?{urlencode(query)}" if query else f"{self._base}{path}",
            data=body,
            headers=self._headers | ({"Content-Type": "application/json"} if body else {}),
            method=method,
        )
        with _Deadline(TIMEOUTS_PER_CALL * self._timeout) as deadline:
            request.deadline = deadline
            try:
                with self._opener.open(request, timeout=self._timeout) as response:
                    reply = Reply(response.status, response.headers, _body_of(response))
            except (URLError, http.client.InvalidURL, UnicodeError) as error:
                # urllib wraps what goes wrong until the last byte is written, and nothing after;
                # the other two are hosts that can't be.
                raise NotSent(f"SendGrid can't be reached: {_reason(error)}.") from None
            except (OSError, http.client.HTTPException) as error:
                raise NoAnswer(_no_answer(type(error).__name__)) from None
        if deadline.passed:
            # A reply without a length ends where the connection does, so this one may be cut.
            raise NoAnswer(_no_answer(f"not within {TIMEOUTS_PER_CALL * self._timeout:g} s"))
        return reply


def _body_of(response: http.client.HTTPResponse) -> bytes:
    pieces: list[bytes] = []
    room = LONGEST_REPLY
    while piece := response.read(PIECE):
        pieces.append(piece)
        room -= len(piece)
        if room < 0:
            raise http.client.HTTPException
    if response.length:
        # Read in pieces, a body that breaks off ends like a whole one.
        raise http.client.IncompleteRead(b"", response.length)
    return b"".join(pieces)


def _reason(error: Exception) -> str:
    return str(error.reason if isinstance(error, URLError) else error).rstrip(".")


def _no_answer(how: str) -> str:
    return f"The call left, and no answer came ({how})."


class _Deadline:
    """Ends a call's connection when its time is over, wherever a thread waits in it."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._connection: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> _Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def watch(self, connection: socket.socket) -> None:
        """Take over a connection's second descriptor: TLS will take the first one away."""
        with self._lock:
            self._connection = connection.dup()
            if self.passed:
                self._shut()

    def _end(self) -> None:
        with self._lock:
            self.passed = True
            self._shut()

    def _shut(self) -> None:
        if self._connection is not None:
            # Unlike a close this wakes whoever reads or writes.
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)


class _Request(urllib.request.Request):
    deadline: _Deadline


class _Connection(http.client.HTTPConnection):
    """A connection that ends at its call's deadline."""

    deadline: _Deadline

    def connect(self) -> None:
        super().connect()
        self.deadline.watch(self.sock)


class _TLSConnection(http.client.HTTPSConnection, _Connection):
    """The same with TLS, whose `connect` calls the one above before the handshake."""


class _HTTP(urllib.request.HTTPHandler):
    def http_open(self, req: Any) -> http.client.HTTPResponse:
        return self.do_open(_made_for(req.deadline, _Connection), req)


class _HTTPS(urllib.request.HTTPSHandler):
    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self._own_context = context

    def https_open(self, req: Any) -> http.client.HTTPResponse:
        made = _made_for(req.deadline, _TLSConnection)
        return self.do_open(made, req, context=self._own_context)


def _made_for(deadline: _Deadline, kind: type[_Connection]) -> Callable[..., _Connection]:
    def make(host: str, **options: Any) -> _Connection:
        connection = kind(host, **options)
        connection.deadline = deadline
        return connection

    return make
