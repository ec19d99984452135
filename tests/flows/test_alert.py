"""An alert: one note, mailed on its own."""

import pytest

from delivery.errors import DeliveryError
from delivery.freezing import start_alert_mailing
from delivery.models import Mailing
from delivery.transports.opening import open_transport
from flows.alert import send_alert
from flows.steps import run_story
from flows.watching import continuing
from issues.errors import IssueError, NotApproved
from issues.models import Edition

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_approved_note_goes_to_the_readers_of_the_alerts(
    alerts, twtw, write_note, subscribe, outbox
):
    subscribe(alerts, "alerted@example.org")
    subscribe(twtw, "weekly@example.org")
    note = write_note("Russia and Mali", "A growing presence")
    report = run_story(send_alert, note=note.pk)
    assert report.line == "Russia and Mali: A growing presence"
    assert report.counts.accepted == 1
    [mail] = outbox("alerted@example.org")
    assert "Russia and Mali" in mail["Subject"]
    assert outbox("weekly@example.org") == []


def test_an_alert_sent_twice_leaves_one_copy(alerts, write_note, subscribe, outbox):
    subscribe(alerts, "alerted@example.org")
    note = write_note()
    first, second = run_story(send_alert, note=note.pk), run_story(send_alert, note=note.pk)
    assert (first.before, second.before) == (False, True)
    assert second.counts.accepted == 1
    assert len(outbox("alerted@example.org")) == 1


def test_an_alert_that_was_interrupted_goes_on_although_the_note_was_edited_since(
    alerts, write_note, subscribe, outbox
):
    subscribe(alerts, "alerted@example.org")
    note = write_note("Mali", "As approved")
    start_alert_mailing(alerts, note, open_transport())
    note.refresh_from_db()
    note.claim = "Edited since"
    note.save_revision()
    assert run_story(send_alert, note=note.pk).counts.accepted == 1
    [mail] = outbox("alerted@example.org")
    assert "As approved" in mail["Subject"]


def test_an_alert_for_a_part_goes_on_to_that_part_by_whomever_it_is_continued(
    alerts, write_note, subscribe, outbox
):
    for name, region in (("anna", "africa"), ("ben", "oceania")):
        subscribe(alerts, f"{name}@example.org").reader.regions.create(region=region)
    note = write_note()
    start_alert_mailing(alerts, note, open_transport(), "region Africa")
    deployment, parameters = continuing(Mailing.objects.get())
    assert deployment == "send-alert/send-alert"
    assert run_story(send_alert, **parameters).counts.accepted == 1
    assert len(outbox("anna@example.org")) == 1
    assert outbox("ben@example.org") == []


def test_a_segment_that_means_nothing_is_refused_before_anything_is_frozen(
    alerts, write_note, subscribe, outbox
):
    subscribe(alerts, "anna@example.org")
    with pytest.raises(DeliveryError, match="regoin"):
        run_story(send_alert, note=write_note().pk, segment="regoin Africa")
    assert not Edition.objects.exists()


def test_a_transport_that_can_not_be_opened_leaves_the_note_as_it_was(
    alerts, write_note, outbox, settings
):
    settings.DELIVERY_TRANSPORT = "sendgrid"
    note = write_note()
    with pytest.raises(DeliveryError, match="TWTW_SENDGRID_API_KEY"):
        run_story(send_alert, note=note.pk)
    assert not Edition.objects.exists()
    note.refresh_from_db()
    assert not note.live


def test_a_note_that_is_not_approved_goes_to_nobody(alerts, write_note, subscribe, outbox):
    subscribe(alerts, "alerted@example.org")
    note = write_note(approved=False)
    with pytest.raises(NotApproved, match="is not approved"):
        run_story(send_alert, note=note.pk)
    assert outbox("alerted@example.org") == []


def test_a_note_that_does_not_exist_is_a_clear_error(alerts):
    with pytest.raises(IssueError, match="no note with the number 4711"):
        run_story(send_alert, note=4711)
