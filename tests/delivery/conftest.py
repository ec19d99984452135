"""An alert to mail, readers to mail it to, and a transport that does as it is told."""

from __future__ import annotations

import pytest
from django.utils import timezone

from delivery.transports import Taken
from rendering.marks import Mark
from tests.delivery.webhook import Webhook

HTML = (
    "<!doctype html><html><body><h1>Malí – what next?</h1><p>Words = words.</p>"
    f'For {Mark.READER_NAME_IN_HTML}. <a href="{Mark.PREFERENCES_URL}">Preferences</a> '
    f'<a href="{Mark.UNSUBSCRIBE_URL}">Unsubscribe</a></body></html>\n'
)
TEXT = (
    f"Malí – what next?\n\nWords.\n\nFor {Mark.READER_NAME}.\n\n"
    f"Unsubscribe: {Mark.UNSUBSCRIBE_URL}\n"
)


@pytest.fixture
def make_alert_note(write_note, alerts):
    """Writes an approved note for an alert."""

    def make(number=1):
        return write_note("Malí", f"Claim {number}", publication=alerts)

    return make


@pytest.fixture
def alert(alerts, make_alert_note):
    """What an alert is made of: the publication and an approved note."""
    return alerts, make_alert_note()


@pytest.fixture
def readers(alerts):
    """Makes confirmed readers of GP Alerts, many at once; gives back their subscriptions."""
    from subscribers.models import Reader, Subscription

    def make(count, publication=alerts, first=0):
        numbers = range(first, first + count)
        addresses = [f"reader{number:06}@example.org" for number in numbers]
        people = Reader.objects.bulk_create(
            Reader(address=address, key=address, name=f"Reader {place}")
            for place, address in enumerate(addresses)
        )
        return Subscription.objects.bulk_create(
            Subscription(
                reader=reader,
                publication=publication,
                state="confirmed",
                confirmed_at=timezone.now(),
            )
            for reader in people
        )

    return make


class Pigeon:
    """A transport that keeps what it was handed and answers as it is told."""

    name = "pigeon"

    def __init__(self, *, chunk_size=10, repeatable=False, answer=None):
        self.chunk_size = chunk_size
        self.repeatable = repeatable
        self.answer = answer or (lambda addressees: Taken())
        self.calls = []

    @property
    def taken(self):
        return [a.recipient_id for call in self.calls for a in call]

    def hand_over(self, message, addressees):
        self.calls.append(list(addressees))
        return self.answer(addressees)

    def close(self):
        pass


@pytest.fixture
def pigeon():
    return Pigeon


@pytest.fixture
def webhook(settings):
    """Posts events as SendGrid does, with a key that the newsroom knows."""
    webhook = Webhook()
    settings.SENDGRID_EVENTS_KEY = webhook.verification_key
    return webhook
