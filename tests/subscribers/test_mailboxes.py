"""The mailbox: read by IMAP as servers speak it, and given up in one sentence where they do not."""

import logging
import socket

import pytest

from subscribers.errors import MailboxError
from subscribers.imap import in_modified_utf7
from subscribers.mailboxes import Mailbox
from tests.standins.certificates import self_signed
from tests.standins.imap import MailServer

PASSWORD = "correct horse"


@pytest.fixture
def configure(settings):
    """Points the settings at a server."""

    def point_to(server, **others):
        ours = {
            "HOST": "localhost",
            "PORT": server.port,
            "SECURITY": "none",
            "USER": "desk",
            "PASSWORD": PASSWORD,
            "FOLDER": "INBOX",
        }
        for name, value in (ours | others).items():
            setattr(settings, f"IMAP_{name}", value)

    return point_to


@pytest.fixture
def server(configure):
    with MailServer() as running:
        configure(running)
        yield running


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return self_signed(tmp_path_factory.mktemp("certificate"))


def open_mailbox(*, largest=100_000, timeout=20, **others):
    return Mailbox(largest=largest, timeout=timeout, **others)


def test_unread_mails_are_found_in_their_order_read_and_marked(server):
    server.deliver(b"first\r\n", b"sec\0nd\r\n)\r\n", b"")
    with open_mailbox() as mailbox:
        assert mailbox.mails == 3
        numbers = mailbox.unread()
        assert numbers == ["101", "102", "103"]
        assert [mailbox.fetch(number) for number in numbers] == [
            b"first\r\n",
            b"sec\0nd\r\n)\r\n",
            b"",
        ]
        assert len(server.unseen()) == 3, "looking changes nothing"
        assert mailbox.mark_read("102")
        assert mailbox.unread() == ["101", "103"]
    assert server.commands[-1] == "LOGOUT"


def test_of_a_large_mail_the_beginning_is_fetched(server):
    server.deliver(b"x" * 1_000_000)
    with open_mailbox(largest=1000) as mailbox:
        assert mailbox.fetch("101") == b"x" * 1000


def test_a_mail_that_is_no_more_is_none(server):
    with open_mailbox() as mailbox:
        assert mailbox.unread() == []
        assert mailbox.fetch("7") is None
        assert mailbox.mark_read("7")


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("capabilities", ["", "AUTH=PLAIN"])
def test_it_is_encrypted_and_says_who_it_is(
    configure, certificate, monkeypatch, security, capabilities
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    users = {r'de"s\k': 'horse \\ "'}
    with MailServer(
        certificate=certificate,
        tls_at_once=security == "tls",
        capabilities=capabilities,
        users=users,
    ) as server:
        configure(server, SECURITY=security, USER=r'de"s\k', PASSWORD='horse \\ "')
        with open_mailbox() as mailbox:
            assert mailbox.unread() == []


def test_a_password_in_other_letters_and_a_folder_in_others(configure):
    users = {"jörg": "Größe"}
    with MailServer(users=users, folder="H&APY-rer &- Co", capabilities="") as server:
        configure(server, USER="jörg", PASSWORD="Größe", FOLDER="Hörer & Co")
        with open_mailbox() as mailbox:
            assert mailbox.unread() == []


@pytest.mark.parametrize(
    ("folder", "written"),
    [
        ("INBOX", "INBOX"),
        ("Hörer", "H&APY-rer"),
        ("a & b", "a &- b"),
        # RFC 3501, section 5.1.3.
        ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
    ],
)
def test_a_folders_name_is_written_as_imap_wants_it(folder, written):
    assert in_modified_utf7(folder) == written


def read_all(**others):
    with open_mailbox(**others) as mailbox:
        for number in mailbox.unread():
            mailbox.fetch(number)
            mailbox.mark_read(number)


def refusal(**others):
    with pytest.raises(MailboxError) as caught:
        read_all(**others)
    return str(caught.value)


STAGES = ["greeting", "CAPABILITY", "AUTHENTICATE", "SELECT", "SEARCH", "FETCH"]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("fault", ["close", "garbage", "no", "bad", "bye", "huge", "endless"])
def test_whatever_a_server_does_is_told_in_one_sentence(server, caplog, stage, fault):
    server.deliver(b"unsubscribe")
    server.give(stage, fault)
    with caplog.at_level(logging.DEBUG):
        # Where nothing is said to the end, only that is waited for.
        said = refusal(timeout=0.5 if (stage, fault) == ("greeting", "huge") else 20)
    assert said.count("\n") == 0
    assert said.endswith(".")
    for secret in (PASSWORD, "desk@", "correct"):
        assert secret not in said + caplog.text


@pytest.mark.parametrize("stage", STAGES)
def test_who_says_nothing_more_is_not_waited_for(server, stage):
    server.deliver(b"unsubscribe")
    server.give(stage, "hang")
    assert "no answer came in time" in refusal(timeout=0.2)


@pytest.mark.parametrize("stage", STAGES)
def test_who_says_a_letter_now_and_then_is_given_up(server, stage):
    server.deliver(b"unsubscribe")
    server.give(stage, "trickle")
    assert "took too long" in refusal(longest_run=0.3)


def test_a_server_that_refuses_to_mark_is_no_reason_to_end(server):
    server.deliver(b"unsubscribe")
    server.give("STORE", "no")
    with open_mailbox() as mailbox:
        assert not mailbox.mark_read("101")
        assert mailbox.mark_read("101")


def test_a_goodbye_that_is_not_answered_harms_nothing(server):
    for fault in ("close", "garbage", "bad"):
        server.give("LOGOUT", fault)
        with open_mailbox() as mailbox:
            assert mailbox.unread() == []


def test_what_can_not_be_read_is_said_with_what_to_do(configure, certificate, monkeypatch):
    with MailServer() as server:
        configure(server, PASSWORD="wrong one")
        assert "did not accept TWTW_IMAP_USER and TWTW_IMAP_PASSWORD" in refusal()
        configure(server, FOLDER="Readers")
        assert "no folder 'Readers'" in refusal()
        configure(server, SECURITY="starttls")
        assert "offers no STARTTLS" in refusal()
        configure(server, SECURITY="tls")
        assert "TWTW_IMAP_SECURITY and TWTW_IMAP_PORT belong together" in refusal(timeout=1)
    with MailServer(read_only=True) as server:
        configure(server)
        assert "no mail can be marked as read" in refusal()
    with MailServer(certificate=certificate) as server:
        configure(server, SECURITY="starttls")
        assert "certificate of the mailbox's server" in refusal()


def test_a_server_that_is_not_there_is_said_to_be_none(configure):
    with MailServer() as server:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        configure(server, PORT=port, HOST="127.0.0.1")
        assert refusal() == (
            f"The mailbox's server 127.0.0.1:{port} can't be reached: Connection refused."
        )
        configure(server, HOST="imap.invalid", SECURITY="tls")
        assert "can't be reached" in refusal()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"HOST": ""}, "TWTW_IMAP_HOST is empty"),
        ({"USER": ""}, "one is empty"),
        ({"PASSWORD": ""}, "one is empty"),
        ({"PASSWORD": "a\r\nb"}, "one line each"),
        ({"FOLDER": "a\0"}, "one line each"),
        ({"HOST": "imap.example.org"}, "everybody on the way could read the password"),
    ],
)
def test_settings_that_can_not_work_are_said_before_anything_is_sent(
    server, configure, changes, sentence
):
    configure(server, **changes)
    with pytest.raises(MailboxError, match=sentence) as caught:
        open_mailbox()
    assert PASSWORD not in str(caught.value)
    assert server.commands == []
