"""A mailing by SMTP through Postfix as Debian has it, and on to a sink."""

import pytest

from delivery.delivering import deliver
from delivery.freezing import start_alert_mailing
from delivery.messages import message_of
from delivery.transports import Addressee
from delivery.transports.copies import mail_of, own_headers
from delivery.transports.return_path import recipient_of
from delivery.transports.smtp import SMTP
from delivery.transports.smtp_relay import Relay
from subscribers.links import preferences_url, unsubscribe_url
from tests.delivery.fates import fates
from tests.optional import postfix
from tests.standins.certificates import self_signed
from tests.standins.postfix import throw_away_relay
from tests.standins.smtp import Sink

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

READERS = 30
UNKNOWN = "reader000007@example.org"
LOST_LATER = "reader000011@example.org"


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
        transport = SMTP(
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
