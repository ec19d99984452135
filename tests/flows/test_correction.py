"""A correction's mailing: begun by a person, handed over by whichever run comes first."""

from datetime import timedelta

import pytest
from django.utils import timezone

from delivery import holding
from delivery.correcting import correction_as_it_is, start_correction_mailing
from delivery.transports.opening import open_transport
from flows import due
from flows.alert import send_alert
from flows.correction import send_correction
from flows.reports import report_of
from flows.steps import run_story
from flows.watching import GRACE, Watch
from issues.correcting import look_over, record_correction
from issues.errors import NotApproved
from issues.models import Edition

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def correction(alerts, write_note, subscribe, outbox):
    """One to an alert that has reached its reader."""
    subscribe(alerts, "first@example.org")
    note = write_note("Mali", "Urgent", publication=alerts)
    run_story(send_alert, note=note.pk)
    edition = Edition.objects.get(note=note)
    today = timezone.now().astimezone(alerts.zone).date()
    return record_correction(edition, note, "<p>It is 640.</p>", "A slip", today, "Ann")


def begin(correction):
    facts, _found = look_over(correction)
    seen = correction_as_it_is(correction, facts.rendering)
    return start_correction_mailing(correction, open_transport(), seen, "Ann")[0]


def test_what_nobody_has_approved_goes_to_nobody(correction, outbox):
    with pytest.raises(NotApproved, match="is not to be mailed yet"):
        run_story(send_correction, correction=correction.pk)
    assert len(outbox("first@example.org")) == 1


def test_a_correction_reaches_its_readers_once_and_the_editors_are_told(correction, outbox):
    begin(correction)
    first, second = (run_story(send_correction, correction=correction.pk) for _ in range(2))
    assert (first.counts.accepted, first.before, second.before) == (1, False, True)
    assert first.again == f"`twtw correction send {correction.pk}`"
    _alert, mail = outbox("first@example.org")
    assert mail["Subject"].endswith("correction: Mali: Urgent")
    told = outbox("editor@example.org")[-1]
    assert "Correction to “Mali: Urgent”" in str(told["Subject"])


def test_a_mailing_that_nobody_handed_over_is_picked_up(correction, twtw):
    begin(correction)
    started = []
    watch = Watch(None, lambda name, parameters: started.append((name, parameters)))
    watch.start_what_waits(timezone.now() + GRACE + timedelta(seconds=1))
    assert started == [("send-correction/send-correction", {"correction": correction.pk})]


def test_the_publishing_of_issues_leaves_corrections_alone(correction, alerts):
    mailing = begin(correction)
    holding.pause(mailing, "A test")
    assert report_of(mailing).advice[0].startswith("It is paused")
    assert due.interrupted_mailings(alerts, resting=True) == []
    assert [one.edition.note for one in due.mailing_before(alerts)] == [correction.note]
