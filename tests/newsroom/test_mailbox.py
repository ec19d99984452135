"""`twtw mailbox check`: whether what readers write can be read."""

import json

import pytest

from tests.standins.imap import MailServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    with MailServer() as running:
        settings.IMAP_HOST, settings.IMAP_PORT = "127.0.0.1", running.port
        settings.IMAP_SECURITY, settings.IMAP_USER = "none", "desk"
        settings.IMAP_PASSWORD = "correct horse"
        yield running


def test_a_mailbox_that_can_be_read_says_what_waits_in_it(server, twtw_command):
    server.deliver(b"one", b"two")
    server.mails[101].seen = True
    done = twtw_command("mailbox", "check")
    assert (done.status, done.out) == (
        0,
        "The mailbox can be read: 2 in INBOX, 1 of them unread.\n",
    )
    assert json.loads(twtw_command("mailbox", "check", "--json").out) == {
        "folder": "INBOX",
        "mails": 2,
        "unread": 1,
    }
    assert server.unseen() == [102]


def test_one_that_can_not_be_read_says_why_as_a_failure(server, settings, twtw_command):
    settings.IMAP_PASSWORD = "a wrong one"
    done = twtw_command("mailbox", "check")
    assert done.status == 1
    assert "did not accept TWTW_IMAP_USER and TWTW_IMAP_PASSWORD; mend them." in done.err
    assert "a wrong one" not in done.err


def test_without_a_mailbox_it_is_wrong_input(settings, twtw_command):
    settings.IMAP_HOST = ""
    done = twtw_command("mailbox", "check")
    assert done.status == 2
    assert "TWTW_IMAP_HOST is empty" in done.err
