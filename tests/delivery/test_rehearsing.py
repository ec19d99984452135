"""A rehearsal: the provider checks every copy, nothing is mailed, nothing is written down."""

from datetime import timedelta

import pytest
from django.utils import timezone

from delivery.delivering import deliver
from delivery.errors import DeliveryError
from delivery.freezing import start_alert_mailing
from delivery.models import Mailing
from delivery.rehearsing import rehearse
from delivery.transports.opening import open_sandbox
from delivery.transports.sendgrid import SendGrid
from rendering.content import Rendering
from subscribers.models import Reader, Suppression
from tests.standins.sendgrid import KEY, StandIn

pytestmark = pytest.mark.django_db

WORDS = Rendering(subject="TWTW #317", html="<p>Words</p>", text="Words\n", sha256="")


@pytest.fixture
def standin(settings, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with StandIn() as server:
        settings.DELIVERY_TRANSPORT = "sendgrid"
        settings.SENDGRID_API_KEY, settings.SENDGRID_URL = KEY, server.url
        yield server


@pytest.fixture
def sandbox(standin, monkeypatch):
    monkeypatch.setattr(SendGrid, "chunk_size", 4)
    return open_sandbox()


def test_every_reader_who_would_get_a_copy_is_checked_and_nobody_gets_one(
    standin, sandbox, alerts, readers, subscribe
):
    readers(9)
    subscribe(alerts, "left@example.org", state="ended")
    subscribe(alerts, "bounced@example.org")
    Suppression.objects.create(key="bounced@example.org", reason="bounced")
    shares = []
    rehearsal = rehearse(alerts, WORDS, sandbox, shares.append)
    assert rehearsal.sentence == "SendGrid would take 9 of 9 copies; nothing was mailed."
    assert len(standin.requests) == 3
    assert not standin.accepted
    assert not Mailing.objects.exists()
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_rehearsal_is_for_those_who_would_get_it_now(
    standin, sandbox, alerts, readers, subscribe
):
    paused, africa, *_ = readers(5)
    Reader.objects.filter(pk=paused.reader_id).update(
        paused_until=timezone.now() + timedelta(days=1)
    )
    africa.reader.regions.create(region="africa")
    assert rehearse(alerts, WORDS, sandbox).readers == 4
    assert rehearse(alerts, WORDS, sandbox, segment="region Africa").readers == 1
    assert rehearse(alerts, WORDS, sandbox, segment="region Oceania").readers == 0
    with pytest.raises(DeliveryError, match="can't be understood"):
        rehearse(alerts, WORDS, sandbox, segment="region Nowhere")


def test_whom_sendgrid_would_refuse_is_counted_and_its_words_are_shown(
    standin, sandbox, alerts, readers
):
    readers(9)
    standin.refuse("reader000002@example.org", "reader000007@example.org")
    rehearsal = rehearse(alerts, WORDS, sandbox)
    assert (rehearsal.fine, rehearsal.refused, rehearsal.stopped) == (7, 2, "")
    assert rehearsal.reasons
    assert all("SendGrid answered 400" in reason for reason in rehearsal.reasons)
    assert "@" not in "".join(rehearsal.reasons)


def test_a_wrong_key_stops_it_with_the_sentence(standin, sandbox, alerts, readers):
    readers(9)
    standin.misbehave("unauthorized")
    rehearsal = rehearse(alerts, WORDS, sandbox)
    assert "TWTW_SENDGRID_API_KEY" in rehearsal.stopped
    assert len(standin.requests) == 1


def test_words_that_look_like_a_mark_are_found_before_anything_is_asked(
    standin, sandbox, alerts, readers
):
    readers(1)
    words = Rendering(subject="TWTW", html="<p>[%name%]</p>", text="", sha256="")
    with pytest.raises(DeliveryError, match="name"):
        rehearse(alerts, words, sandbox)
    assert not standin.requests


def test_other_transports_have_no_rehearsal(settings):
    settings.DELIVERY_TRANSPORT = "outbox"
    with pytest.raises(DeliveryError, match="Only SendGrid"):
        open_sandbox()


@pytest.mark.django_db(transaction=True)
def test_a_delivery_never_takes_the_sandboxs_answer_for_an_acceptance(
    standin, alert, alerts, able_to_send, readers, pigeon
):
    """A key's account, or a server between, may answer 200: nothing says that it was taken."""
    able_to_send(alerts)
    readers(2)
    standin.misbehave("another_page")
    transport = SendGrid(api_key=KEY, url=standin.url, timeout=20)
    mailing = start_alert_mailing(*alert, transport)
    assert deliver(mailing, transport, threads=1).in_doubt == 2
