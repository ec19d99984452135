"""The API is what its description says: called with all that it allows, and with the rest."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from newsroom.wsgi import application
from subscribers.api.description import description
from subscribers.api.keys import Scope, make_key

pytestmark = pytest.mark.django_db

SCHEMA = schemathesis.openapi.from_dict(description())
SCHEMA.app = application
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(autouse=True)
def the_tests_own_connection(db):
    """The program calls in this thread; as with Django's client, its connection stays open."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def authorization(twtw):
    _, secret = make_key("A program", list(Scope), [twtw], per_minute=100_000)
    return f"Bearer {secret}"


@SCHEMA.parametrize()
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_answer_is_one_that_is_described(case, authorization):
    response = case.call(headers={"Authorization": authorization})
    case.validate_response(response, checks=CHECKS)


@SCHEMA.parametrize()
@settings(max_examples=5, deadline=None)
def test_without_a_key_every_call_is_refused(case):
    assert case.call(headers={"Authorization": "Bearer no"}).status_code in {401, 404, 405, 429}


def test_the_description_is_served_to_anybody(client):
    response = client.get("/api/v1/openapi.json")
    assert response.json() == description()
    assert {"post", "get"} <= set(response.json()["paths"]["/subscriptions"])
