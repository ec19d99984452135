"""The stand-in, and a plain way to speak to it."""

from __future__ import annotations

import http.client
import json
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from tests.standins.sendgrid import KEY, StandIn

BODY = {
    "personalizations": [
        {
            "to": [{"email": f"reader{number}@example.org", "name": f"Reader {number}"}],
            "headers": {"List-Unsubscribe": f"<https://example.org/{number}/>"},
            "substitutions": {"[%way_out%]": f"https://example.org/{number}/"},
            "custom_args": {"mailing": "12.key", "recipient": str(number)},
        }
        for number in (1, 2)
    ],
    "from": {"email": "weekly@example.org", "name": "The Weekly"},
    "subject": "Number 317: Malí",
    "content": [
        {"type": "text/plain", "value": "Leave: [%way_out%]\n"},
        {"type": "text/html", "value": '<a href="[%way_out%]">Leave</a>'},
    ],
    "categories": ["weekly", "weekly-12-key-3"],
}
READERS = {"reader1@example.org", "reader2@example.org"}


class Reply(NamedTuple):
    status: int
    content: object
    headers: dict[str, str]

    @property
    def fields(self):
        return [error.get("field") for error in self.content["errors"]]


def ask(url, method, path, content=None, **headers):
    """One request; what it answers."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
    headers = {"Authorization": f"Bearer {KEY}", "Accept": "application/json", **headers}
    if content is not None:
        headers.setdefault("Content-Type", "application/json")
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
    try:
        connection.request(method, path, content, headers)
        answer = connection.getresponse()
        said = answer.read()
    finally:
        connection.close()
    is_json = answer.getheader("Content-Type", "").startswith("application/json")
    return Reply(answer.status, json.loads(said) if is_json else said, dict(answer.headers))


@pytest.fixture
def standin():
    with StandIn() as server:
        yield server


@pytest.fixture
def call(standin):
    return lambda *request, **headers: ask(standin.url, *request, **headers)


@pytest.fixture
def send(call):
    """Posts a mail; BODY, if no other."""
    return lambda body=BODY, **headers: call("POST", "/v3/mail/send", body, **headers)
