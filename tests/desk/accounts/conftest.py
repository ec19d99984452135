"""Accounts, the mails to them, and a browser at a name for which passkeys work."""

import base64
import hmac
import re
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from email import policy
from email.parser import BytesParser
from functools import cache

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from playwright.sync_api import sync_playwright

from newsroom.gallery.shots import CHROMIUM_OPTIONS
from tests.optional import chromium

PASSWORD = "a long enough secret"


@pytest.fixture
def account(db):
    """Makes an account with a password, in the groups named."""

    def make(username="ann", *groups, **facts):
        facts = {"email": f"{username}@example.org", "password": PASSWORD, **facts}
        user = User.objects.create_user(username, **facts)
        user.groups.set(Group.objects.filter(name__in=groups))
        assert user.groups.count() == len(groups)
        return user

    return make


@pytest.fixture
def outbox(settings, tmp_path):
    """Reads what was mailed, the oldest first."""
    settings.EMAIL_BACKEND = "delivery.desk_mail.EmailBackend"
    settings.OUTBOX = tmp_path / "outbox"

    def read():
        parser = BytesParser(policy=policy.default)
        files = sorted(settings.OUTBOX.glob("new/*"), key=lambda file: file.stat().st_mtime_ns)
        return [parser.parsebytes(file.read_bytes()) for file in files]

    return read


def link_in(mail):
    """The path of the first link of ours in a mail."""
    text = mail.get_body(["plain"]).get_content()
    return re.search(r"https?://[^/]+(/desk/\S+)", text)[1]


def code_of(secret, steps=0):
    """What an authenticator app shows (RFC 6238): now, or so many half minutes from now."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def elsewhere(function, *arguments, **named):
    """Call what asks the database: Django keeps it from the thread in which a browser is driven."""

    def call():
        try:
            return function(*arguments, **named)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


@pytest.fixture
def open_page(live_server, settings):
    """Opens a page of Chromium at the site's name; each in a browser profile of its own.

    From the first one on the database is asked with `elsewhere` only.
    """
    settings.SITE_URL = live_server.url
    with ExitStack() as left_open:

        @cache
        def browser():
            playwright = left_open.enter_context(sync_playwright())
            found = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
            left_open.callback(found.close)
            return found

        yield (
            lambda **options: browser().new_context(base_url=live_server.url, **options).new_page()
        )
