"""After a mailing: doubts are settled by evidence, and what is left is put to the editors once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from delivery import suppression_lists
from delivery.counting import counts
from delivery.freezing import start_alert_mailing
from delivery.models import Mailing
from delivery.settling import Decision, settle_all_by_person
from delivery.states import Outcome
from delivery.transports.opening import open_transport
from flows.alert import send_alert
from flows.following import FollowReport, follow
from flows.steps import run_story
from subscribers.models import Suppression
from subscribers.suppressing import suppress
from tests.standins.sendgrid import KEY, StandIn

pytestmark = pytest.mark.django_db(transaction=True)

EDITOR = "editor@example.org"
LATER = timedelta(hours=2)


@pytest.fixture
def standin(outbox, settings, monkeypatch):
    """SendGrid, by which an alert leaves; notices lie in the outbox all the same."""
    monkeypatch.setenv("no_proxy", "*")
    with StandIn() as server:
        settings.SENDGRID_API_KEY = KEY
        settings.SENDGRID_URL = server.url
        settings.SENDGRID_TIMEOUT = 20.0
        yield server


@pytest.fixture
def send(standin, alerts, able_to_send, subscribe, write_note, settings):
    """Mails an alert by SendGrid to three readers; gives the mailing."""
    able_to_send(alerts)
    for name in ("ada", "bo", "cy"):
        subscribe(alerts, f"{name}@example.org")

    def make(*faults, claim="A claim"):
        note = write_note("Malí", claim, publication=alerts)
        standin.misbehave(*faults)
        settings.DELIVERY_TRANSPORT = "sendgrid"
        mailing = start_alert_mailing(alerts, note, open_transport())
        # The editors' mails are of no interest on SendGrid's record.
        settings.DELIVERY_TRANSPORT = "outbox"
        run_story(send_alert, note=note.pk)
        mailing.refresh_from_db()
        return mailing

    return make


def grown_old(mailing):
    past = timezone.now() - LATER
    mailing.chunks.update(left_at=past, answered_at=past)


def decisions_asked(outbox):
    return [mail for mail in outbox(EDITOR) if "decide about" in mail["Subject"]]


def test_without_any_doubt_there_is_nothing_to_do(send, standin, outbox):
    send()
    before = len(standin.requests)
    report = run_story(follow)
    assert report == FollowReport(settled=0, told=0, in_doubt=0)
    assert report.sentence == "Nothing is in doubt."
    assert standin.requests[before:] == []
    assert decisions_asked(outbox) == []


def test_what_sendgrids_logs_know_is_settled_without_anybody(send, outbox):
    mailing = send("accept_then_drop")
    assert counts(mailing).in_doubt == 3
    report = run_story(follow)
    assert report.sentence == "1 chunk was settled by evidence. Nothing is in doubt."
    assert report.trouble == ""
    assert counts(mailing).accepted == 3
    assert decisions_asked(outbox) == []


def test_what_events_have_proved_is_settled_without_asking(send, standin):
    mailing = send("drop_before_accept")
    mailing.recipients.update(outcome=Outcome.DELIVERED)
    mailing.chunks.update(proved=3)
    before = len(standin.requests)
    assert run_story(follow).settled == 1
    assert standin.requests[before:] == []
    assert counts(mailing).in_doubt == 0


def test_the_editors_are_told_once_what_a_person_has_to_decide(send, outbox):
    mailing = send("drop_before_accept")
    assert run_story(follow).told == 0
    grown_old(mailing)
    assert [run_story(follow).told for _ in range(3)] == [1, 0, 0]
    (mail,) = decisions_asked(outbox)
    assert mail["Subject"] == "GP Alerts Malí: A claim: decide about 3 readers in doubt"
    text = " ".join(mail.get_body(("plain",)).get_content().split())
    assert f"twtw mailing settle {mailing.pk}" in text
    assert "Chunk 1: 3 readers are in doubt." in text
    assert "Email Logs know none of its copies." in text
    assert "ada@" not in text


def test_a_doubt_that_is_new_is_told_of_again(send, standin, outbox):
    mailing = send("drop_before_accept")
    grown_old(mailing)
    run_story(follow)
    Mailing.objects.update(doubts_told_at=timezone.now() - 2 * LATER)
    settle_all_by_person(mailing, Decision.RESEND, "A. Person")
    standin.misbehave("drop_before_accept")
    run_story(send_alert, note=mailing.edition.note.pk)
    grown_old(mailing)
    assert run_story(follow).told == 1
    assert len(decisions_asked(outbox)) == 2


def test_while_nobody_can_be_told_nobody_counts_as_told(send, settings, outbox):
    mailing = send("drop_before_accept")
    grown_old(mailing)
    settings.EDITORS = []
    assert run_story(follow).told == 0
    settings.EDITORS = [EDITOR]
    assert run_story(follow).told == 1


def test_sendgrid_out_of_reach_or_without_a_key_stops_nothing(send, settings, outbox):
    mailing = send("drop_before_accept")
    grown_old(mailing)
    settings.SENDGRID_API_KEY = ""
    assert run_story(follow).told == 1
    (mail,) = decisions_asked(outbox)
    assert "TWTW_SENDGRID_API_KEY" in mail.get_body(("plain",)).get_content()


def test_before_its_first_mailing_sendgrid_is_told_whom_not_to_mail(send, standin):
    suppress("never@example.org", Suppression.Reason.BY_REQUEST)
    send()
    assert standin.requests == ["POST /v3/asm/suppressions/global", "POST /v3/mail/send"]
    assert standin.suppressed("unsubscribes") == {"never@example.org"}
    suppress("nor.me@example.org", Suppression.Reason.BY_REQUEST)
    send(claim="Another claim")
    assert standin.requests[2:] == ["POST /v3/mail/send"]


def test_a_mailing_leaves_even_if_sendgrid_can_not_be_told(send, standin, caplog, monkeypatch):
    suppress("never@example.org", Suppression.Reason.BY_REQUEST)
    monkeypatch.setattr(suppression_lists.time, "sleep", pytest.fail)
    standin.rights = {"mail"}
    mailing = send()
    assert counts(mailing).accepted == 3
    assert "twtw suppressions push" in caplog.text
    assert "never@" not in caplog.text


def test_no_other_transport_is_told_of_suppressions(
    outbox, alerts, subscribe, write_note, settings
):
    suppress("never@example.org", Suppression.Reason.BY_REQUEST)
    subscribe(alerts, "ada@example.org")
    settings.SENDGRID_URL = "http://127.0.0.1:1"
    run_story(send_alert, note=write_note("Malí", "A claim", publication=alerts).pk)
    assert Suppression.objects.get().pushed_at is None
