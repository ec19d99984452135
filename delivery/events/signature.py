"""Whether a post is SendGrid's: signed over its very bytes with the webhook's key, and not old.

https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features

`cryptography` does it and not the helper of the sendgrid package, which wants text: that
would be a decoding and an encoding more of what may be no text, before anything is proved.
"""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from delivery.events import UnsignedPost

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"

# SendGrid repeats a post for 24 hours, and does not say that it signs the repetitions anew. A
# post that somebody else repeats in that time does no harm: its events are known by then.
OLDEST = timedelta(hours=26)
# As far as two clocks may be apart.
NEWEST = timedelta(minutes=5)


@cache
def verification_key(shown: str) -> EllipticCurvePublicKey:
    """The public key of which SendGrid shows the base64 as the webhook's *Verification Key*.

    Raises:
        ValueError: if it is none.
    """
    try:
        key = load_der_public_key(b64decode(shown, validate=True))
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from None
    if not isinstance(key, EllipticCurvePublicKey):
        raise ValueError("SendGrid signs on an elliptic curve, and this is another kind of key.")
    return key


def check(body: bytes, *, signature: str, timestamp: str, key: str, now: datetime) -> None:
    """See to it that a post is SendGrid's own.

    Args:
        body: exactly as it came.
        signature: the value of the header `SIGNATURE`.
        timestamp: the value of the header `TIMESTAMP`: seconds since 1970.
        key: the webhook's verification key.
        now: with a zone.

    Raises:
        UnsignedPost: if it is not.
    """
    if not signature:
        raise UnsignedPost("It is not signed; the webhook needs SendGrid's Signed Event Webhook.")
    # Digits alone, because no array begins with one: so the header can't take over a part of
    # the body, with which it is signed in one piece.
    if not re.fullmatch(r"[0-9]{1,11}", timestamp):
        raise UnsignedPost("It has no timestamp that SendGrid could have made.")
    try:
        verification_key(key).verify(
            b64decode(signature, validate=True), timestamp.encode() + body, ECDSA(SHA256())
        )
    except (InvalidSignature, ValueError):
        raise UnsignedPost("It is not signed with the key of this newsroom's webhook.") from None
    if not now - OLDEST <= datetime.fromtimestamp(int(timestamp), UTC) <= now + NEWEST:
        raise UnsignedPost("It was signed too long ago, or one of the two clocks is wrong.")
