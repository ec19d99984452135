"""From bytes to what a person wrote: a mail as it is, or as SendGrid has taken it apart."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from subscribers.addresses import address_key
from subscribers.inbound.mime import Head, decoded, header_text, take_apart
from subscribers.inbound.own_words import own_words
from subscribers.networks import keyed

LONGEST_SUBJECT = 300

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"')
_ADDRESS = r"([^\s<>,;:]+@[^\s<>,;:@]+)"
# A name, if any, and one address: no list of them, no group, no route.
_NAMED = re.compile(rf"[^<>,;:]*<\s*{_ADDRESS}\s*>\s*")
_BARE = re.compile(rf"\s*{_ADDRESS}\s*")


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be known of a mail that came in.

    `sender` is the one address in `From`, as it stands there; empty if there is none, or more
    than one. `return_path` is None where nothing tells it; empty is that of a bounce.
    """

    head: Head
    sender: str
    return_path: str | None
    subject: str
    words: str

    @property
    def digest(self) -> str:
        """The same for the same mail, whichever way it came; it tells nothing of it.

        With the sender in it, so that nobody can take another mail's place before it comes.
        """
        told = [self.head.first("Message-ID"), address_key(self.sender)]
        if not told[0]:
            told += [self.head.first("Date"), self.subject, self.words]
        return keyed("inbound", "\0".join(told))


def read_mail(raw: bytes, return_path: str | None = None) -> Letter:
    """A mail as it went over the wire.

    Args:
        return_path: the sender of its envelope; None to take what its head says.
    """
    mail = take_apart(raw)
    return _letter(mail.head, return_path, mail.head.first("Subject"), mail.text, mail.html)


def read_fields(fields: Mapping[str, bytes]) -> Letter:
    """A mail as SendGrid posts it, with or without “POST the raw, full MIME message”.

    https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/setting-up-the-inbound-parse-webhook
    """
    return_path = _json(fields, "envelope").get("from")
    return_path = return_path if isinstance(return_path, str) else None
    if fields.get("email"):
        return read_mail(fields["email"], return_path)
    charsets = _json(fields, "charsets")

    def text(name: str) -> str:
        return decoded(fields.get(name, b""), str(charsets.get(name, "utf-8")))

    head = Head(fields.get("headers", b""))
    if not head.all("From"):
        # Elsewhere SendGrid has decoded it, and a comma in a name is taken for two of them.
        sender = header_text(text("from")).encode()
        head = Head(fields.get("headers", b"").rstrip() + b"\nFrom: " + sender)
    subject = head.first("Subject") or text("subject")
    return _letter(head, return_path, subject, text("text"), text("html"))


def _letter(head: Head, return_path: str | None, subject: str, text: str, html: str) -> Letter:
    if return_path is None and head.all("Return-Path"):
        return_path = head.first("Return-Path")
    return Letter(
        head=head,
        sender=_one_address(head.all("From")),
        return_path=None if return_path is None else return_path.strip().strip("<>").strip(),
        subject=header_text(subject)[:LONGEST_SUBJECT],
        words=own_words(text, html).replace("\0", ""),
    )


def _one_address(values: list[str]) -> str:
    if len(values) != 1:
        return ""
    value = _without_comments(_QUOTED.sub("", values[0]))
    found = _NAMED.fullmatch(value) or _BARE.fullmatch(value)
    return found[1] if found and found[1].isprintable() else ""


def _without_comments(value: str) -> str:
    kept, depth = [], 0
    for character in value:
        depth += character == "("
        if not depth:
            kept.append(character)
        depth -= character == ")" and depth > 0
    return "".join(kept)


def _json(fields: Mapping[str, bytes], name: str) -> dict[str, object]:
    try:
        value = json.loads(fields.get(name, b"{}"))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
