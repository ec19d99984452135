"""What comes back: whoever answers our mails and says nothing of it neither leaves nor joins."""

import email
from datetime import timedelta
from email import policy

import pytest
from django.utils import timezone

from delivery.claiming import claim_next_chunk
from delivery.freezing import start_alert_mailing
from delivery.messages import addressees_of, message_of
from delivery.service_mails import send_due
from delivery.transports.opening import open_transport
from subscribers.confirming import confirm
from subscribers.inbound.acting import CameBy, Verdict, act_on
from subscribers.inbound.reading import read_mail
from subscribers.models import ServiceMail, SignUp, Subscription
from tests.subscribers.inbound.mails import OURS, mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def outbox(settings, tmp_path, alerts, twtw, able_to_send):
    """Our mails that lie in the outbox."""
    settings.OUTBOX, settings.DELIVERY_TRANSPORT = tmp_path / "outbox", "outbox"
    settings.INBOUND_ADDRESS = OURS
    for publication in (alerts, twtw):
        able_to_send(publication)

    def mails():
        files = sorted(settings.OUTBOX.glob("new/*"), key=lambda file: file.stat().st_mtime_ns)
        return [
            email.message_from_bytes(file.read_bytes(), policy=policy.default) for file in files
        ]

    return mails


def mail_to_all(publication, note):
    """One chunk, handed over in this thread, so that the test needs no transaction of its own."""
    transport = open_transport()
    mailing = start_alert_mailing(publication, note, transport)
    claimed = claim_next_chunk(mailing, "worker", timedelta(minutes=1))
    transport.hand_over(message_of(mailing), addressees_of(claimed))


def answers_to(ours):
    """Answers below which our mail stands, as some programs quote: marked by nothing."""
    subject = f"Away: {ours['Subject']}"
    text, html = (ours.get_body((kind,)).get_content() for kind in ("plain", "html"))
    page = html.replace("<body", "<body><p>I am away</p><x", 1)
    yield mail(subject, f"I am away\n\n{text}")
    yield mail(subject, page, kind="text/html; charset=utf-8")
    yield mail(subject, text)
    yield mail(subject, html, kind="text/html; charset=utf-8")


def test_an_answer_to_any_of_our_mails_is_no_wish(outbox, alert, subscribe, twtw, alerts):
    bob = subscribe(alerts, "bob@example.org")
    mail_to_all(*alert)
    act_on(read_mail(mail("subscribe")), CameBy.MAILBOX)
    send_due(timezone.now())
    confirm(SignUp.objects.get().pk)
    act_on(read_mail(mail("subscribe")), CameBy.MAILBOX)
    send_due(timezone.now())
    act_on(read_mail(mail("unsubscribe")), CameBy.MAILBOX)
    send_due(timezone.now())
    sent = outbox()
    assert set(ServiceMail.objects.values_list("kind", "state")) == {
        *(("confirm", "sent"), ("welcome", "sent")),
        *(("subscribed_already", "sent"), ("left", "sent")),
    }
    assert len(sent) == 5

    Subscription.objects.exclude(pk=bob.pk).update(state="confirmed")
    for ours in sent:
        for answer in answers_to(ours):
            assert act_on(read_mail(answer), CameBy.MAILBOX) is Verdict.UNCLEAR, ours["Subject"]
    assert ServiceMail.objects.count() == 4
    assert not Subscription.objects.exclude(state="confirmed").exists()


def test_what_we_sent_ourselves_is_nobodys_wish_when_it_comes_back(
    outbox, subscribe, alert, alerts
):
    subscribe(alerts, "ann@example.org")
    mail_to_all(*alert)
    (ours,) = outbox()
    assert act_on(read_mail(ours.as_bytes()), CameBy.MAILBOX) is Verdict.AUTOMATIC
