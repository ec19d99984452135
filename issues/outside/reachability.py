"""Asking the sites behind links whether their pages are still there.

Bounded in everything: how many links, how many at once, how long, how much is read. Never asked
are inner networks: every name is resolved once, all of its addresses must be public, and the
connection goes to one of these very addresses, also after each redirect. So neither a redirect
nor a name that changes its address in between leads a request where it must not go.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import SplitResult, urljoin, urlsplit

from issues.preflight.facts import Answered
from issues.preflight.hosts import is_public_address
from rendering.sanitising import web_address

MOST_LINKS = 200
AT_ONCE = 8
SECONDS = 10.0
MOST_BYTES = 64 * 1024
MOST_REDIRECTS = 5
PORTS = frozenset({80, 443})
USER_AGENT = "TheWorldThisWeek-LinkCheck/1.0"
# The reserve for a GET, should the HEAD before it be left without an answer.
_SHARE_OF_HEAD = 0.5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# That a page is gone is said by these two alone; whoever answers anything else below 500 is there
# and does not serve robots: 401, 403, 405, 406, 429, 451, or LinkedIn's own 999.
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})(?: [^\r\n]*)?\r?\n")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_LOCATION = re.compile(rb"^location:[ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
# Our own way out is broken, which says nothing of the page.
_OURS = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EMFILE})

Resolve = Callable[[str, int], list[str]]


class _Unreachable(Exception):  # noqa: N818 - it reads as what it says of the page
    """The page can't be had; the message is the sentence that says why."""


class _NotAsked(Exception):  # noqa: N818 - likewise
    """Nothing is known of the page, because this machine could not ask."""


@dataclass(frozen=True, slots=True)
class _Means:
    """With what is asked; `tls` verifies certificates."""

    resolve: Resolve
    may_be_asked: Callable[[str], bool]
    ports: Collection[int]
    tls: ssl.SSLContext
    seconds: float


def addresses_of(host: str, port: int) -> list[str]:
    """The IP addresses of a host, in the order in which the system would try them.

    Raises:
        OSError: if the name has none, or nobody could be asked.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


def look_up(
    addresses: Iterable[str],
    *,
    may_be_asked: Callable[[str], bool] = is_public_address,
    ports: Collection[int] = PORTS,
    tls: ssl.SSLContext | None = None,
    resolve: Resolve = addresses_of,
    seconds: float = SECONDS,
) -> dict[str, Answered]:
    """What the site behind each address says, for the first `MOST_LINKS` of them.

    Left out is what could not be asked because this machine has no way to the network.

    Args:
        addresses: of pages, http or https.
        may_be_asked: whether a request may go to an IP address; another one only for trials.
        ports: those that may be asked.
        tls: verifies certificates; the system's authorities are trusted without one.
        resolve: gives a host's IP addresses, like `addresses_of`.
        seconds: for each address with all of its redirects.
    """
    means = _Means(resolve, may_be_asked, ports, tls or ssl.create_default_context(), seconds)
    wanted = list(dict.fromkeys(addresses))[:MOST_LINKS]
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="links") as pool:
        answers = pool.map(lambda address: _answer(address, means), wanted)
        return {
            address: answered
            for address, answered in zip(wanted, answers, strict=True)
            if answered is not None
        }


def _answer(address: str, means: _Means) -> Answered | None:
    until = time.monotonic() + means.seconds
    seen = set()
    try:
        for _ in range(MOST_REDIRECTS + 1):
            parts = _followed(address)._replace(fragment="")
            # Who sends us back wants a cookie first: it is there and does not serve robots.
            if parts in seen:
                return Answered(reachable=True)
            seen.add(parts)
            status, location = _ask(parts, means, until)
            if status not in _REDIRECTS:
                return _judged(status)
            if not location:
                raise _Unreachable("It sends readers on to nowhere.")
            address = _joined(address, location)
        raise _Unreachable(f"It sends readers on more than {MOST_REDIRECTS} times.")
    except _Unreachable as why:
        return Answered(reachable=False, sentence=str(why))
    except _NotAsked:
        return None


def _judged(status: int) -> Answered:
    if status in _GONE:
        return Answered(reachable=False, sentence=f"The page is not there (it answered {status}).")
    if 500 <= status < 600:
        return Answered(
            reachable=False, sentence=f"The site did not serve it just now (it answered {status})."
        )
    return Answered(reachable=True)


def _joined(address: str, location: str) -> str:
    try:
        return urljoin(address, location)
    except ValueError:
        return ""


def _followed(address: str) -> SplitResult:
    """The address in its parts, as a request needs them."""
    parts = urlsplit(web_address(address))
    try:
        known = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        known = None
    if not known:
        raise _Unreachable("It leads to an address that can't be followed.")
    return parts


def _ask(parts: SplitResult, means: _Means, until: float) -> tuple[int, str]:
    """The status and the `Location` of a page, by HEAD, and by GET where HEAD is not served well.

    Some sites answer HEAD with 404, 405 or 501, or not at all, and GET with the page.
    """
    addresses = _allowed(parts, means, until)
    try:
        head_until = time.monotonic() + (until - time.monotonic()) * _SHARE_OF_HEAD
        status, location = _request("HEAD", parts, addresses, means, head_until)
    except _Unreachable:
        status, location = 0, ""
    # Who has had too many requests is not sent another one.
    if 0 < status < HTTPStatus.BAD_REQUEST or status == HTTPStatus.TOO_MANY_REQUESTS:
        return status, location
    return _request("GET", parts, addresses, means, until)


def _allowed(parts: SplitResult, means: _Means, until: float) -> list[str]:
    """The addresses of the page's host: asked for once, and all of them public."""
    host, port = parts.hostname or "", _port(parts)
    if port not in means.ports:
        raise _Unreachable(f"It leads to port {port}, which is not asked; pages are at 80 or 443.")
    addresses = _resolved(host, port, means, until)
    if not all(means.may_be_asked(address) for address in addresses):
        raise _Unreachable(f"{host} leads into an inner network, where readers have no way.")
    return addresses


def _resolved(host: str, port: int, means: _Means, until: float) -> list[str]:
    # In a thread of its own, because the system's resolver knows no time limit.
    said: SimpleQueue[list[str] | OSError | UnicodeError] = SimpleQueue()

    def ask() -> None:
        try:
            said.put(means.resolve(host, port))
        except (OSError, UnicodeError) as error:
            said.put(error)

    Thread(target=ask, daemon=True).start()
    try:
        answer = said.get(timeout=max(until - time.monotonic(), 0))
    except Empty:
        raise _NotAsked from None
    if isinstance(answer, socket.gaierror) and answer.errno not in {
        socket.EAI_NONAME,
        getattr(socket, "EAI_NODATA", socket.EAI_NONAME),
    }:
        raise _NotAsked
    if not isinstance(answer, list) or not answer:
        raise _Unreachable(f"There is no site {host}.")
    return answer


def _request(
    method: str, parts: SplitResult, addresses: list[str], means: _Means, until: float
) -> tuple[int, str]:
    host = parts.hostname or ""
    try:
        with closing(_connected(parts, addresses, means, until)) as connection:
            connection.settimeout(_left(until))
            connection.sendall(_request_lines(method, parts))
            return _head(connection, until)
    except TimeoutError:
        raise _Unreachable(f"{host} did not answer in time.") from None
    except ssl.SSLCertVerificationError as error:
        why = error.verify_message.rstrip(".") or "it is not trusted"
        raise _Unreachable(f"The certificate of {host} is not good: {why}.") from None
    except ssl.SSLError:
        raise _Unreachable(f"{host} makes no secure connection.") from None
    except ConnectionRefusedError:
        raise _Unreachable(f"{host} takes no connections.") from None
    except OSError as error:
        if error.errno in _OURS:
            raise _NotAsked from None
        raise _Unreachable(f"{host} ended the connection without an answer.") from None


def _connected(
    parts: SplitResult, addresses: list[str], means: _Means, until: float
) -> socket.socket:
    """A connection to the first of the addresses that takes one."""
    failed = OSError(errno.EADDRNOTAVAIL, "no address")
    for address in addresses:
        try:
            connection = socket.create_connection((address, _port(parts)), timeout=_left(until))
        except OSError as error:
            # That one family of addresses has no way says less than what another one said.
            if error.errno not in _OURS or failed.errno in _OURS:
                failed = error
            continue
        if parts.scheme == "http":
            return connection
        try:
            connection.settimeout(_left(until))
            return means.tls.wrap_socket(connection, server_hostname=parts.hostname)
        except BaseException:
            connection.close()
            raise
    raise failed


def _request_lines(method: str, parts: SplitResult) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.netloc.rpartition("@")[2]
    return (
        f"{method} {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\n"
        "Accept: text/html,*/*\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
    ).encode("ascii")


def _head(connection: socket.socket, until: float) -> tuple[int, str]:
    """The status and the `Location` of an answer; its body is left where it is."""
    read = b""
    while True:
        if end := _END_OF_HEAD.search(read):
            head = read[: end.end()]
            found = _STATUS_LINE.match(head)
            if found is None:
                raise _Unreachable("It did not answer as a web site does.")
            status = int(found[1])
            if status >= HTTPStatus.OK:
                location = _LOCATION.search(head)
                return status, location[1].decode("utf-8", "replace").strip() if location else ""
            # An early word, such as 103, before the answer (RFC 9110, section 15.2).
            read = read[end.end() :]
            continue
        connection.settimeout(_left(until))
        got = connection.recv(min(8192, MOST_BYTES - len(read)))
        read += got
        if not got or len(read) >= MOST_BYTES:
            raise _Unreachable("It did not answer as a web site does.")


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
