"""One message over one connection, and what is honestly known of it afterwards.

Only the relay's yes to the whole message means that it was taken. Before the final dot it has
no responsibility, whatever happens (RFC 5321, 4.1.1.4 and 6.1); after it, no answer is a doubt.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from delivery.transports import Answer, Barred, NotLeft, Refused, Taken, Unanswered
from delivery.transports.eml import in_ascii_where_possible
from delivery.transports.smtp_dialogue import Dialogue, LostConnectionError, Reply
from delivery.transports.wording import fit_to_be_shown

LONGEST_ID = 200
# What can stand between the angle brackets of a command.
ADDRESS = re.compile(r"[^\s<>]+@[^\s<>@]+")
# RFC 3463: about the recipient's address (5.1.0 to 5.1.6, 5.1.10) or mailbox (5.2). All others
# may be about this newsroom, as 5.7.1 is where the relay relays nothing for it.
ABOUT_THE_RECIPIENT = re.compile(r"5\.(?:1\.(?:[0-6]|10)|2\.\d{1,3})\b")


class Envelope(NamedTuple):
    """From where and to where one message goes, whatever its headers say, and for which row."""

    sender: str
    recipient: str
    recipient_ids: frozenset[int] = frozenset()


def unfit(envelope: Envelope) -> Answer | None:
    """Why an envelope can't be written in SMTP's commands; None if it can."""
    if not _can_be_written(envelope.sender):
        return Barred("The sender's address can't be written in SMTP; correct it at the desk.")
    if not _can_be_written(envelope.recipient):
        return Refused(
            "The reader's address can't be written in SMTP; correct it.", envelope.recipient_ids
        )
    return None


def _can_be_written(address: str) -> bool:
    return bool(ADDRESS.fullmatch(address)) and address.isprintable()


def transact(connection: Dialogue, envelope: Envelope, content: bytes) -> Answer:
    """MAIL, RCPT and DATA (RFC 5321, 3.3), and what came of it.

    Args:
        envelope: one that is not `unfit`.
        content: the mail with CRLF at the end of every line and no dot at the beginning of one.
    """
    parameters, lacking = _parameters(connection, envelope, content)
    if lacking is not None:
        return lacking
    commands = {
        "MAIL FROM": f"MAIL FROM:<{in_ascii_where_possible(envelope.sender)}>{parameters}",
        "RCPT TO": f"RCPT TO:<{in_ascii_where_possible(envelope.recipient)}>",
        "DATA": "DATA",
    }
    try:
        for stage, line in commands.items():
            reply = connection.command(line)
            if not (300 <= reply.code < 400 if stage == "DATA" else reply.is_yes):
                if stage == "MAIL FROM":
                    # It may be about the connection: so many mails and no more.
                    connection.close()
                return _no(stage, reply, envelope) or _nonsense(connection, stage)
        connection.send(content)
        if connection.has_something_to_say():
            reply = connection.reply()
            connection.close()
            return _no("DATA", reply, envelope) or _nonsense(connection, "DATA")
        connection.send(b".\r\n")
    except LostConnectionError as lost:
        return NotLeft(f"The relay did not get the whole message: {lost}.")
    try:
        reply = connection.reply(until=connection.until)
    except LostConnectionError as lost:
        return Unanswered(f"The relay got the whole message, and then {lost}.")
    if reply.is_yes:
        return Taken(_shown(reply.words, envelope)[:LONGEST_ID])
    answer = _no("the message", reply, envelope)
    if answer is None:
        connection.close()
        return Unanswered(f"The relay got the whole message, and answered {reply.code}.")
    return answer


def _parameters(
    connection: Dialogue, envelope: Envelope, content: bytes
) -> tuple[str, Answer | None]:
    """What is added to MAIL FROM, and why there is no use in it, if so."""
    parameters = ""
    if connection.has_extn("size"):
        # RFC 1870; a relay without a limit says 0, or nothing.
        announced = connection.esmtp_features["size"].strip()
        limit = int(announced) if announced.isdecimal() else 0
        if 0 < limit < len(content):
            return "", Barred(
                f"A copy has {len(content):,} bytes and the relay takes {limit:,} at most; make "
                "the issue smaller, or have the relay's limit raised."
            )
        parameters += f" SIZE={len(content)}"
    in_ascii = [in_ascii_where_possible(address).isascii() for address in envelope[:2]]
    if not all(in_ascii):
        # RFC 6531. With it the head of the mail may have such letters, too (RFC 6532).
        if not connection.has_extn("smtputf8"):
            return "", _no_such_letters(envelope, sender=not in_ascii[0])
        parameters += " SMTPUTF8"
    return parameters, None


def _no_such_letters(envelope: Envelope, *, sender: bool) -> Answer:
    said = "The relay takes no address with letters before the @ that ASCII has not"
    if sender:
        return Barred(f"{said}, as the sender's has; correct it at the desk.")
    return Refused(f"{said}.", envelope.recipient_ids)


def _no(stage: str, reply: Reply, envelope: Envelope) -> Answer | None:
    """What a no means; None if it is none."""
    said = f"The relay answered {_shown(str(reply), envelope)} to {stage}."
    if reply.code < 400:
        return None
    if reply.code < 500:
        # For now, and it has not taken anything (RFC 5321, 4.2.1), also after the final dot.
        return NotLeft(said)
    if stage == "MAIL FROM":
        # The sender is everybody's.
        said += " Have it take mail from the publication's sender, or check TWTW_SMTP_USER."
        return Barred(said)
    single = stage == "RCPT TO" and ABOUT_THE_RECIPIENT.match(reply.words)
    return Refused(said, envelope.recipient_ids if single else frozenset())


def _shown(words: str, envelope: Envelope) -> str:
    return fit_to_be_shown(words, envelope.recipient).rstrip(".")


def _nonsense(connection: Dialogue, stage: str) -> NotLeft:
    """A yes to something else: whatever is said next on this connection may be that, too."""
    connection.close()
    return NotLeft(f"The relay's answer to {stage} made no sense.")


def reset(connection: Dialogue) -> bool:
    """Give a transaction up; whether the connection is good for another one."""
    try:
        if connection.is_open and connection.command("RSET").is_yes:
            return True
    except LostConnectionError:
        return False
    connection.close()
    return False
