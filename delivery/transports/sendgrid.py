"""SendGrid: up to 1,000 copies in one call of its Mail Send API (v3).

The API has no idempotency key, so an answer that did not come is a doubt and not a
failure. Only a 202 means that the chunk was taken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from json.encoder import encode_basestring_ascii as quoted
from typing import Any, ClassVar

from delivery.messages import chunk_category
from delivery.transports import (
    Addressee,
    Answer,
    Barred,
    Message,
    Notice,
    NotLeft,
    Refused,
    Taken,
    Unanswered,
)
from delivery.transports.eml import in_ascii_where_possible, one_line
from delivery.transports.sendgrid_calls import Calls, NoAnswer, NotSent, Reply
from delivery.transports.ways_out import ways_out
from rendering.marks import LONGEST_NAME, Mark, name_values

MAIL_SEND = "/v3/mail/send"
# https://www.twilio.com/docs/sendgrid/api-reference/mail-send/limitations
MOST_COPIES = 1000
LARGEST_CALL = 30 * 1024 * 1024
LARGEST_VALUES = 10_000
# A name stands there twice, once with `&quot;` and its like for what HTML reads otherwise.
LARGEST_NAME = (4 + 6) * LONGEST_NAME
LETTERS_NOT_TAKEN = "SendGrid takes no address with letters before the @ that ASCII has not."
# Where the provider's error names one copy: `personalizations.17.to.0.email`.
COPY_NAMED = re.compile(r"personalizations[.\[](\d+)")


class SendGrid:
    """The transport that mails by SendGrid.

    Args:
        api_key: a key with the right *Mail Send*.
        url: where the API is, without a path.
        timeout: seconds to wait for the connection, and for each piece of the answer.
        sandbox: have every call checked by SendGrid and nothing mailed, for a rehearsal.

    Raises:
        DeliveryError: if there is no key, or it can't be one.
    """

    name: ClassVar[str] = "sendgrid"
    chunk_size: ClassVar[int] = MOST_COPIES
    repeatable: ClassVar[bool] = False

    def __init__(self, *, api_key: str, url: str, timeout: float, sandbox: bool = False) -> None:
        self.calls = Calls(api_key, url, timeout)
        self._sandbox = sandbox

    def hand_over(self, message: Message, addressees: Sequence[Addressee]) -> Answer:
        """Make the call for one chunk."""
        too_long = _too_long(addressees)
        if too_long:
            return Refused("A copy's own values have over 10,000 bytes.", blamed=too_long)
        not_taken = frozenset(one.recipient_id for one in addressees if not is_taken(one.address))
        if not_taken:
            # It would refuse the whole call for one.
            return Refused(LETTERS_NOT_TAKEN, blamed=not_taken)
        body = request_body(message, addressees, sandbox=self._sandbox).encode("ascii")
        if len(body) > LARGEST_CALL:
            # Half as many copies may fit; a message that alone is too large fits nowhere.
            return Refused("The call has over 30 MB.", divisible=True)
        return self._send(body, addressees)

    def tell(self, notice: Notice, addresses: Sequence[str]) -> Answer:
        """Put out a notice in one call; nobody sees the others' addresses.

        Those that SendGrid takes are told, and `Refused` is the answer if others were left out.
        """
        taken = [address for address in addresses if is_taken(address)]
        if not taken:
            return Refused(LETTERS_NOT_TAKEN)
        answer = self._send(json.dumps(notice_body(notice, taken)).encode("ascii"), ())
        if isinstance(answer, Taken) and len(taken) < len(addresses):
            return Refused(LETTERS_NOT_TAKEN)
        return answer

    def close(self) -> None:
        """Every call has a connection of its own, so there is nothing to let go of."""

    def _send(self, body: bytes, addressees: Sequence[Addressee]) -> Answer:
        try:
            reply = self.calls.call("POST", MAIL_SEND, body)
        except NotSent as error:
            return NotLeft(str(error))
        except NoAnswer as error:
            return Unanswered(str(error))
        if reply.status == HTTPStatus.ACCEPTED or (
            # What the sandbox answers to what would have been accepted.
            self._sandbox and reply.status == HTTPStatus.OK
        ):
            return Taken(one_line(reply.headers.get("X-Message-Id", ""))[:200])
        return _meaning(reply, addressees)


def request_body(
    message: Message, addressees: Sequence[Addressee], *, sandbox: bool = False
) -> str:
    """A chunk as the API wants it, in JSON.

    Every copy names its mailing, chunk and recipient in `custom_args`, which SendGrid repeats in
    its events. All headers are written out for each copy: substitutions do not reach headers,
    and whether those of a copy come on top of the call's or instead of them is nowhere said.
    By the last category SendGrid's logs can be asked for the chunk.
    https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send
    """
    # Written as text, a quarter of what building and serialising 1,000 dicts costs.
    form = _form(message)
    leaving = ways_out(message.leave_address)
    people = ",".join(
        [
            f'{{"to":[{_mailbox_text(name, address)}],'
            f'"headers":{{"List-Unsubscribe":{quoted(leaving(unsubscribe))},{form.headers}}},'
            f'"substitutions":{{{form.unsubscribe_mark}:{quoted(unsubscribe)},'
            f"{form.preferences_mark}:{quoted(preferences)},{_name_substitutions(name)}}},"
            f'"custom_args":{{{form.mailing},"chunk":"{chunk}","recipient":"{recipient}"}}}}'
            for recipient, chunk, address, name, unsubscribe, preferences in addressees
        ]
    )
    category = chunk_category(message.category, addressees[0].chunk_number)
    settings = ',"mail_settings":{"sandbox_mode":{"enable":true}}' if sandbox else ""
    return (
        f'{{"personalizations":[{people}],{form.shared},'
        f'"categories":[{quoted(message.category)},{quoted(category)}]{settings}}}'
    )


@dataclass(frozen=True, slots=True)
class _Form:
    """What is the same in every call of a mailing, as JSON."""

    shared: str
    headers: str
    mailing: str
    unsubscribe_mark: str = quoted(Mark.UNSUBSCRIBE_URL)
    preferences_mark: str = quoted(Mark.PREFERENCES_URL)


@lru_cache(maxsize=4)
def _form(message: Message) -> _Form:
    shared = {
        "from": _mailbox(message.sender_name, message.sender_address),
        **({"reply_to": _mailbox("", message.reply_to)} if message.reply_to else {}),
        "subject": one_line(message.subject),
        "content": _content(message.text, message.html),
        "tracking_settings": _no_tracking(),
    }
    headers = {
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": message.list_id,
        "Feedback-ID": message.feedback_id,
    }
    return _Form(
        shared=_members(shared),
        headers=_members(headers),
        mailing=_members({"mailing": f"{message.mailing_id}.{message.mailing_key}"}),
    )


@lru_cache(maxsize=1024)
def _name_substitutions(name: str) -> str:
    """The members of a copy's substitutions that name its reader; many have no name."""
    return _members({str(mark): value for mark, value in name_values(name).items()})


def _members(values: Mapping[str, Any]) -> str:
    """The members of a JSON object, to stand in one with others."""
    return json.dumps(values, separators=(",", ":"))[1:-1]


def _mailbox_text(name: str, address: str) -> str:
    """`_mailbox` in JSON, the short way for an ordinary address."""
    if not (address.isascii() and name.isprintable()) or "," in name or ";" in name:
        return json.dumps(_mailbox(name, address), separators=(",", ":"))
    shown = " ".join(name.split())
    named = f',"name":{quoted(shown)}' if shown else ""
    return f'{{"email":{quoted(address)}{named}}}'


def is_taken(address: str) -> bool:
    """Whether the API takes an address at all; that of a domain in other letters it does."""
    return address.isascii() or in_ascii_where_possible(address).isascii()


def _too_long(addressees: Iterable[Addressee]) -> frozenset[int]:
    """Those whose own values the API would refuse."""
    marks = sum(len(mark) for mark in Mark) + LARGEST_NAME
    return frozenset(
        addressee.recipient_id
        for addressee in addressees
        # In UTF-8 a character has at most four bytes.
        if 4 * (len(addressee.unsubscribe_url) + len(addressee.preferences_url)) + marks
        > LARGEST_VALUES
    )


def notice_body(notice: Notice, addresses: Sequence[str]) -> dict[str, Any]:
    """A notice as the API wants it, to each person alone."""
    return {
        "personalizations": [{"to": [_mailbox("", address)]} for address in addresses],
        "from": _mailbox(notice.sender_name, notice.sender_address),
        **({"reply_to": _mailbox("", notice.reply_to)} if notice.reply_to else {}),
        "subject": one_line(notice.subject),
        "content": _content(notice.text, notice.html),
        "headers": notice.headers,
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


def _meaning(reply: Reply, addressees: Sequence[Addressee]) -> Answer:
    """What an answer that is not 202 says about the chunk."""
    status, said = reply.status, reply.sentence
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        # Not the chunk's fault: it stays pending, and can leave once the key is mended.
        return Barred(
            f"{said} Check that TWTW_SENDGRID_API_KEY has the right Mail Send, and that SendGrid "
            "knows the sender's address."
        )
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
        return Barred(f"{said} There is no Mail Send API at TWTW_SENDGRID_URL; mend the address.")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return NotLeft(said, wait=reply.seconds_until_reset)
    if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE):
        return _refusal(said, [field for field, _ in reply.errors], addressees)
    if 400 <= status < 500 and status != HTTPStatus.REQUEST_TIMEOUT:
        return Refused(said)
    return Unanswered(said)


def _refusal(said: str, fields: Sequence[str], addressees: Sequence[Addressee]) -> Refused:
    """Whom a refusal is about: copies by name, perhaps some of them, or what all have in common."""
    named = [COPY_NAMED.match(field) for field in fields]
    if fields and all(named):
        places = {int(found[1]) for found in named if found}
        blamed = {a.recipient_id for place, a in enumerate(addressees) if place in places}
        return Refused(said, blamed=frozenset(blamed))
    in_common = any(field and not field.startswith("personalizations") for field in fields)
    return Refused(said, divisible=not in_common)
