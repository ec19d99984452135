"""What was taken: one entry a recipient, found again by address, category and message id."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

Copy = dict[str, Any]


class Record:
    """Any thread may add to it; what it gives out is a copy of its own lists."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.accepted: list[Copy] = []
        self.calls = 0
        self._clock = clock
        self._salt = secrets.token_hex(8)
        self._copies: Counter[str] = Counter()
        self._by_id: dict[str, Copy] = {}
        self._by_address: dict[str, list[Copy]] = defaultdict(list)
        self._by_category: dict[str, list[Copy]] = defaultdict(list)

    def add(self, body: Any, dropped: Callable[[str], str]) -> str:
        """Keep every recipient of a request body; gives the call's message id.

        `dropped` says for which reason the provider will not even try an address, if it won't.
        """
        with self.lock:
            self.calls += 1
            message_id = short_id(f"{self._salt} {self.calls}")
            common = body.get("custom_args") or {}
            accepted_at = self._clock()
            for person in body["personalizations"]:
                for kind in ("to", "cc", "bcc"):
                    for mailbox in person.get(kind, []):
                        self._keep(
                            {
                                "to": mailbox["email"],
                                "message_id": message_id,
                                "custom_args": common | person.get("custom_args", {}),
                                "categories": body.get("categories", []),
                                "subject": person.get("subject") or body.get("subject", ""),
                                "accepted_at": accepted_at,
                                "reason": dropped(mailbox["email"]),
                                "personalization": person,
                                "body": body,
                            }
                        )
            self.changed.notify_all()
        return message_id

    def _keep(self, copy: Copy) -> None:
        number = len(self.accepted) + 1
        one = f"{copy['message_id']}.recvd-{self._salt[:10]}-{self._salt[10:15]}"
        copy["sg_message_id"] = f"{one}-1-{int(copy['accepted_at']):X}-{number:X}.0"
        copy["smtp_id"] = f"<{copy['message_id']}@geopod-ismtpd-{number}>"
        copy["status"] = "dropped" if copy["reason"] else "processed"
        copy["events"] = []
        self.accepted.append(copy)
        self._copies[copy["to"]] += 1
        self._by_id[copy["sg_message_id"]] = copy
        self._by_address[copy["to"]].append(copy)
        for category in copy["categories"]:
            self._by_category[category].append(copy)

    def copies(self) -> Counter[str]:
        with self.lock:
            return self._copies.copy()

    def all(self) -> list[Copy]:
        with self.lock:
            return list(self.accepted)

    def by_id(self, sg_message_id: str) -> Copy | None:
        return self._by_id.get(sg_message_id)

    def to(self, address: str) -> list[Copy]:
        with self.lock:
            return list(self._by_address.get(address, ()))

    def in_category(self, category: str) -> list[Copy]:
        with self.lock:
            return list(self._by_category.get(category, ()))


def short_id(of: str) -> str:
    """22 letters, as the provider's ids of messages and events are."""
    digest = hashlib.sha256(of.encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def as_the_reader_sees_it(copy: Copy) -> dict[str, Any]:
    """Subject, texts and headers of one copy, with its substitutions made.

    They reach the subject, the Reply-To and the content, and no header:
    https://www.twilio.com/docs/sendgrid/for-developers/sending-email/substitution-tags
    """
    substitutions = copy["personalization"].get("substitutions", {})

    def filled(text: str) -> str:
        for mark, value in substitutions.items():
            text = text.replace(mark, value)
        return text

    body = copy["body"]
    return {
        "subject": filled(copy["subject"]),
        "content": {part["type"]: filled(part["value"]) for part in body["content"]},
        "headers": body.get("headers", {}) | copy["personalization"].get("headers", {}),
    }
