"""Mailings that do not go on: paused, waiting or cancelled, and what runs and people make of it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from delivery import holding, intervening
from delivery.claiming import claim_next_chunk, depart
from delivery.freezing import start_issue_mailing
from delivery.ledger import record_answer
from delivery.models import Mailing, Pace
from delivery.pace import pace_of
from delivery.transports import Taken
from delivery.transports.opening import open_transport
from flows import due
from flows.due import NothingDue
from flows.reports import report_of
from flows.sending import hand_over, report_to_editors, send
from flows.steps import run_story
from flows.weekly import prepare, publish
from issues.approval import approve_issue
from issues.errors import NotApproved
from issues.models import Issue
from tests.standins.sendgrid import StandIn

# Delivery's threads have connections of their own, so what they are to see must be committed.
pytestmark = pytest.mark.django_db(transaction=True)

SUNDAY, NEXT = date(2025, 6, 29), date(2025, 7, 6)
LINE, NEXT_LINE = "#317 Vol 7, No 26, 29 June 2025", "#318 Vol 7, No 27, 6 July 2025"


@pytest.fixture
def begun(twtw, write_note, subscribe, outbox):
    """Begins the mailing of an approved issue to two readers."""
    subscribe(twtw, "first@example.org")
    subscribe(twtw, "second@example.org")
    write_note()
    run_story(prepare, day=SUNDAY)
    issue = Issue.objects.get()
    approve_issue(issue, by="An Editor")

    def begin(transport="outbox"):
        return start_issue_mailing(issue, open_transport(transport))

    return begin


@pytest.fixture
def next_issue(write_note):
    """The issue after it: approved, if told so, and due now or later."""

    def make(*, approved=True, later=timedelta(0)):
        write_note("Next", "Week", day=NEXT)
        run_story(prepare, day=NEXT)
        issue = Issue.objects.open().get()
        if approved:
            approve_issue(issue, "An Editor", timezone.now() + later)

    return make


def subjects(outbox, words):
    return [mail["Subject"] for mail in outbox("editor@example.org") if words in mail["Subject"]]


def last_notice(outbox):
    return " ".join(outbox("editor@example.org")[-1].get_body(("plain",)).get_content().split())


def test_what_the_provider_bars_pauses_the_mailing_and_the_editors_are_told_once(
    begun, outbox, settings
):
    settings.SENDGRID_API_KEY = "SG.a-key-that-was.revoked"
    with StandIn() as sendgrid:
        settings.SENDGRID_URL = sendgrid.url
        mailing = begun("sendgrid")
        report = run_story(publish)
        assert (report.state, report.trouble) == ("paused", "Paused")
        assert report.counts.pending == 2
        for _ in range(2):
            with pytest.raises(NothingDue):
                run_story(publish, quiet=True)
        assert run_story(publish, scheduled=False).state == "paused"
    assert subjects(outbox, "is paused") == [
        f"The World This Week {LINE} is paused: 0 of 2 accepted"
    ]
    assert f"`twtw mailing resume {mailing.pk}`" in last_notice(outbox)
    mailing.refresh_from_db()
    assert mailing.pause_reason in last_notice(outbox)


def test_a_resumed_mailing_goes_on(begun, outbox):
    mailing = begun()
    intervening.pause(mailing, "Ann", "A typo")
    assert run_story(publish, scheduled=False).counts.pending == 2
    intervening.resume(mailing)
    assert run_story(publish).counts.accepted == 2
    assert len(outbox("first@example.org")) == 1


@pytest.mark.parametrize("scheduled", [True, False])
def test_a_paused_mailing_holds_up_no_issue_that_is_due(begun, next_issue, outbox, scheduled):
    mailing = begun()
    holding.pause(mailing, "A reason.")
    next_issue()
    assert run_story(publish, scheduled=scheduled).line == NEXT_LINE
    assert len(outbox("first@example.org")) == 1
    mailing.refresh_from_db()
    assert mailing.finished_at is None


@pytest.mark.parametrize("next_is", [{"later": timedelta(days=3)}, {"approved": False}])
def test_a_person_who_publishes_is_told_of_the_pause_and_sends_no_next_issue_early(
    begun, next_issue, outbox, next_is
):
    holding.pause(begun(), "Ann paused it: A typo")
    next_issue(**next_is)
    report = run_story(publish, scheduled=False)
    assert (report.line, report.state) == (LINE, "paused")
    assert "Ann paused it: A typo" in report.advice[0]
    assert outbox("first@example.org") == []


def test_the_next_issue_leaves_beside_a_paused_mailing_earlier_if_it_is_approved_so(
    begun, next_issue, outbox
):
    holding.pause(begun(), "A reason.")
    next_issue(later=timedelta(days=3))
    approve_issue(Issue.objects.open().get(), "An Editor", timezone.now())
    assert run_story(publish, scheduled=False).line == NEXT_LINE


def test_a_paused_mailing_silences_no_reminder_of_an_approval(begun, next_issue, outbox):
    holding.pause(begun(), "A reason.")
    next_issue(approved=False)
    with pytest.raises(NotApproved):
        run_story(publish)
    assert subjects(outbox, "is not approved")


def test_a_mailing_that_has_to_wait_ends_its_run_and_goes_on_when_the_time_has_come(
    begun, outbox, twtw
):
    pace = pace_of(twtw)
    local = timezone.now().astimezone(twtw.zone)
    pace.quiet_from = (local - timedelta(hours=1)).time()
    pace.quiet_until = (local + timedelta(hours=1)).time()
    pace.save()
    report = run_story(publish)
    assert (report.state, report.trouble) == ("waiting", "")
    assert run_story(publish, scheduled=False).state == "waiting"
    assert outbox("first@example.org") == []
    assert subjects(outbox, " waits: 0 of 2 accepted") == [
        f"The World This Week {LINE} waits: 0 of 2 accepted"
    ]
    assert "It waits until " in last_notice(outbox)
    Pace.objects.update(quiet_from=None, quiet_until=None)
    assert run_story(publish).counts.accepted == 2


def test_a_mailing_that_was_cancelled_ends_so_and_the_editors_get_its_counts(begun, outbox):
    mailing = begun()
    claimed = claim_next_chunk(mailing, "a worker", timedelta(minutes=1))
    assert depart(claimed)
    holding.cancel(mailing, "Ann")
    assert Mailing.objects.get().finished_at is None
    record_answer(claimed, Taken())
    report = run_story(publish)
    assert (report.state, report.trouble) == ("cancelled", "")
    assert subjects(outbox, "is cancelled: 2 of 2 accepted")
    assert "It was cancelled on " in last_notice(outbox)
    assert "by Ann, and stays so." in last_notice(outbox)
    again = run_story(publish, scheduled=False)
    assert (again.state, again.before) == ("cancelled", True)
    assert outbox("first@example.org") == []


def test_of_runs_that_end_a_mailing_together_one_tells_the_editors(begun, outbox, settings):
    mailing = begun()
    hand_over(mailing)
    report = report_of(mailing)
    told_before = len(outbox("editor@example.org"))
    report_to_editors(mailing, report)
    report_to_editors(mailing, report)
    assert len(outbox("editor@example.org")) == told_before + 1


def test_what_could_not_be_told_is_told_by_the_next(begun, outbox, settings, tmp_path):
    mailing = begun()
    hand_over(mailing)
    report = report_of(mailing)
    settings.OUTBOX = tmp_path / "a file"
    settings.OUTBOX.touch()
    report_to_editors(mailing, report)
    settings.OUTBOX = tmp_path / "outbox"
    told_before = len(outbox("editor@example.org"))
    report_to_editors(mailing, report)
    assert len(outbox("editor@example.org")) == told_before + 1


def test_a_pause_after_a_resumption_is_told_again(begun, outbox):
    mailing = begun()
    for _ in range(2):
        holding.pause(mailing, "A wrong name.")
        report_to_editors(mailing, report_of(Mailing.objects.get()))
        holding.resume(mailing)
    said = [mail for mail in outbox("editor@example.org") if "aused" in str(mail)]
    assert len(said) == 2


def test_a_mailing_whose_run_died_before_it_could_tell_is_told_of_by_the_next(begun, outbox):
    hand_over(begun())
    later = timezone.now() + timedelta(minutes=2)
    (untold,) = due.abandoned_mailings(later, timedelta(minutes=1))
    told_before = len(outbox("editor@example.org"))
    send(untold)
    assert len(outbox("editor@example.org")) == told_before + 1
    assert due.abandoned_mailings(later, timedelta(minutes=1)) == []
    send(Mailing.objects.get())
    assert len(outbox("editor@example.org")) == told_before + 1


def test_where_there_is_nobody_to_tell_no_run_is_begun_for_it(begun, outbox, settings):
    settings.EDITORS = []
    send(begun())
    assert due.abandoned_mailings(timezone.now() + timedelta(minutes=2), timedelta(0)) == []
