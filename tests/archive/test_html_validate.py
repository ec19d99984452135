"""An outsider's word: html-validate finds nothing on any page that the public sees."""

import pytest
from django.test import Client

from tests.optional import answered_by_node

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.archive.urls")]

ERRORS = {"/wrong/400/": 400, "/wrong/403/": 403, "/nowhere/": 404, "/wrong/500/": 500}


def page(response, status=200):
    assert response.status_code == status
    return response.content.decode()


def test_every_public_page_is_good_html(world):
    _, paths = world
    client = Client(raise_request_exception=False)
    damaged = paths.pop("damaged")
    pages = {name: page(client.get(path)) for name, path in paths.items()}
    pages["damaged"] = page(client.get(damaged), 404)
    pages |= {path: page(client.get(path), status) for path, status in ERRORS.items()}
    pages["unsubscribed"] = page(client.post(paths["unsubscribe"]))
    asked = {"rules": "html-validate.pages.json", "pages": pages}
    assert answered_by_node("validate_html.mjs", "html-validate", asked) == []


def test_the_first_page_before_anything_is_published_is_good_html(client):
    asked = {"rules": "html-validate.pages.json", "pages": {"home": page(client.get("/"))}}
    assert answered_by_node("validate_html.mjs", "html-validate", asked) == []
