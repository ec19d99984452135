"""SendGrid: up to 1,000 copies in one call of its Mail Send API (v3).

The API has no idempotency key, so an answer that did not come is a doubt and not a
failure. Only a 202 means that the chunk was taken.
"""

from __future__ import annotations

import http.client
import json
import logging
import re
import ssl
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.error import URLError

import python_http_client
from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from delivery.errors import DeliveryError
from delivery.transports import (
    Addressee,
    Answer,
    Message,
    NotLeft,
    Refused,
    Taken,
    Unanswered,
)
from delivery.transports.eml import in_ascii_where_possible, one_line
from delivery.transports.notice import AUTO_SUBMITTED, Notice

# At DEBUG the package prints the key and every address, whatever the settings of logging say.
logging.getLogger("python_http_client.client").addFilter(
    lambda record: record.levelno > logging.DEBUG
)

ADDRESS = re.compile(r"[^\s<>\"',;:]+@[^\s<>\"',;:]+")
LONGEST_REASON = 400


class SendGrid:
    """The transport that mails by SendGrid.

    Args:
        api_key: a key with the right *Mail Send*.
        url: where the API is, without a path.
        timeout: seconds to wait for the connection, and for each piece of the answer.

    Raises:
        DeliveryError: if there is no key, or it can't be one.
    """

    name: ClassVar[str] = "sendgrid"
    chunk_size: ClassVar[int] = 1000
    repeatable: ClassVar[bool] = False

    def __init__(self, *, api_key: str, url: str, timeout: float) -> None:
        if not api_key:
            raise DeliveryError(
                "TWTW_SENDGRID_API_KEY is empty; set it to a key with the right Mail Send, "
                "or set TWTW_TRANSPORT=outbox."
            )
        if not re.fullmatch(r"[!-~]+", api_key):
            raise DeliveryError(
                "TWTW_SENDGRID_API_KEY has a space or a letter that no key has; copy it again."
            )
        package = SendGridAPIClient(api_key, host=url)
        self._client = _Client(
            opener=urllib.request.build_opener(
                urllib.request.HTTPSHandler(context=ssl.create_default_context()), _NoRedirect
            ),
            host=package.host,
            version=3,
            request_headers=package.client.request_headers,
            timeout=timeout,
        )

    def hand_over(self, message: Message, addressees: Sequence[Addressee]) -> Answer:
        """Make the call for one chunk."""
        return self._send(request_body(message, addressees))

    def tell(self, notice: Notice, addresses: Sequence[str]) -> Answer:
        """Put out a notice in one call; no editor sees the others' addresses."""
        return self._send(notice_body(notice, addresses))

    def _send(self, body: Mapping[str, Any]) -> Answer:
        try:
            response = self._client.mail.send.post(request_body=body)
        except HTTPError as error:
            return _meaning(error.status_code, error.body)
        except URLError as error:
            # urllib wraps what goes wrong until the request is written to its last byte, and
            # nothing after: a request that was cut off can't have been taken.
            return NotLeft(f"SendGrid can't be reached: {error.reason}.")
        except (OSError, http.client.HTTPException) as error:
            return Unanswered(f"The call left, and no answer came ({type(error).__name__}).")
        if response.status_code == http.HTTPStatus.ACCEPTED:
            return Taken(response.headers.get("X-Message-Id", "")[:200])
        return _meaning(response.status_code, response.body)


def request_body(message: Message, addressees: Sequence[Addressee]) -> dict[str, Any]:
    """A chunk as the API wants it.

    Every copy names its mailing, chunk and recipient in `custom_args`, which SendGrid repeats in
    its events. `List-Unsubscribe` is written out for each, because substitutions do not reach
    headers. https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send
    """
    return {
        "personalizations": [
            {
                "to": [_mailbox(addressee.name, addressee.address)],
                "headers": {
                    "List-Unsubscribe": f"<{addressee.unsubscribe_url}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                },
                "substitutions": {mark.value: text for mark, text in addressee.values.items()},
                "custom_args": {
                    "mailing": str(message.mailing_id),
                    "chunk": str(addressee.chunk_number),
                    "recipient": str(addressee.recipient_id),
                },
            }
            for addressee in addressees
        ],
        "from": _mailbox(message.sender_name, message.sender_address),
        **({"reply_to": _mailbox("", message.reply_to)} if message.reply_to else {}),
        "subject": one_line(message.subject),
        "content": _content(message.text, message.html),
        "headers": {"List-Id": message.list_id},
        "categories": [message.category],
        "tracking_settings": _no_tracking(),
    }


def notice_body(notice: Notice, addresses: Sequence[str]) -> dict[str, Any]:
    """A notice as the API wants it, to each editor alone."""
    return {
        "personalizations": [{"to": [_mailbox("", address)]} for address in addresses],
        "from": _mailbox(notice.sender_name, notice.sender_address),
        "subject": one_line(notice.subject),
        "content": _content(notice.text, notice.html),
        "headers": {"Auto-Submitted": AUTO_SUBMITTED},
        "tracking_settings": _no_tracking(),
    }


def _mailbox(name: str, address: str) -> dict[str, str]:
    address = in_ascii_where_possible(address)
    shown = one_line(name)
    if "," in shown or ";" in shown:
        # Else SendGrid takes it for several names (sendgrid-python, issue 578).
        shown = '"' + shown.replace('"', "'") + '"'
    return {"email": address, "name": shown} if shown else {"email": address}


def _content(text: str, html: str) -> list[dict[str, str]]:
    # The API wants the plain text first.
    return [{"type": "text/plain", "value": text}, {"type": "text/html", "value": html}]


def _no_tracking() -> dict[str, dict[str, bool]]:
    """Said in every call, because an account may have it on."""
    return {
        "click_tracking": {"enable": False, "enable_text": False},
        "open_tracking": {"enable": False},
        "subscription_tracking": {"enable": False},
        "ganalytics": {"enable": False},
    }


def _meaning(status: int, body: bytes) -> Answer:
    """What an answer that is not 202 says about the chunk."""
    said = f"SendGrid answered {status}{_errors_in(body)}".rstrip(".") + "."
    if status in (401, 403):
        # Not the chunk's fault: it stays pending, and can leave once the key is mended.
        return NotLeft(f"{said} Check that TWTW_SENDGRID_API_KEY has the right Mail Send.")
    if status in (404, 405):
        return NotLeft(f"{said} There is no Mail Send API at TWTW_SENDGRID_URL; mend the address.")
    if status == http.HTTPStatus.TOO_MANY_REQUESTS:
        return NotLeft(said)
    if 400 <= status < 500 and status != http.HTTPStatus.REQUEST_TIMEOUT:
        return Refused(said)
    return Unanswered(said)


def _errors_in(body: bytes) -> str:
    """The provider's own words, field by field, without any address; `.` where it gave none."""
    try:
        errors = json.loads(body)["errors"]
        words = "; ".join(
            f"{error['field']}: {error['message']}" if error.get("field") else error["message"]
            for error in errors
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return "."
    shown = ADDRESS.sub("[address]", one_line(words))
    shown = shown if len(shown) <= LONGEST_REASON else f"{shown[: LONGEST_REASON - 1]}…"
    return f": {shown}"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """After a redirect, urllib would make a GET of it, whose 200 looks like success."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


class _Client(python_http_client.Client):
    """The package's client with one opener, so with one TLS context for all calls."""

    def __init__(self, *, opener: urllib.request.OpenerDirector, **others: Any) -> None:
        super().__init__(**others)
        self._opener = opener

    def _build_client(self, name: str | None = None) -> _Client:
        return _Client(
            opener=self._opener,
            host=self.host,
            version=self._version,
            request_headers=self.request_headers,
            url_path=[*self._url_path, name] if name else self._url_path,
            append_slash=self.append_slash,
            timeout=self.timeout,
        )

    def _make_request(self, _opener: Any, request: Any, timeout: float | None = None) -> Any:
        return super()._make_request(self._opener, request, timeout=timeout)
