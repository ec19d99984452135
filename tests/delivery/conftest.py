"""An edition to mail, readers to mail it to, and a transport that does as it is told."""

from __future__ import annotations

import hashlib

import pytest
from django.utils import timezone

from delivery.transports import Taken
from issues.models import Edition
from rendering.marks import Mark

HTML = (
    "<!doctype html><html><body><h1>Malí – what next?</h1><p>Words = words.</p>"
    f'<a href="{Mark.PREFERENCES_URL}">Preferences</a> '
    f'<a href="{Mark.UNSUBSCRIBE_URL}">Unsubscribe</a></body></html>\n'
)
TEXT = f"Malí – what next?\n\nWords.\n\nUnsubscribe: {Mark.UNSUBSCRIBE_URL}\n"


@pytest.fixture
def make_edition(alerts, write_note):
    """Makes an alert's edition of its own note."""

    def make(number=1):
        note = write_note(claim=f"Claim {number}", publication=alerts)
        return Edition.objects.create(
            publication=alerts,
            note=note,
            subject=f"GP Alert: Malí, claim {number}",
            html=HTML,
            text=TEXT,
            sha256=hashlib.sha256(b"as if rendered").hexdigest(),
        )

    return make


@pytest.fixture
def edition(make_edition):
    return make_edition()


@pytest.fixture
def readers(alerts):
    """Makes confirmed readers of GP Alerts, many at once; gives back their subscriptions."""
    from subscribers.models import Reader, Subscription

    def make(count, publication=alerts):
        addresses = [f"reader{number:06}@example.org" for number in range(count)]
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


@pytest.fixture
def pigeon():
    return Pigeon
