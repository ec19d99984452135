"""The mailbox in which readers' mails come in, read by IMAP (RFC 3501); one connection, one run.

Whatever the server does, a run ends in time, with one sentence that has neither the server's words
in it, nor the password, nor anybody's address.
"""

from __future__ import annotations

import contextlib
import imaplib
import ipaddress
import re
import ssl
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from django.conf import settings

from subscribers.errors import MailboxError
from subscribers.imap import Connection, End, in_modified_utf7, quoted, what_happened

PORTS = {"tls": 993, "starttls": 143, "none": 143}
# Seconds for each of the server's answers, and for a whole run.
TIMEOUT = 30.0
LONGEST_RUN = 240.0
# Nobody waits longer than this for a goodbye.
PARTING = 5.0
# What an answer may have beside a mail: as many numbers as 100,000 unread mails have.
LARGEST_ANSWER = 2**20
CREDENTIALS = "TWTW_IMAP_USER and TWTW_IMAP_PASSWORD"


class Mailbox:
    """A folder of a mailbox, as the settings name it; opened by `with`.

    Args:
        largest: how many bytes of a mail are fetched, from its beginning.
        timeout: seconds within which each answer of the server has to come.
        longest_run: seconds after which the connection is ended, wherever it is.

    Raises:
        MailboxError: if a setting is missing, or the password would cross a network in clear.
    """

    def __init__(
        self, *, largest: int, timeout: float = TIMEOUT, longest_run: float = LONGEST_RUN
    ) -> None:
        self.folder = settings.IMAP_FOLDER
        self.mails = 0
        self._host, self._security = settings.IMAP_HOST, settings.IMAP_SECURITY
        self._port = settings.IMAP_PORT or PORTS[self._security]
        self._largest, self._timeout = largest, timeout
        _check_settings()
        self._connection: Connection | None = None
        self._end = End(longest_run)

    def __enter__(self) -> Mailbox:
        """Connect, log in, open the folder; `mails` says how many there are in it.

        Raises:
            MailboxError: if any of it can't be done.
        """
        try:
            with self._in_one_sentence():
                self._connect()
                self._log_in()
                self._select()
        except BaseException:
            self._let_go()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._let_go()

    def unread(self) -> list[str]:
        """The unread mails, the oldest first, each by the number that it keeps in this folder.

        Raises:
            MailboxError: if the server does not say, as for all that follows.
        """
        with self._in_one_sentence():
            numbers = b" ".join(filter(None, self._command("SEARCH", "UNSEEN UNDELETED"))).split()
            return [str(number) for number in sorted(map(int, numbers))]

    def fetch(self, number: str) -> bytes | None:
        """The beginning of a mail, which stays unread; None if it is no more."""
        with self._in_one_sentence():
            answer = self._command("FETCH", number, f"(BODY.PEEK[]<0.{self._largest}>)")
            return next((part[1] for part in answer if isinstance(part, tuple)), None)

    def mark_read(self, number: str) -> bool:
        """Take a mail from among the unread ones; False if the server refuses to."""
        with self._in_one_sentence():
            kind, _ = self._open.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen)")
        return bool(kind == "OK")

    def _connect(self) -> None:
        tls = ssl.create_default_context()
        self._end.begin()
        self._connection = connection = Connection(
            self._host,
            self._port,
            timeout=self._timeout,
            tls=tls if self._security == "tls" else None,
            room=self._largest + LARGEST_ANSWER,
            end=self._end,
        )
        if self._security == "starttls":
            if "STARTTLS" not in connection.capabilities:
                raise MailboxError(
                    f"The mailbox's server {self._place} offers no STARTTLS; set "
                    "TWTW_IMAP_SECURITY=tls and the port for it."
                )
            connection.starttls(tls)

    def _log_in(self) -> None:
        user, password = settings.IMAP_USER, settings.IMAP_PASSWORD
        connection = self._open
        try:
            if "AUTH=PLAIN" in connection.capabilities or not (user + password).isascii():
                # RFC 4616: in UTF-8, for which LOGIN has no place.
                said = f"\0{user}\0{password}".encode()
                connection.authenticate("PLAIN", lambda _: said)
            else:
                connection.login(quoted(user), password)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            raise MailboxError(
                f"The mailbox's server {self._place} did not accept {CREDENTIALS}; mend them."
            ) from None

    def _select(self) -> None:
        try:
            kind, answer = self._open.select(quoted(in_modified_utf7(self.folder)))
        except imaplib.IMAP4.readonly:
            raise MailboxError(
                f"In the folder {self.folder!r} at {self._place} no mail can be marked as read; "
                "give TWTW_IMAP_USER the right to, or name another one in TWTW_IMAP_FOLDER."
            ) from None
        if kind != "OK":
            raise MailboxError(
                f"There is no folder {self.folder!r} in the mailbox at {self._place}; name one "
                "that there is in TWTW_IMAP_FOLDER."
            )
        self.mails = int(answer[0] or b"0")

    def _command(self, name: str, *arguments: str) -> list[Any]:
        connection = self._open
        connection.room = self._largest + LARGEST_ANSWER
        kind, answer = connection.uid(name, *arguments)
        if kind != "OK":
            raise MailboxError(f"The mailbox's server {self._place} refused to {name.lower()}.")
        return answer

    @contextlib.contextmanager
    def _in_one_sentence(self) -> Iterator[None]:
        """Say of all that a server can do what a person has to know."""
        server = f"The mailbox's server {self._place}"
        try:
            yield
        except MailboxError:
            raise
        except ssl.SSLCertVerificationError:
            raise MailboxError(
                f"The certificate of the mailbox's server {self._place} can't be trusted; set "
                "TWTW_IMAP_HOST to the name in it, or SSL_CERT_FILE to the file with the authority "
                "that signed it."
            ) from None
        except (OSError, imaplib.IMAP4.error, ValueError, LookupError, TypeError) as error:
            # All but the first is what imaplib raises where an answer is none, in its own words.
            if self._end.came:
                said = f"{server} took too long; it is read on next time."
            elif isinstance(error, OSError):
                said = f"{server} can't be reached: {what_happened(error)}."
            else:
                said = (
                    f"{server} closed the connection, or said what is no IMAP; check "
                    "TWTW_IMAP_HOST, TWTW_IMAP_PORT and TWTW_IMAP_SECURITY."
                )
            raise MailboxError(said) from None

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                connection.sock.settimeout(min(PARTING, self._timeout))
                connection.logout()
            with contextlib.suppress(OSError):
                connection.shutdown()
        self._end.cancel()

    @property
    def _open(self) -> Connection:
        assert self._connection is not None, "used outside of its `with`"  # noqa: S101
        return self._connection

    @property
    def _place(self) -> str:
        return f"{self._host}:{self._port}"


def _check_settings() -> None:
    user, password, folder = settings.IMAP_USER, settings.IMAP_PASSWORD, settings.IMAP_FOLDER
    if not settings.IMAP_HOST:
        raise MailboxError(
            "TWTW_IMAP_HOST is empty; set it to the name of the server whose mailbox is to be read."
        )
    if not (user and password):
        raise MailboxError(f"Of {CREDENTIALS} one is empty; set both.")
    if re.search(r"[\0\r\n]", user + password + folder):
        raise MailboxError(f"{CREDENTIALS} and TWTW_IMAP_FOLDER have to be one line each.")
    if settings.IMAP_SECURITY == "none" and not _is_this_machine(settings.IMAP_HOST):
        raise MailboxError(
            "With TWTW_IMAP_SECURITY=none everybody on the way could read the password; set it to "
            "tls or starttls."
        )


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
