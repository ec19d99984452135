"""The small world that tests are told in: a real database, and a few ways to fill it."""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests import whole_database

ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: of two that are left at the end one core would wait for the other."""
    items.sort(key=lambda item: "_on_postgresql.py" not in item.nodeid)


def pytest_configure() -> None:
    """What would take most of the time, and is no part of what is tried."""
    from django.conf import settings

    # Static files are looked up when they are asked for: each new client would list all of them.
    settings.WHITENOISE_AUTOREFRESH = True
    # Slow on purpose, for passwords that somebody wants to guess.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_finish() -> None:
    """Let Python not look again and again through what stays to the end: a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> None:
    """A migrated database that is whole before every test."""
    from django.test import TransactionTestCase

    with django_db_blocker.unblock():
        whole_database.make()
    TransactionTestCase._fixture_teardown = whole_database.put_back  # type: ignore[method-assign]


@pytest.fixture
def twtw(db: None) -> Any:
    """The weekly, with issue #317 as the first one made here."""
    from issues.models import Publication

    publication = Publication.objects.get(slug="twtw")
    publication.first_serial = 317
    publication.save()
    return publication


@pytest.fixture
def alerts(db: None) -> Any:
    """GP Alerts."""
    from issues.models import Publication

    return Publication.objects.get(slug="gp-alerts")


@pytest.fixture
def able_to_send(settings: Any) -> Callable[[Any], None]:
    """Gives a publication, and the site, what mail that really leaves needs."""

    def furnish(publication: Any) -> None:
        settings.SITE_URL = "https://weekly.newsroom.example"
        publication.postal_address = "1 Sample Road, Bengaluru"
        publication.sender_address = "weekly@newsroom.example"
        publication.save()

    return furnish


@pytest.fixture
def write_note(twtw: Any) -> Callable[..., Any]:
    """Writes a note; approved unless told otherwise."""
    from notes.approval import approve
    from notes.models import Biography, Note, NoteAuthor, Person, SectionSchema

    def write(
        subject: str = "Russia and Mali",
        claim: str = "A growing presence",
        *,
        day: date = date(2025, 6, 29),
        author: str = "A. Author",
        approved: bool = True,
        publication: Any = None,
        text: str = "<p>Something happened.</p>",
    ) -> Any:
        person = Person.objects.named(author) or Person.objects.create(name=author)
        if not person.biographies.exists():
            Biography.objects.create(
                person=person, valid_from=date(2020, 1, 1), text=f"{author} writes."
            )
        schema = SectionSchema.objects.get(name="Three questions")
        note = Note(
            publication=publication or twtw,
            subject=subject,
            claim=claim,
            date=day,
            schema=schema,
            countries=["ML", "RU"],
            live=False,
            body=[
                (
                    "section",
                    {"heading": heading, "parts": [("text", text)]},
                )
                for heading in schema.headings_in_order()
            ],
        )
        note.authors = [NoteAuthor(person=person, sort_order=0)]
        note.save()
        note.save_revision()
        return approve(note) if approved else note

    return write


@pytest.fixture
def subscribe(db: None) -> Callable[..., Any]:
    """Makes a reader with a subscription; confirmed unless told otherwise."""
    from django.utils import timezone

    from subscribers.models import Reader, Subscription

    def make(publication: Any, address: str, *, name: str = "", state: str = "confirmed") -> Any:
        reader, _ = Reader.objects.get_or_create(
            key=address.lower(), defaults={"address": address, "name": name}
        )
        return Subscription.objects.create(
            reader=reader,
            publication=publication,
            state=state,
            confirmed_at=timezone.now() if state != "pending" else None,
            ended_at=timezone.now() if state == "ended" else None,
        )

    return make
