"""Corrections of what was mailed: recorded with a reason, and never changed afterwards."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry

from delivery.freezing import start_alert_mailing, start_issue_mailing
from delivery.transports.outbox import Outbox
from issues.approval import approve_issue
from issues.assembling import assemble
from issues.correcting import (
    correction_content,
    look_over,
    make_correction_edition,
    notes_in,
    record_correction,
)
from issues.editions import make_alert
from issues.errors import IssueError
from issues.models import Correction, Edition
from rendering.keeping import correction_from_json

pytestmark = pytest.mark.django_db

TEXT = "<p>We wrote 460. <b>It is 640.</b></p>"


@pytest.fixture
def note(write_note):
    return write_note("Mali", "A growing presence")


@pytest.fixture
def mailed(twtw, note, subscribe, tmp_path):
    """The edition of an issue that was mailed, with two notes in it."""
    subscribe(twtw, "anna@example.org")
    issue = assemble(twtw, note.date).issue
    approve_issue(issue, "An Editor")
    return start_issue_mailing(issue, Outbox(tmp_path)).edition


@pytest.fixture
def today(twtw):
    return timezone.now().astimezone(twtw.zone).date()


@pytest.fixture
def record(mailed, note, today):
    def make(**changes):
        values = {"edition": mailed, "note": note, "text": TEXT, "reason": "A slip.", "day": today}
        return record_correction(**{**values, "by": "An Editor", **changes})

    return make


def test_a_correction_is_kept_with_its_reason_its_day_and_who_recorded_it(record, today):
    record(reason=" A slip\nof the pen. ")
    correction = Correction.objects.get()
    assert (correction.reason, correction.day) == ("A slip of the pen.", today)
    assert correction.recorded_by == "An Editor"
    entry = ModelLogEntry.objects.get(action="issues.record_correction")
    assert entry.data["reason"] == "A slip of the pen."


def test_only_what_the_design_knows_is_kept_of_a_text(record):
    kept = record(text='<p onclick="x()">It is <script>1</script><b>640</b>.</p>').text
    assert kept == "<p>It is <b>640</b>.</p>"


@pytest.mark.parametrize(
    "text", ["", "<p> </p>", "<p></p><ul><li></li></ul>", "<script>1</script>"]
)
def test_a_correction_that_says_nothing_is_refused(record, text):
    with pytest.raises(IssueError, match="needs a text"):
        record(text=text)


def test_a_correction_without_a_reason_or_with_a_long_one_is_refused(record):
    with pytest.raises(IssueError, match="needs its reason"):
        record(reason=" ")
    with pytest.raises(IssueError, match="shorten it to 300"):
        record(reason="x" * 301)
    assert not Correction.objects.exists()


def test_its_day_is_not_before_the_mailing_and_not_in_the_future(record, today):
    for days in (-1, 1):
        with pytest.raises(IssueError, match="is not before"):
            record(day=today + timedelta(days=days))


def test_only_a_note_that_was_mailed_in_it_can_be_corrected(record, write_note, mailed, note):
    assert notes_in(mailed) == [note]
    with pytest.raises(IssueError, match="was not in"):
        record(note=write_note("Another", "One"))


def test_what_was_not_mailed_is_edited_and_not_corrected(record, alerts, note):
    with pytest.raises(IssueError, match="was not mailed"):
        record(edition=make_alert(alerts, note))


def test_the_mail_cites_what_was_mailed_whatever_the_note_says_now(record, note, mailed):
    note.claim = "Rewritten since"
    note.save()
    content = correction_content(record())
    assert content.headline == "Mali: A growing presence"
    assert content.line == "#317 Vol 7, No 26, 29 June 2025"
    assert content.subject_line == "TWTW correction: Mali: A growing presence"
    assert content.preview_text == "We wrote 460. It is 640."
    assert content.url.endswith(f"/issues/twtw/317/#correction-{Correction.objects.get().pk}")


def test_an_alert_is_corrected_like_an_issue(record, alerts, subscribe, write_note, tmp_path):
    subscribe(alerts, "anna@example.org")
    urgent = write_note("Mali", "Urgent", publication=alerts)
    edition = start_alert_mailing(alerts, urgent, Outbox(tmp_path)).edition
    content = correction_content(record(edition=edition, note=urgent))
    assert content.line.startswith("GP Alerts, ")
    assert f"/alerts/{urgent.slug}/#correction-" in content.url


def test_a_correction_has_one_edition_with_what_it_was_rendered_from(record):
    correction = record()
    edition = make_correction_edition(correction)
    assert make_correction_edition(correction).pk == edition.pk
    assert Edition.objects.filter(correction=correction).count() == 1
    assert correction_from_json(edition.content) == correction_content(correction)
    facts, _found = look_over(correction)
    assert edition.sha256 == facts.rendering.sha256
    assert "640" in edition.text


def test_a_correction_is_not_corrected_itself(record, note):
    edition = make_correction_edition(record())
    with pytest.raises(IssueError, match="record another one for the same note"):
        record(edition=edition)


def test_a_publication_that_can_not_mail_can_not_mail_a_correction(record, settings):
    correction = record()
    settings.DELIVERY_TRANSPORT = "sendgrid"
    with pytest.raises(IssueError, match=r"can't be mailed yet: .*postal address"):
        make_correction_edition(correction)


def test_a_link_that_leads_nowhere_stops_the_mail(record):
    with pytest.raises(IssueError, match="can't be mailed yet"):
        make_correction_edition(record(text='<p>See <a href="https://exa mple">it</a>.</p>'))


def test_what_was_mailed_stays_as_it_was_mailed(record, mailed):
    before = Edition.objects.filter(pk=mailed.pk).values().get()
    make_correction_edition(record())
    assert Edition.objects.filter(pk=mailed.pk).values().get() == before
    assert date(2025, 6, 29) < Correction.objects.get().day
