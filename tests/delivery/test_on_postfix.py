"""A mailing by SMTP through Postfix as Debian has it, and on to a sink."""

import email
from dataclasses import replace
from email import policy

import pytest

from delivery.delivering import deliver
from delivery.freezing import start_alert_mailing
from delivery.messages import message_of
from delivery.transports import Addressee, Taken
from delivery.transports.copies import mail_of, own_headers
from delivery.transports.return_path import recipient_of
from delivery.transports.smtp import SMTP
from delivery.transports.smtp_relay import Relay
from rendering.mail import render_issue
from rendering.marks import personalise
from subscribers.links import preferences_url, unsubscribe_url
from tests.delivery.fates import fates
from tests.issues.preflight.sound import saying
from tests.optional import postfix
from tests.rendering.samples import ISSUE
from tests.standins.certificates import self_signed
from tests.standins.postfix import throw_away_relay
from tests.standins.smtp import Sink
from tests.standins.test_prism import MESSAGE, addressee

pytestmark = pytest.mark.django_db(transaction=True)

READERS = 30
UNKNOWN = "reader000007@example.org"
LOST_LATER = "reader000011@example.org"


def smtp_to(relay):
    """The transport, through a relay on this machine."""
    return SMTP(
        Relay(
            host="localhost",
            port=relay.port,
            security="starttls",
            user="",
            password="",
            timeout=20,
        ),
        return_path="bounces@example.org",
    )


def expected_copy(message, recipient):
    """A reader's copy as it leaves this machine."""
    reader = recipient.subscription.reader
    addressee = Addressee(
        recipient_id=recipient.pk,
        chunk_number=recipient.chunk_number,
        address=reader.address,
        name=reader.name,
        unsubscribe_url=unsubscribe_url(recipient.subscription_id),
        preferences_url=preferences_url(recipient.subscription_id),
    )
    return mail_of(message, "\r\n").copy(own_headers(message, addressee), addressee.values)


def test_every_reader_gets_one_unchanged_copy_and_a_bounce_names_its_recipient(
    alert, readers, tmp_path, monkeypatch
):
    postfix()
    readers(READERS)
    certificate = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    known = {f"reader{number:06}@example.org" for number in range(READERS)} - {UNKNOWN}
    with (
        # The server behind the relay, which finds out about one reader only then.
        Sink(refused=frozenset({LOST_LATER})) as sink,
        throw_away_relay(
            next_port=sink.port,
            certificate=certificate,
            recipients=[*known, "bounces@example.org"],
        ) as relay,
    ):
        transport = smtp_to(relay)
        mailing = start_alert_mailing(*alert, transport)
        counts = deliver(mailing, transport, threads=3)
        # A copy for each, but a bounce for the one who is lost later.
        sink.wait_for(len(known))
        log = relay.log()

    assert counts.sentence() == "30 candidates, 29 accepted, 1 rejected", log
    rejected = {reader for reader, fate in fates(mailing).items() if fate == "rejected"}
    assert rejected == {UNKNOWN}
    (no,) = mailing.chunks.filter(state="rejected").values_list("answer", flat=True)
    assert "550 5.1.1" in no
    assert "@" not in no

    message = message_of(mailing)
    of_readers = {copy.recipient: copy for copy in sink.taken if copy.sender}
    assert set(of_readers) == known - {LOST_LATER}, log
    assert len(sink.taken) == len(known), log
    for recipient in mailing.recipients.select_related("subscription__reader"):
        copy = of_readers.get(recipient.subscription.reader.address)
        if copy is not None:
            assert recipient_of(copy.sender) == recipient.pk
            added, _, rest = copy.content.partition(b"To: ")
            assert added.startswith(b"Received: ")
            assert b"To: " + rest == expected_copy(message, recipient)

    (bounce,) = (copy for copy in sink.taken if not copy.sender)
    lost = mailing.recipients.get(subscription__reader__address=LOST_LATER)
    assert recipient_of(bounce.recipient) == lost.pk


def test_an_issue_is_kept_to_the_byte_with_long_lines_other_scripts_and_lines_that_begin_with_a_dot(
    tmp_path, monkeypatch
):
    postfix()
    certificate = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    words = (
        ".\n..\n.a dot begins this\nFrom here\n"
        "تنص المادة الأولى على أن للدولة رأياً\n第一条规定下游国家有权发表意见\n"
    )
    rendering = render_issue(
        replace(ISSUE, notes=(saying(f"<p>{'第一条规定' * 400}</p><p>{'x' * 3000}</p><p>.</p>"),))
    )
    message = replace(
        MESSAGE,
        subject=f"{rendering.subject} 第一条",
        html=rendering.html,
        text=words + rendering.text,
    )
    reader = addressee(1)
    with (
        Sink() as sink,
        throw_away_relay(
            next_port=sink.port, certificate=certificate, recipients=[reader.address]
        ) as relay,
    ):
        answer = smtp_to(relay).hand_over(message, [reader])
        sink.wait_for(1)
        log = relay.log()
    assert isinstance(answer, Taken), log
    (copy,) = sink.taken
    _, to, rest = copy.content.partition(b"To: ")
    sent = mail_of(message, "\r\n").copy(own_headers(message, reader), reader.values)
    assert to + rest == sent
    assert max(map(len, sent.split(b"\r\n"))) <= 998
    parts = email.message_from_bytes(copy.content, policy=policy.default)
    for kind, written in (("plain", message.text), ("html", message.html)):
        shown = parts.get_body((kind,)).get_content()
        assert shown.replace("\r\n", "\n") == personalise(written, reader.values)
