"""From a mail to what is to be known of it: the same, whichever way it came."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.inbound.reading import read_fields, read_mail
from tests.subscribers.inbound.mails import mail, parsed, raw_post

SENDERS = {
    "ann@example.org": "ann@example.org",
    "Ann <ann@example.org>": "ann@example.org",
    '"Reader, Ann" <ann@example.org>': "ann@example.org",
    r'"Ann \"<x@example.net>\"" <ann@example.org>': "ann@example.org",
    "ann@example.org <ann@example.org>": "ann@example.org",
    "ann@example.org (Ann (the (first)))": "ann@example.org",
    "=?utf-8?q?Ann_=3Cx=40example=2Enet=3E?= <ann@example.org>": "ann@example.org",
    "Jörg <jörg@bücher.example>": "jörg@bücher.example",
    "<ann@example.org>\r\n  ": "ann@example.org",
    # Nobody is meant, or nobody knows who.
    "": "",
    "Ann": "",
    "<>": "",
    "ann@example.org, bob@example.org": "",
    "Ann <ann@example.org>, Bob <bob@example.org>": "",
    "Readers: ann@example.org, bob@example.org;": "",
    "undisclosed-recipients:;": "",
    "<@relay.example.org:ann@example.org>": "",
    "Ann <ann@example.org> <bob@example.org>": "",
    "ann@example.org bob@example.org": "",
    "ann@exa\0mple.org": "",
    "ann@@example.org": "ann@@example.org",
    "(" * 2000 + "ann@example.org": "",
}


@pytest.mark.parametrize(("written", "sender"), SENDERS.items())
def test_the_sender_is_the_one_address_there_is(written, sender):
    assert read_mail(mail(sender=written)).sender == sender


def test_two_fields_with_a_sender_are_none():
    raw = mail().replace(b"To:", b"From: bob@example.org\r\nTo:", 1)
    assert read_mail(raw).sender == ""
    assert read_mail(mail(sender=None)).sender == ""


def test_a_mail_says_the_same_whichever_way_it_came():
    raw = mail("=?utf-8?q?Bitte_k=C3=BCndigen?=", "unsubscribe, größte Freude")
    letters = [read_mail(raw), read_fields(parsed(raw)), read_fields(raw_post(raw))]
    for letter in letters:
        assert letter.sender == "ann@example.org"
        assert letter.subject == "Bitte kündigen"
        assert letter.words == "unsubscribe, größte Freude"
        assert letter.return_path == "ann@example.org"
    assert len({letter.digest for letter in letters}) == 1


def test_a_mail_without_a_name_of_its_own_is_known_by_all_it_says():
    raw = mail("Hello", "Leave", Message_ID=None)
    ways = read_mail(raw), read_fields(parsed(raw)), read_fields(raw_post(raw))
    assert len({letter.digest for letter in ways}) == 1
    for other in (
        mail("Hello", "Leave me", Message_ID=None),
        mail("Hello!", "Leave", Message_ID=None),
        mail("Hello", "Leave", Message_ID=None, sender="bob@example.org"),
        mail("Hello", "Leave", Message_ID=None, Date="Mon, 30 Jun 2025 08:00:00 +0000"),
    ):
        assert read_mail(other).digest != ways[0].digest


def test_nobody_can_take_anothers_place_and_the_digest_tells_nothing():
    letter = read_mail(mail(Message_ID="<1@example.org>"))
    other = read_mail(mail(Message_ID="<1@example.org>", sender="mallory@example.net"))
    assert letter.digest != other.digest
    assert len(letter.digest) == 64
    assert "ann" not in letter.digest


def test_what_sendgrid_has_decoded_is_used_where_the_head_is_missing():
    letter = read_fields(
        {
            "from": "Müller, Ann <ann@example.org>\r\nAuto-Submitted: no".encode(),
            "subject": "größe".encode("latin-1"),
            "html": b"<p>Leave</p>",
            "charsets": b'{"subject": "iso-8859-1", "from": 7}',
        }
    )
    assert (letter.subject, letter.words) == ("größe", "Leave")
    assert letter.head.all("Auto-Submitted") == []


@pytest.mark.parametrize(
    ("envelope", "return_path"),
    [
        (b'{"to":["a@example.org"],"from":""}', ""),
        (b'{"from":"bob@example.org"}', "bob@example.org"),
        (b'{"from":["bob@example.org"]}', "ann@example.org"),
        (b"{}", "ann@example.org"),
        (b"[1]", "ann@example.org"),
        (b"\xff", "ann@example.org"),
        (b"[" * 10_000, "ann@example.org"),
        (b"1" * 10_000, "ann@example.org"),
    ],
)
def test_an_envelope_that_is_none_leaves_what_the_head_says(envelope, return_path):
    assert read_fields(parsed(mail()) | {"envelope": envelope}).return_path == return_path
    assert read_fields(raw_post(mail()) | {"envelope": envelope}).return_path == return_path


NAMES = ["email", "headers", "from", "subject", "text", "html", "envelope", "charsets"]


@given(st.dictionaries(st.sampled_from(NAMES), st.binary(max_size=200)))
def test_no_fields_are_an_error(fields):
    letter = read_fields(fields)
    assert letter.subject.isprintable()
    assert "\0" not in letter.words
    assert letter.sender.isprintable()
