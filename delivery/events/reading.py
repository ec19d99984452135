"""What a post says: the reports of copies of our mailings, and what each of them means.

Events of other kinds, and of mail that is not from here, are passed over without a word. What
SendGrid would never write is refused with the whole post: then something is misunderstood.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any, NamedTuple

from delivery.events import MalformedPost
from delivery.states import Outcome
from delivery.transports.wording import fit_to_be_shown
from subscribers.models import Suppression

# https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event. `open` and `click`
# are left out on purpose: what readers look at is no business of ours.
OUTCOMES = {
    "processed": Outcome.PROCESSED,
    "deferred": Outcome.DEFERRED,
    "delivered": Outcome.DELIVERED,
    "blocked": Outcome.BLOCKED,
    "bounce": Outcome.BOUNCED,
    "dropped": Outcome.DROPPED,
    "unsubscribe": Outcome.UNSUBSCRIBED,
    "group_unsubscribe": Outcome.UNSUBSCRIBED,
    "spamreport": Outcome.COMPLAINED,
}

# Neither `blocked` nor `deferred`: a block is about the message, or about what the sender is
# worth that hour, and SendGrid itself goes on mailing such addresses. One bad hour at a large
# provider would suppress all its readers for ever.
SUPPRESSIONS = {
    "bounce": Suppression.Reason.BOUNCED,
    "unsubscribe": Suppression.Reason.BY_REQUEST,
    "spamreport": Suppression.Reason.COMPLAINED,
}

# The documented reasons of `dropped` that are about the address. The others are about the
# message or the account: Invalid SMTPAPI header, Spam Content, Recipient List over Package Quota.
DROPPED = {
    "bounced address": Suppression.Reason.BOUNCED,
    "invalid": Suppression.Reason.BOUNCED,
    "unsubscribed address": Suppression.Reason.BY_REQUEST,
    "spam reporting address": Suppression.Reason.COMPLAINED,
}

ENDING = {"unsubscribe", "group_unsubscribe"}

LONGEST_ADDRESS = 254
# As many characters as `ProviderEvent.reason` holds.
LONGEST_REASON = 300
# The year 2242; what is later is no time at which something has happened.
LATEST = 2**33


class Report(NamedTuple):
    """One event of one of our copies. The address is for suppressing it, and is kept nowhere."""

    mailing_id: int
    mailing_key: str
    recipient_id: int
    kind: str
    at: datetime
    reason: str
    address: str
    suppression: Suppression.Reason | None
    provider_id: str
    fingerprint: str

    @property
    def outcome(self) -> Outcome:
        return OUTCOMES[self.kind]

    @property
    def source(self) -> str:
        """Who said so, where something follows from it."""
        return f"event: {self.kind}"

    @property
    def ends_subscription(self) -> bool:
        return self.kind in ENDING


def read(body: bytes) -> list[Report]:
    """The reports in a post.

    Raises:
        MalformedPost: if it is not an array of events as SendGrid writes them.
    """
    try:
        events = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise MalformedPost("It is no JSON in UTF-8.") from None
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise MalformedPost("It is no array of events.")
    return [report for event in events if (report := _report(event)) is not None]


def _report(event: dict[str, Any]) -> Report | None:
    if "event" not in event:
        raise MalformedPost("It has an event that does not say what happened.")
    kind = _text(event, "event")
    if kind == "bounce" and event.get("type") != "bounce":
        kind = "blocked"
    if kind not in OUTCOMES:
        return None
    # Whoever else mails with this account may name arguments of theirs so, and mean anything.
    mailing = re.fullmatch(r"([0-9]{1,18})\.([0-9a-z]{1,12})", _argument(event, "mailing"))
    recipient = re.fullmatch(r"[0-9]{1,18}", _argument(event, "recipient"))
    if mailing is None or recipient is None:
        return None
    address, timestamp = _text(event, "email"), event.get("timestamp")
    if not (0 < len(address) <= LONGEST_ADDRESS and address.isprintable()):
        raise MalformedPost("It has an event with an “email” that is no address.")
    if type(timestamp) is not int or not 0 <= timestamp < LATEST:
        raise MalformedPost("It has an event with a “timestamp” that is no time.")
    words = _text(event, "response" if kind == "deferred" else "reason")
    # The recipient too, because the id of the message is not in every kind of event.
    told = (_text(event, "sg_message_id"), recipient[0], kind, str(timestamp), address)
    fingerprint = hashlib.sha256("\0".join(told).encode(errors="surrogatepass")).hexdigest()
    given_id = _text(event, "sg_event_id")
    return Report(
        mailing_id=int(mailing[1]),
        mailing_key=mailing[2],
        recipient_id=int(recipient[0]),
        kind=kind,
        at=datetime.fromtimestamp(timestamp, UTC),
        reason=fit_to_be_shown(words, address)[:LONGEST_REASON] if words else "",
        address=address,
        suppression=(
            DROPPED.get(words.strip().lower()) if kind == "dropped" else SUPPRESSIONS.get(kind)
        ),
        provider_id=given_id if re.fullmatch(r"[!-~]{1,200}", given_id) else fingerprint,
        fingerprint=fingerprint,
    )


def _text(event: dict[str, Any], field: str) -> str:
    """A field that SendGrid itself writes; empty where it does not."""
    value = event.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise MalformedPost(f"It has an event whose “{field}” is no text.")
    return value


def _argument(event: dict[str, Any], name: str) -> str:
    """A custom argument; SendGrid puts them beside its own fields."""
    value = event.get(name)
    return value if isinstance(value, str) else ""
