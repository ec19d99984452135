"""A mailing's copies and notices as mails, for the transports that write them out themselves."""

from __future__ import annotations

import secrets

from delivery.transports import Addressee, Message, Notice
from delivery.transports.eml import Mail, in_ascii_where_possible, mailbox, text_header
from delivery.transports.ways_out import ways_out

# Where a long header goes on in another line.
FOLD = ",\n "


def mail_of(message: Message, line_end: str = "\n") -> Mail:
    """All that the copies of a mailing have in common, encoded."""
    return Mail(
        headers=[
            f"From: {mailbox(message.sender_name, message.sender_address)}",
            *([f"Reply-To: {mailbox('', message.reply_to)}"] if message.reply_to else []),
            text_header("Subject", message.subject),
            f"List-Id: {message.list_id}",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            text_header("Feedback-ID", message.feedback_id),
        ],
        date=message.date,
        text=message.text,
        html=message.html,
        line_end=line_end,
    )


def mail_of_notice(notice: Notice, line_end: str = "\n") -> Mail:
    """All that the copies of a notice have in common, encoded."""
    return Mail(
        headers=[
            f"From: {mailbox(notice.sender_name, notice.sender_address)}",
            *([f"Reply-To: {mailbox('', notice.reply_to)}"] if notice.reply_to else []),
            text_header("Subject", notice.subject),
            *(f"{name}: {value}" for name, value in notice.headers.items()),
        ],
        date=notice.date,
        text=notice.text,
        html=notice.html,
        line_end=line_end,
    )


def name_of(message: Message, addressee: Addressee) -> str:
    """The name that a reader's copy of a mailing has for ever, and no other mail has."""
    day = f"{message.date:%Y%m%d%H%M%S}"
    return f"{day}.{message.mailing_key}.r{addressee.recipient_id}.twtw"


def name_for_notice(notice: Notice) -> str:
    """A name for one copy of a notice; another one each time."""
    return f"{notice.date:%Y%m%d%H%M%S}.{secrets.token_hex(8)}.twtw"


def own_headers(message: Message, addressee: Addressee) -> list[str]:
    """The headers that only this reader's copy has."""
    return [
        f"To: {mailbox(addressee.name, addressee.address)}",
        _message_id(name_of(message, addressee), message.sender_address),
        f"List-Unsubscribe: {ways_out(message.leave_address, FOLD)(addressee.unsubscribe_url)}",
    ]


def own_headers_of_notice(name: str, notice: Notice, address: str) -> list[str]:
    """The headers that only this copy of a notice has."""
    return [f"To: {mailbox('', address)}", _message_id(name, notice.sender_address)]


def _message_id(name: str, sender_address: str) -> str:
    return f"Message-ID: <{name}@{in_ascii_where_possible(sender_address).rpartition('@')[2]}>"
