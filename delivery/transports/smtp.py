"""SMTP: every copy a message of its own to the newsroom's relay, over connections kept open.

A chunk is one message, so each reader has an answer of their own, and a killed worker leaves at
most the one in doubt that was under way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar

from delivery.errors import DeliveryError
from delivery.transports import Addressee, Answer, Message, Notice, NotLeft, Taken
from delivery.transports.copies import (
    mail_of,
    mail_of_notice,
    name_for_notice,
    own_headers,
    own_headers_of_notice,
)
from delivery.transports.return_path import LONGEST_LOCAL_PART, return_path_of
from delivery.transports.smtp_dialogue import Dialogue
from delivery.transports.smtp_relay import Relay
from delivery.transports.smtp_transaction import Envelope, reset, transact, unfit

CRLF = "\r\n"


class SMTP:
    """The transport that mails by the newsroom's own relay.

    Args:
        return_path: where bounces come in, each copy's with the recipient's id in it
            (`delivery.transports.return_path`); empty for the sender's own address.

    Raises:
        DeliveryError: if the return path leaves no room for a recipient's id.
    """

    name: ClassVar[str] = "smtp"
    chunk_size: ClassVar[int] = 1
    repeatable: ClassVar[bool] = False

    def __init__(self, relay: Relay, *, return_path: str = "") -> None:
        if len(return_path.rpartition("@")[0]) > LONGEST_LOCAL_PART:
            raise DeliveryError(
                f"TWTW_SMTP_RETURN_PATH may have at most {LONGEST_LOCAL_PART} characters before "
                "the @, because the recipient's number is added to them."
            )
        self._relay = relay
        self._return_path = return_path
        # The last one used is the next one used, so that as few as possible stay open.
        self._idle: deque[Dialogue] = deque()
        self._mail_of = lru_cache(maxsize=2)(lambda message: mail_of(message, CRLF))

    def hand_over(self, message: Message, addressees: Sequence[Addressee]) -> Answer:
        """Hand over a chunk, which is one copy."""
        (addressee,) = addressees
        sender = message.sender_address
        if self._return_path:
            sender = return_path_of(addressee.recipient_id, self._return_path)
        copy = self._mail_of(message).copy(own_headers(message, addressee), addressee.values)
        ids = frozenset({addressee.recipient_id})
        return self._send(Envelope(sender, addressee.address, ids), copy)

    def tell(self, notice: Notice, addresses: Sequence[str]) -> Answer:
        """Send a notice, one mail an address; `Taken` if all were, else the first other answer."""
        mail = mail_of_notice(notice, CRLF)
        sender = self._return_path or notice.sender_address
        answers = []
        for address in addresses:
            own = own_headers_of_notice(name_for_notice(notice), notice, address)
            answers.append(self._send(Envelope(sender, address), mail.copy(own, {})))
        return next((answer for answer in answers if not isinstance(answer, Taken)), Taken())

    def close(self) -> None:
        """Say goodbye on the connections that nobody uses now."""
        while (connection := self._take_idle()) is not None:
            connection.end()

    def _send(self, envelope: Envelope, content: bytes) -> Answer:
        if (answer := unfit(envelope)) is not None:
            return answer
        connection = self._take_idle()
        if connection is not None:
            connection.until = self._relay.fresh_deadline()
            answer = self._send_on(connection, envelope, content)
            if connection.is_open or not isinstance(answer, NotLeft):
                return answer
            # A relay may end a connection at any time, after so many mails say. Nothing left.
        opened = self._relay.open()
        if not isinstance(opened, Dialogue):
            return opened
        return self._send_on(opened, envelope, content)

    def _send_on(self, connection: Dialogue, envelope: Envelope, content: bytes) -> Answer:
        """Make one transaction, and keep the connection if it is good for another one."""
        try:
            answer = transact(connection, envelope, content)
            if isinstance(answer, Taken) or reset(connection):
                self._idle.append(connection)
        except BaseException:
            connection.close()
            raise
        return answer

    def _take_idle(self) -> Dialogue | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None
