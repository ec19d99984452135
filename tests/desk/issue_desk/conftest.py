"""A week at the issue desk: an open issue with its readers, and people with their rights."""

from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.test import Client

from issues.assembling import assemble

SUNDAY = date(2025, 6, 29)


@dataclass
class Person:
    """An account, and a browser in which it is signed in."""

    user: Any
    client: Client


@pytest.fixture
def three_notes(write_note):
    """Approved in this order."""
    return [write_note(subject, f"{subject} claims") for subject in ("Mali", "Nile", "Oslo")]


@pytest.fixture
def issue(twtw, three_notes, subscribe):
    """The open issue with the three notes; two readers get it, a third has not confirmed."""
    for number in range(2):
        subscribe(twtw, f"reader{number}@example.org")
    subscribe(twtw, "late@example.org", state="pending")
    return assemble(twtw, SUNDAY).issue


@pytest.fixture
def somebody(db):
    """Makes an account at the desk: in these groups, with these rights (`issues.view_issue`)."""

    def make(name, *, groups=(), rights=()):
        user = get_user_model().objects.create_user(
            name, f"{name}@example.org", "x", first_name=name.capitalize()
        )
        user.groups.add(*(Group.objects.get(name=group) for group in groups))
        for right in ("wagtailadmin.access_admin", *rights):
            app, codename = right.split(".")
            user.user_permissions.add(
                Permission.objects.get(content_type__app_label=app, codename=codename)
            )
        client = Client()
        client.force_login(user)
        return Person(user, client)

    return make


@pytest.fixture
def editor(somebody):
    return somebody("edda", groups=["Editors"])


@pytest.fixture
def publisher(somebody):
    return somebody("paul", groups=["Publishers"])


@pytest.fixture
def outbox(settings):
    """The mails that the desk sends."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    return mail.outbox


@pytest.fixture
def maildir(settings, tmp_path):
    """Reads the mails that lie in the outbox for an address, the oldest first."""
    settings.OUTBOX = tmp_path / "outbox"
    settings.DELIVERY_TRANSPORT = "outbox"
    settings.EMAIL_BACKEND = "delivery.desk_mail.EmailBackend"

    def mails_for(address):
        files = sorted(settings.OUTBOX.glob("new/*"), key=lambda file: file.stat().st_mtime_ns)
        mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
        return [mail for mail in mails if address in str(mail["To"])]

    return mails_for
