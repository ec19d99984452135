"""The newsroom's own relay: where it is, and connections to it that are ready for mail.

Every connection is encrypted with a verified certificate unless the operator says otherwise, and
the password never crosses a network in clear.
"""

from __future__ import annotations

import ipaddress
import re
import smtplib
import socket
import ssl
import time
from functools import cached_property
from typing import Literal

from delivery.errors import DeliveryError
from delivery.transports import Barred, NotLeft
from delivery.transports.smtp_dialogue import (
    Dialogue,
    LostConnectionError,
    Reply,
    TLSDialogue,
    what_happened,
)
from delivery.transports.wording import fit_to_be_shown

Security = Literal["starttls", "tls", "none"]
PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
# So many time-outs may everything together take that is said about one message.
PATIENCE = 5
OK = 250
CREDENTIALS = "TWTW_SMTP_USER and TWTW_SMTP_PASSWORD"


class Relay:
    """A relay as the settings describe it.

    Args:
        host: its name, which is also the one in its certificate, or its address.
        port: None for the usual one.
        security: `starttls`, `tls` from the first byte on, or `none`.
        user: empty where it wants no authentication.
        timeout: seconds for the connection, and for each of its answers.

    Raises:
        DeliveryError: if something is missing, or the password would cross a network in clear.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int | None,
        security: Security,
        user: str,
        password: str,
        timeout: float,
    ) -> None:
        self._host = host
        self._port = port or PORTS[security]
        self._security = security
        self._user, self._password = user, password
        self._timeout = timeout
        self._check()

    def _check(self) -> None:
        if not self._host:
            raise DeliveryError(
                "TWTW_SMTP_HOST is empty; set it to the name of your relay, "
                "or set TWTW_TRANSPORT=outbox."
            )
        if not _is_host(self._host):
            raise DeliveryError(
                f"TWTW_SMTP_HOST is {self._host!r}, which is no name of a machine; the port is "
                "set by TWTW_SMTP_PORT."
            )
        if bool(self._user) != bool(self._password):
            raise DeliveryError(
                f"Of {CREDENTIALS} only one is set; set both, or neither if the relay knows this "
                "machine."
            )
        if not f"{self._user}{self._password}".isascii():
            raise DeliveryError(
                f"{CREDENTIALS} may only have letters, digits and signs of ASCII; others are "
                "written in too many ways to be the same on both sides."
            )
        if self._user and self._security == "none" and not _is_this_machine(self._host):
            raise DeliveryError(
                "With TWTW_SMTP_SECURITY=none everybody on the way could read the password; set "
                f"it to starttls or tls, or empty {CREDENTIALS}."
            )

    def fresh_deadline(self) -> float:
        """The `time.monotonic()` until which a message that is begun now may take."""
        return time.monotonic() + PATIENCE * self._timeout

    def open(self) -> Dialogue | NotLeft | Barred:
        """A connection that takes mail, or why there is none. Raises nothing for what it does."""
        connection = None
        try:
            connection = self._connect()
            unfit = self._make_ready(connection)
            if unfit is None:
                return connection
        except LostConnectionError as lost:
            unfit = NotLeft(f"The relay {self._place} took no mail: {lost}.")
        except smtplib.SMTPAuthenticationError as error:
            unfit = self._not_authenticated(_reply_in(error))
        except smtplib.SMTPResponseException as error:
            unfit = self._no("", _reply_in(error))
        except ssl.SSLCertVerificationError as error:
            unfit = Barred(
                f"The certificate of the relay {self._place} can't be trusted: "
                f"{fit_to_be_shown(error.verify_message).rstrip('.')}. Set TWTW_SMTP_HOST to the "
                "name in it, or SSL_CERT_FILE to the file with the authority that signed it."
            )
        except ssl.SSLError as error:
            unfit = NotLeft(
                f"The relay {self._place} can't be reached: {what_happened(error)}. Check that "
                "TWTW_SMTP_SECURITY and TWTW_SMTP_PORT belong together."
            )
        except (smtplib.SMTPException, ValueError):
            # It offers no way that is known here, or asked for something in no base64.
            unfit = self._unknown_authentication()
        except OSError as error:
            unfit = NotLeft(f"The relay {self._place} can't be reached: {what_happened(error)}.")
        if connection is not None:
            connection.close()
        return unfit

    def _connect(self) -> Dialogue:
        until = self.fresh_deadline()
        name, timeout = self._own_name, self._timeout
        if self._security == "tls":
            return TLSDialogue(
                self._host,
                self._port,
                name=name,
                timeout=timeout,
                until=until,
                context=self._tls,
            )
        return Dialogue(self._host, self._port, name=name, timeout=timeout, until=until)

    def _make_ready(self, connection: Dialogue) -> NotLeft | Barred | None:
        """EHLO, STARTTLS and AUTH; what stands in the way, or None."""
        greeted = _reply(connection.ehlo())
        if greeted.code == OK and self._security == "starttls":
            if not connection.has_extn("starttls"):
                return Barred(
                    f"The relay {self._place} offers no STARTTLS, so everybody on the way could "
                    "read the mails. Set TWTW_SMTP_SECURITY=tls and the port for it, or none if "
                    "the way to it is your own."
                )
            connection.starttls(context=self._tls)
            greeted = _reply(connection.ehlo())
        if greeted.code != OK:
            return self._no("EHLO", greeted)
        if self._user:
            if not connection.has_extn("auth"):
                return self._unknown_authentication()
            connection.login(self._user, self._password)
        return None

    def _no(self, command: str, reply: Reply) -> NotLeft:
        to = f" to {command}" if command else ""
        return NotLeft(f"The relay {self._place} answered {_shown(reply)}{to}.")

    def _not_authenticated(self, reply: Reply) -> NotLeft | Barred:
        if reply.code < 500:
            return self._no("AUTH", reply)
        return Barred(
            f"The relay {self._place} did not accept {CREDENTIALS}: it answered {_shown(reply)}. "
            "Mend them."
        )

    def _unknown_authentication(self) -> Barred:
        return Barred(
            f"The relay {self._place} offers no authentication by user and password; empty "
            f"{CREDENTIALS} if it knows this machine without."
        )

    @property
    def _place(self) -> str:
        return f"{self._host}:{self._port}"

    @cached_property
    def _own_name(self) -> str:
        # Asked for once: where no server of names answers, each time would take seconds.
        name = socket.getfqdn()
        return name if re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", name) else "[127.0.0.1]"

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()


def _is_host(text: str) -> bool:
    try:
        text.encode("idna")
    except UnicodeError:
        return False
    return bool(re.fullmatch(r"[\w.-]+|[0-9A-Fa-f:.]+", text))


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reply(answered: tuple[int, bytes]) -> Reply:
    return Reply(answered[0], answered[1].decode("utf-8", "replace"))


def _reply_in(error: smtplib.SMTPResponseException) -> Reply:
    words = error.smtp_error
    return _reply((error.smtp_code, words if isinstance(words, bytes) else words.encode()))


def _shown(reply: Reply) -> str:
    return fit_to_be_shown(str(reply)).rstrip(".")
