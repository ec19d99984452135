"""SendGrid as it posts events: with a key of its own, to Django's test client."""

import base64
import json
import time

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client

PATH = "/webhooks/sendgrid/events"
SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"
# Some moment; events of one recipient differ by their kind.
MOMENT = 1751180400


class Webhook:
    """Posts events, signed unless told otherwise."""

    def __init__(self):
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def verification_key(self):
        public = self._key.public_key()
        encoded = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(encoded).decode()

    def signed(self, body, timestamp):
        signature = self._key.sign(timestamp.encode() + body, ec.ECDSA(SHA256()))
        return {SIGNATURE: base64.b64encode(signature).decode(), TIMESTAMP: timestamp}

    def post(self, events, *, late=0, headers=None):
        """The status of the answer to a post of events, or of any bytes.

        Args:
            late: for how many seconds the post was under way.
            headers: others than those that belong to it.
        """
        body = events if isinstance(events, bytes) else json.dumps(events).encode()
        headers = headers or self.signed(body, str(int(time.time()) - late))
        client = Client(enforce_csrf_checks=True)
        response = client.post(PATH, body, "application/json;charset=utf-8", headers=headers)
        assert not response.cookies
        return response.status_code


def event(recipient, kind="delivered", **others):
    """What SendGrid says of the copy of a recipient, in the form it documents."""
    mailing = recipient.mailing
    subscription = recipient.subscription
    address = subscription.reader.address if subscription else "erased@example.org"
    type_of_bounce = {"bounce": "bounce", "blocked": "blocked"}.get(kind)
    return {
        "email": address,
        "timestamp": MOMENT,
        "smtp-id": f"<{recipient.pk}@geopod-ismtpd>",
        "event": "bounce" if type_of_bounce else kind,
        "category": ["gp-alerts", f"gp-alerts-{mailing.pk}-{mailing.key}"],
        "sg_event_id": f"{kind}-{recipient.pk}",
        "sg_message_id": f"message-{recipient.pk}.recvd-1",
        "mailing": f"{mailing.pk}.{mailing.key}",
        "chunk": str(recipient.chunk_number),
        "recipient": str(recipient.pk),
        **({"type": type_of_bounce} if type_of_bounce else {}),
        **others,
    }
