"""A note that is being written, and Chromium to write it in."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from playwright.sync_api import sync_playwright

from newsroom.gallery.shots import CHROMIUM_OPTIONS
from tests.optional import chromium


@pytest.fixture
def somebody(db):
    """Makes a superuser, and gives a client that is signed in as them."""

    def make(name):
        user = get_user_model().objects.create_superuser(name, f"{name}@example.org", "x")
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def at_the_desk(live_server, settings):
    """Opens a page of Chromium that is signed in as a client is.

    The browser starts with the first page: from then on this thread can't ask the database.
    """
    settings.SITE_URL = live_server.url
    with ExitStack() as open_things:
        browsers = []

        def open_page(client, **options):
            if not browsers:
                playwright = open_things.enter_context(sync_playwright())
                launched = playwright.chromium.launch(
                    executable_path=chromium(), args=CHROMIUM_OPTIONS
                )
                open_things.callback(launched.close)
                browsers.append(launched)
            context = browsers[0].new_context(base_url=live_server.url, **options)
            session = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
            return context.new_page()

        yield open_page


@pytest.fixture
def elsewhere():
    """Calls what asks the database: Django keeps it from the thread that drives a browser."""

    def call(function, *arguments):
        def in_a_thread():
            try:
                return function(*arguments)
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(in_a_thread).result()

    return call
