"""The small world that tests are told in: a real database, and a few ways to fill it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from newsroom.state import copy_database

ROOT = Path(__file__).resolve().parent.parent


def _migrations_hash() -> str:
    import django
    import wagtail
    from django.conf import settings

    made_by = f"{django.__version__} {wagtail.__version__} {settings.INSTALLED_APPS}"
    digest = hashlib.sha256(made_by.encode())
    for file in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _kept_database() -> Path:
    return Path(tempfile.gettempdir()) / f"twtw-migrated-{os.getuid()}-{_migrations_hash()}"


def _flushes(item: pytest.Item) -> bool:
    """Whether a test leaves nothing in the database, not even what the migrations put there."""
    marker = item.get_closest_marker("django_db")
    fixtures = getattr(item, "fixturenames", ())
    return bool(
        (marker and marker.kwargs.get("transaction"))
        or {"transactional_db", "live_server"}.intersection(fixtures)
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Give the next test a database that is whole.

    In one process such tests come last; on every core they come with the others of their file.
    """
    result = yield
    from django.db import connection

    if nextitem and _flushes(item) and not _flushes(nextitem) and connection.vendor == "sqlite":
        connection.close()
        copy_database(_kept_database(), Path(connection.settings_dict["NAME"]))
    return result


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: of two that are left at the end one core would wait for the other."""
    items.sort(key=lambda item: "_on_postgresql.py" not in item.nodeid)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> None:
    """A migrated database. A fresh `migrate` takes seconds, so SQLite's is kept and copied."""
    from django.core.management import call_command
    from django.db import connection

    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            # The whole run's state folder is temporary (see tests/isolation.py), so the
            # newsroom's own database file there is the test database.
            target = Path(connection.settings_dict["NAME"])
            target.parent.mkdir(parents=True, exist_ok=True)
            kept = _kept_database()
            if not kept.exists():
                call_command("migrate", verbosity=0)
                connection.close()
                aside = kept.with_suffix(f".{os.getpid()}")
                copy_database(target, aside)
                aside.rename(kept)
            else:
                copy_database(kept, target)
        else:
            call_command("migrate", verbosity=0)
        # Lets `serialized_rollback=True` bring the migrations' own rows back after a flush.
        connection._test_serialized_contents = (  # type: ignore[attr-defined]
            connection.creation.serialize_db_to_string()
        )
        connection.close()


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
