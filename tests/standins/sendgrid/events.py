"""Signed event posts: what the provider tells of the copies it accepted.

Fields: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event, and
tsg_logs_v3.json; signature: …/tracking-events/getting-started-event-webhook-security-features.
"""

from __future__ import annotations

import base64
import json
import random
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.standins.sendgrid.record import Copy, Record, short_id
from tests.standins.sendgrid.suppressions import Suppressions

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"

Event = dict[str, Any]
Post = tuple[bytes, dict[str, str]]


@dataclass(frozen=True)
class Kind:
    """`after`: seconds since the copy was accepted; `status`: what Email Logs then say.

    `listed`: the list on which the address then is. `{to}` in a field becomes the address.
    """

    after: int
    event: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    status: str = ""
    listed: str = ""


BROWSER = {"ip": "127.0.0.1", "useragent": "Mozilla/5.0"}
KINDS: dict[str, Kind] = {
    "processed": Kind(0, status="processed"),
    "deferred": Kind(
        2,
        fields={"response": "451 4.3.0 <{to}> Try again later.", "attempt": "1"},
        status="deferred",
    ),
    "delivered": Kind(
        3,
        fields={"response": "250 2.0.0 OK", "ip": "127.0.0.1", "tls": 1},
        status="delivered",
    ),
    "bounce": Kind(
        3,
        fields={
            "reason": "550 5.1.1 <{to}>: Recipient address rejected: User unknown",
            "status": "5.1.1",
            "type": "bounce",
            "bounce_classification": "Invalid Address",
            "ip": "127.0.0.1",
        },
        status="bounced",
        listed="bounces",
    ),
    "blocked": Kind(
        3,
        event="bounce",
        fields={
            "reason": "421 4.7.0 <{to}>: Too much unusual mail",
            "status": "4.7.0",
            "type": "blocked",
            "bounce_classification": "Reputation",
            "ip": "127.0.0.1",
        },
        status="blocked",
        listed="blocks",
    ),
    "dropped": Kind(1, fields={"reason": "Bounced Address", "status": "5.0.0"}, status="dropped"),
    "open": Kind(30, fields=BROWSER),
    "click": Kind(40, fields=BROWSER | {"url": "https://example.org/"}),
    "spamreport": Kind(60, listed="spam_reports"),
    "unsubscribe": Kind(50, fields=BROWSER, listed="unsubscribes"),
    "group_unsubscribe": Kind(50, fields=BROWSER | {"asm_group_id": 1}),
    "group_resubscribe": Kind(55, fields=BROWSER | {"asm_group_id": 1}),
}


class Events:
    """With a key of its own, as every webhook of the provider has."""

    def __init__(
        self, record: Record, suppressions: Suppressions, clock: Callable[[], float]
    ) -> None:
        self._record = record
        self._suppressions = suppressions
        self._clock = clock
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def verification_key(self) -> str:
        """The public key as the provider's settings page shows it."""
        public = self._key.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(public).decode()

    def of(
        self, kinds: tuple[str, ...], to: Iterable[str] | None, late: float, reason: str
    ) -> list[Event]:
        """Events of every kind for every copy, or for those to some addresses."""
        copies = self._record.all()
        if to is not None:
            wanted = set(to)
            copies = [copy for copy in copies if copy["to"] in wanted]
        return [
            self._event(copy, kind, late, reason)
            for copy in copies
            for kind in kinds or _usual_course(copy)
        ]

    def _event(self, copy: Copy, name: str, late: float, reason: str) -> Event:
        kind = KINDS[name]
        happened = int(copy["accepted_at"] + kind.after - late)
        fields = {
            key: value.replace("{to}", copy["to"]) if isinstance(value, str) else value
            for key, value in kind.fields.items()
        }
        if name == "dropped":
            fields["reason"] = reason or copy["reason"] or fields["reason"]
        elif reason and fields.keys() & {"reason", "response"}:
            fields["reason" if "reason" in fields else "response"] = reason
        if name == "unsubscribe":
            fields["date"] = f"{datetime.fromtimestamp(happened, UTC):%Y-%m-%d}"
        categories = copy["categories"]
        event = {
            # Custom arguments lie beside the provider's own fields, and can't displace them.
            **copy["custom_args"],
            "email": copy["to"],
            "timestamp": happened,
            "event": kind.event or name,
            "sg_event_id": short_id(f"{copy['sg_message_id']} {name} {happened} {reason}"),
            "sg_message_id": copy["sg_message_id"],
            "smtp-id": copy["smtp_id"],
            **fields,
        }
        if categories:
            event["category"] = categories[0] if len(categories) == 1 else categories
        with self._record.lock:
            copy["events"].append(event)
            copy["status"] = kind.status or copy["status"]
            copy["reason"] = fields.get("reason", fields.get("response", copy["reason"]))
        if kind.listed:
            said = (
                {"reason": fields["reason"], "status": fields["status"]}
                if fields.get("type")
                else {}
            )
            self._suppressions.add(kind.listed, copy["to"], happened, **said)
        return event

    def posts(
        self,
        events: list[Event],
        *,
        repeated: bool = False,
        renamed: bool = False,
        shuffled: int | None = None,
        split: int = 1000,
        signed_at: float | None = None,
    ) -> list[Post]:
        """Bodies and headers of the posts that tell of the events.

        Args:
            repeated: every event twice; `renamed`: with another `sg_event_id` the second time.
            shuffled: the seed of the order, or the order in which they were given.
            split: how many events a post has.
            signed_at: epoch seconds in the signed header; now, if not given.
        """
        if repeated or renamed:
            events = events + [
                event | {"sg_event_id": short_id(event["sg_event_id"])} if renamed else event
                for event in events
            ]
        if shuffled is not None:
            events = random.Random(shuffled).sample(events, len(events))
        return [
            self.signed(events[first : first + split], signed_at)
            for first in range(0, len(events), split)
        ]

    def signed(self, said: list[Event] | bytes, at: float | None = None) -> Post:
        """One post of any events, or of any bytes.

        The signature is over the header's timestamp and the raw body, with its last line break.
        """
        body = said
        if not isinstance(body, bytes):
            lines = ",\r\n".join(json.dumps(event, ensure_ascii=False) for event in said)
            body = f"[{lines}]\r\n".encode()
        timestamp = str(int(self._clock() if at is None else at))
        signature = self._key.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        return body, {
            "Content-Type": "application/json;charset=utf-8",
            "User-Agent": "SendGrid Event API",
            SIGNATURE: base64.b64encode(signature).decode(),
            TIMESTAMP: timestamp,
        }


def _usual_course(copy: Copy) -> tuple[str, ...]:
    return ("dropped",) if copy["status"] == "dropped" else ("processed", "delivered")


def post(url: str, posts: Iterable[Post]) -> list[int]:
    """Make the posts, one after the other; gives the status of each answer."""
    assert urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}, url
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    statuses = []
    for body, headers in posts:
        try:
            with opener.open(urllib.request.Request(url, body, headers), timeout=60) as answer:
                statuses.append(answer.status)
        except HTTPError as refused:
            statuses.append(refused.code)
            refused.close()
    return statuses
