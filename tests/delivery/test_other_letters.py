"""Readers with letters before the @ that ASCII has not: mailed where it is possible, and nobody
else waits for them where it is not."""

import email
from email import policy

import pytest

from delivery.delivering import deliver
from delivery.freezing import start_alert_mailing
from delivery.transports import Taken
from delivery.transports.sendgrid import SendGrid
from delivery.transports.smtp import SMTP
from delivery.transports.smtp_relay import Relay
from tests.delivery.fates import fates
from tests.delivery.test_smtp import MESSAGE, addressee
from tests.optional import postfix
from tests.standins.certificates import self_signed
from tests.standins.postfix import throw_away_relay
from tests.standins.sendgrid import KEY, StandIn
from tests.standins.smtp import Sink

JÖRG = "jörg@bücher.example"


@pytest.fixture
def mixed(readers, subscribe, alerts):
    """Three readers, one of them Jörg."""
    readers(2)
    subscribe(alerts, JÖRG)


def relay_at(port, host="127.0.0.1", security="none"):
    return Relay(host=host, port=port, security=security, user="", password="", timeout=20)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("mixed")
def test_by_sendgrid_the_others_leave_with_the_first_call(alert, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with StandIn() as standin:
        transport = SendGrid(api_key=KEY, url=standin.url, timeout=20)
        mailing = start_alert_mailing(*alert, transport)
        counts = deliver(mailing, transport, threads=1)
        assert (counts.accepted, counts.rejected) == (2, 1)
        assert standin.requests == ["POST /v3/mail/send"]
    assert fates(mailing)[JÖRG] == "rejected"
    (why,) = mailing.chunks.filter(state="rejected").values_list("answer", flat=True)
    assert why == "SendGrid takes no address with letters before the @ that ASCII has not."


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize(("smtputf8", "accepted"), [(True, 3), (False, 2)])
def test_by_a_relay_it_depends_on_the_relay(alert, smtputf8, accepted):
    with Sink(smtputf8=smtputf8) as sink:
        transport = SMTP(relay_at(sink.port))
        mailing = start_alert_mailing(*alert, transport)
        counts = deliver(mailing, transport, threads=1)
        assert (counts.accepted, counts.rejected) == (accepted, 3 - accepted)
        assert sink.complaints == []
    assert fates(mailing)[JÖRG] == ("accepted" if smtputf8 else "rejected")


def test_postfix_takes_them_and_hands_them_on(tmp_path, monkeypatch):
    postfix()
    certificate = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    address = "jörg@example.org"
    with (
        Sink(smtputf8=True) as sink,
        throw_away_relay(
            next_port=sink.port, certificate=certificate, recipients=[address]
        ) as relay,
    ):
        transport = SMTP(relay_at(relay.port, "localhost", "starttls"))
        answer = transport.hand_over(MESSAGE, [addressee(address=address)])
        transport.close()
        assert isinstance(answer, Taken), relay.log()
        sink.wait_for(1)
    (copy,) = sink.taken
    assert copy.recipient == address
    mail = email.message_from_string(copy.content.decode(), policy=policy.SMTPUTF8)
    assert mail["To"].addresses[0].addr_spec == address
