"""`twtw suppressions`: the same addresses are left alone here and at SendGrid."""

import json

import pytest

from subscribers.models import Suppression
from subscribers.suppressing import suppress
from tests.standins.sendgrid import KEY, StandIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def standin(settings, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with StandIn() as server:
        settings.SENDGRID_API_KEY = KEY
        settings.SENDGRID_URL = server.url
        settings.SENDGRID_TIMEOUT = 20.0
        yield server


def test_pulling_tells_how_many_were_new_list_by_list(standin, twtw_command):
    standin.suppress("bounces", "gone@example.org", "lost@example.org")
    standin.suppress("spam_reports", "angry@example.org")
    suppress("gone@example.org", Suppression.Reason.BOUNCED)
    done = twtw_command("suppressions", "pull")
    assert done.status == 0, done.err
    assert done.out.splitlines() == [
        "spam reports        1 address, 1 new here",
        "global unsubscribes 0 addresses, 0 new here",
        "bounces             2 addresses, 1 new here",
        "invalid addresses   0 addresses, 0 new here",
    ]
    again = json.loads(twtw_command("suppressions", "pull", "--json").out)
    assert again[2] == {"name": "bounces", "addresses": 2, "new": 0}


def test_pushing_tells_how_many_sendgrid_was_told_of(standin, twtw_command):
    suppress("never@example.org", Suppression.Reason.BY_REQUEST)
    suppress("no address", Suppression.Reason.BOUNCED)
    done = twtw_command("suppressions", "push")
    assert done.status == 0, done.err
    assert done.out.splitlines() == [
        "SendGrid was told of 1 address.",
        "1 address left out: no mail can be sent to such a one at all.",
    ]
    again = json.loads(twtw_command("suppressions", "push", "--json").out)
    assert again == {"told": 0, "left_out": 1}


@pytest.mark.parametrize("verb", ["pull", "push"])
def test_what_sendgrid_does_is_told_in_one_sentence_as_a_failure(standin, twtw_command, verb):
    suppress("never@example.org", Suppression.Reason.BY_REQUEST)
    standin.rights = {"mail"}
    done = twtw_command("suppressions", verb)
    assert done.status == 1
    assert "needs the rights Suppressions and Unsubscribe Groups" in done.err
    assert "never@" not in done.err


def test_without_a_key_nothing_is_asked(standin, twtw_command, settings):
    settings.SENDGRID_API_KEY = ""
    done = twtw_command("suppressions", "pull")
    assert done.status == 2
    assert "TWTW_SENDGRID_API_KEY is empty" in done.err
    assert standin.requests == []
