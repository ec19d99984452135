"""Alerts at the desk: seen, confirmed, frozen by the press of the button."""

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from delivery.models import Mailing
from flows.watching import GRACE, Watch
from tests.desk.issue_desk.pages import at, fields_of, press, text_of, told

pytestmark = pytest.mark.django_db


def of(name, *more):
    return at(name, *more, publication="gp-alerts")


@pytest.fixture
def note(alerts, write_note, subscribe, maildir):
    """An approved note of the alerts, which have a reader and one who left."""
    subscribe(alerts, "alerted@example.org")
    subscribe(alerts, "gone@example.org", state="ended")
    return write_note("Mali", "A coup", publication=alerts)


def test_what_is_approved_and_not_mailed_waits(publisher, note, alerts, twtw, write_note):
    write_note("A draft", publication=alerts, approved=False)
    write_note("Of the weekly", publication=twtw)
    page = text_of(publisher.client.get(of("alerts")))
    assert "Mali: A coup" in page
    assert "A draft" not in page
    assert "Of the weekly" not in page


def test_the_issue_desk_leads_there_those_who_may_send(publisher, editor, note):
    index = reverse("issue_desk:index")
    assert of("alerts") in publisher.client.get(index).content.decode()
    assert editor.client.get(index).url == at("issue")


def test_the_page_shows_all_that_the_word_is_for(publisher, note):
    page = text_of(publisher.client.get(of("alert", note.pk)))
    for shown in (
        "Mali: A coup",
        "GP Alerts <",
        "confirmed readers of GP Alerts",
        "Excluded: unsubscribed 1",
        "1 reader gets this.",
        "has no postal address",
    ):
        assert shown in page
    for mode in ("mail", "phone", "dark", "text", "web"):
        shown = publisher.client.get(of("alert-preview", note.pk, mode))
        assert "Something happened." in shown.content.decode()
        assert shown["Content-Security-Policy"].startswith("sandbox")
    assert publisher.client.get(of("alert-preview", note.pk, "none")).status_code == 404
    assert Mailing.objects.count() == 0


def test_the_button_freezes_it_and_the_schedule_sends_it_when_it_runs(publisher, note):
    done = press(publisher.client, of("alert", note.pk))
    mailing = Mailing.objects.get()
    assert done.url == reverse("mailings:mailing", args=[mailing.pk])
    said = told(publisher.client, done)
    assert "The schedule does not run at this moment. Nothing is lost" in said
    entry = ModelLogEntry.objects.get(action="issues.alert")
    assert (entry.user, entry.data["mailing"]) == (publisher.user, mailing.pk)
    started = []
    watch = Watch(None, lambda name, parameters: started.append((name, parameters)))
    watch.start_what_waits(timezone.now() + GRACE)
    assert started == [("send-alert/send-alert", {"note": note.pk, "publication": "gp-alerts"})]
    listed = publisher.client.get(of("alerts")).content.decode()
    assert reverse("mailings:mailing", args=[mailing.pk]) in listed


def test_twice_pressed_is_one_mailing(publisher, note):
    fields = fields_of(publisher.client.get(of("alert", note.pk)))
    for _ in range(2):
        done = publisher.client.post(of("alert", note.pk), fields)
    assert "was mailed already" in told(publisher.client, done)
    assert Mailing.objects.count() == 1
    assert publisher.client.get(of("alert", note.pk)).status_code == 302


def test_what_changed_since_it_was_seen_freezes_nothing(publisher, note, alerts):
    fields = fields_of(publisher.client.get(of("alert", note.pk)))
    alerts.reply_to = "desk@example.org"
    alerts.save()
    answer = publisher.client.post(of("alert", note.pk), fields)
    assert answer.status_code == 409
    assert "answers to desk@example.org" in text_of(answer)
    assert Mailing.objects.count() == 0
    note.refresh_from_db()
    assert not note.live


def test_many_more_readers_than_were_seen_freeze_nothing(publisher, note, alerts, subscribe):
    fields = fields_of(publisher.client.get(of("alert", note.pk)))
    for number in range(20):
        subscribe(alerts, f"more{number}@example.org")
    answer = publisher.client.post(of("alert", note.pk), fields)
    assert "21 readers get it, and not 1" in text_of(answer)
    assert Mailing.objects.count() == 0


def test_a_blocker_stops_it(publisher, alerts, note, write_note, settings):
    fields = fields_of(publisher.client.get(of("alert", note.pk)))
    settings.DELIVERY_TRANSPORT = "sendgrid"
    settings.SENDGRID_API_KEY = "SG.a-key-for-tests"
    page = publisher.client.get(of("alert", note.pk))
    assert "It can’t be sent yet" in text_of(page)
    assert "seen" not in fields_of(page)
    assert publisher.client.post(of("alert", note.pk), fields).status_code == 400
    assert Mailing.objects.count() == 0


def test_a_note_that_was_edited_is_not_sent(publisher, note):
    fields = fields_of(publisher.client.get(of("alert", note.pk)))
    note.claim = "Not approved"
    note.save_revision()
    answer = publisher.client.post(of("alert", note.pk), fields)
    assert "is not approved" in text_of(answer)
    assert Mailing.objects.count() == 0


def test_without_the_right_to_nothing_is_sent(editor, note):
    for name, more in (("alerts", ()), ("alert", (note.pk,)), ("alert-preview", (note.pk, "mail"))):
        answer = editor.client.get(of(name, *more))
        assert answer.url == reverse("wagtailadmin_home")
    assert editor.client.post(of("alert", note.pk)).status_code == 302
    assert Mailing.objects.count() == 0


def test_a_note_of_another_publication_is_no_alert(publisher, note, twtw, write_note):
    other = write_note("Of the weekly", publication=twtw)
    assert publisher.client.get(of("alert", other.pk)).status_code == 404
    assert publisher.client.get(at("alerts")).status_code == 404
