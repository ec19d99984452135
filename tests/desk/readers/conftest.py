"""People at the desk, and readers they look at."""

import pytest
from django.urls import reverse

from tests.desk.people import at_the_desk


@pytest.fixture
def people(db):
    """Everybody, signed in: `people.ada` may change readers, `people.paul` sees them masked."""
    return at_the_desk()


@pytest.fixture
def reader(twtw, subscribe):
    """A reader of the weekly."""
    return subscribe(twtw, "Ann.Smith@example.org", name="Ann Smith").reader


@pytest.fixture
def page():
    """The address of a page about readers."""

    def address(name, *arguments):
        return reverse(f"readers:{name}", args=arguments)

    return address


@pytest.fixture
def told():
    """The messages at the top of the page to which an answer leads, or that it is."""

    def read(response, client):
        if response.status_code in (301, 302, 303):
            response = client.get(response.url)
        return [str(message).strip() for message in response.context["messages"]]

    return read


@pytest.fixture
def recorded():
    """The newest entry of the record: its action and its sentence."""
    from wagtail.models import ModelLogEntry

    def read():
        entry = ModelLogEntry.objects.filter(action__startswith="subscribers.").latest("pk")
        return entry.action, entry.data.get("sentence", ""), entry.user.username

    return read
