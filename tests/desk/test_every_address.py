"""Every address of the desk, by GET and by POST, as everybody there and as a stranger.

Wagtail's views on snippets do not ask whose note it is, and rooms grow: whoever adds an address
says here who may enter it, or these tests fail.
"""

from functools import partial
from http import HTTPStatus

import pytest
from django.apps import apps
from django.db import transaction
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry, Revision, TaskState, WorkflowState

from notes.models import Note
from tests.desk.addresses import (
    NO_MATTER,
    WHO_ENTERS,
    WITHOUT_SIGNING_IN,
    addresses_below_the_desk,
    longest,
)
from tests.desk.world import FORMS, SECRETS, World

pytestmark = pytest.mark.django_db

ROLES = {"contributor": "cora", "editor": "eve", "publisher": "paul", "administrator": "ada"}
# What somebody at the desk leaves behind by only looking.
TRACES = {
    "Session",
    "EditingSession",
    "FormState",
    "UserProfile",
    "ModelLogEntry",
    "PhotoRendition",
}


@pytest.fixture
def world(mailing, write_note, twtw, alerts):
    return World(mailing, write_note, twtw, alerts)


def walk(world, client):
    """Asks every address; its name, the method, the path, whether its first one, how to ask."""
    client.raise_request_exception = False
    for name, arguments in addresses_below_the_desk():
        for number, path in enumerate(world.paths(name, arguments)):
            for method in ("get", "post"):
                form = longest(FORMS, name) if method == "post" else {}
                yield name, method, path, number == 0, partial(asked, client, method, path, form)
        if "logout" in name and hasattr(client, "user"):
            client.force_login(client.user)


def asked(client, method, path, form):
    """The answer; what broke in the middle of a change is taken back as it is without a test."""
    with transaction.atomic():
        return getattr(client, method)(path, form)


def text_of(response):
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace")


def turned_away(response):
    if response.status_code == HTTPStatus.FOUND:
        return response.url == reverse("wagtailadmin_home") or leads_to_signing_in(response)
    return response.status_code in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)


def leads_to_signing_in(response):
    return response.status_code == HTTPStatus.FOUND and response.url.startswith("/desk/login/")


def test_every_address_has_its_line_in_the_tables(world):
    unknown = []
    for name, arguments in addresses_below_the_desk():
        try:
            longest(WHO_ENTERS, name) if not name.startswith(WITHOUT_SIGNING_IN) else None
            world.paths(name, arguments)
        except (ValueError, KeyError) as missing:
            unknown.append((name, arguments, str(missing)))
    assert unknown == []


def test_a_stranger_is_led_to_signing_in_and_changes_nothing(world):
    before, faults = everything(), []
    for name, method, path, _, ask in walk(world, Client()):
        response = ask()
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            faults.append((method, path, response.status_code))
        if any(word in text_of(response) for word in SECRETS):
            faults.append((method, path, "a secret word"))
        away = leads_to_signing_in(response) or response.status_code == HTTPStatus.NOT_FOUND
        if not name.startswith(WITHOUT_SIGNING_IN) and not away:
            faults.append((method, path, response.status_code, "not led to signing in"))
    assert faults == []
    assert everything() == before


def test_a_contributor_learns_and_changes_nothing_of_what_others_write(world):
    before, faults = everything(), []
    for name, method, path, first, ask in walk(world, world.people.cora):
        response = ask()
        faults += wrong(response, "contributor", name, method, path, first)
        faults += [(method, path, word) for word in SECRETS if word in text_of(response)]
    assert faults == []
    assert everything() == before


@pytest.mark.parametrize("role", ["editor", "publisher", "administrator"])
def test_they_enter_where_the_table_says_and_nothing_breaks_nor_changes_the_record(world, role):
    record, faults = recorded(), []
    assert record
    for name, method, path, first, ask in walk(world, getattr(world.people, ROLES[role])):
        with transaction.atomic():
            faults += wrong(ask(), role, name, method, path, first)
            # A refusal in the middle of a change takes that back, and leaves nothing to ask about.
            if not transaction.get_rollback() and recorded(record) != record:
                faults.append((method, path, "the record is another one"))
            transaction.set_rollback(True)
    assert faults == []


def wrong(response, role, name, method, path, first):
    """What of an answer is not as the table has it."""
    status = response.status_code
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        yield method, path, status
    may = NO_MATTER if name.startswith(WITHOUT_SIGNING_IN) else longest(WHO_ENTERS, name)
    if may is NO_MATTER or not first or status == HTTPStatus.METHOD_NOT_ALLOWED:
        return
    away = turned_away(response)
    if (role not in may and not away) or (role in may and method == "get" and away):
        yield method, path, status, "enters" if role not in may else "is turned away"


def recorded(known=None):
    """The entries of the record; of those that are known, what they are now."""
    entries = ModelLogEntry.objects.order_by("pk")
    if known is not None:
        entries = entries.filter(pk__in=[entry["id"] for entry in known])
    # Wagtail marks the entries of what was deleted.
    return [{**entry, "deleted": False} for entry in entries.values()]


def everything():
    """What there is: how much of every kind, and all that is known of every note."""
    counts = {
        model.__name__: model.objects.count()
        for model in apps.get_models()
        if model.__name__ not in TRACES
    }
    notes = [model_to_dict(note) | {"slug": note.slug} for note in Note.objects.order_by("pk")]
    rows = [
        list(model.objects.order_by("pk").values())
        for model in (Revision, WorkflowState, TaskState)
    ]
    return counts, notes, rows
