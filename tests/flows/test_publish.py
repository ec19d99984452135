"""Publishing the approved issue, told without any Prefect server."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from delivery.claiming import claim_next_chunk
from delivery.freezing import start_issue_mailing
from delivery.ledger import record_answer
from delivery.models import Mailing
from delivery.transports import Refused
from delivery.transports.opening import open_transport
from flows.due import NotDue, NothingDue, approvals_due
from flows.steps import run_story
from flows.weekly import Stuck, find_issue, freeze_audience, prepare, publish
from issues.approval import approve_issue, reschedule
from issues.errors import NotApproved
from issues.models import Issue

# Delivery's threads have connections of their own, so what they are to see must be committed.
pytestmark = pytest.mark.django_db(transaction=True)

SUNDAY = date(2025, 6, 29)
LINE = "#317 Vol 7, No 26, 29 June 2025"


@pytest.fixture
def week(twtw, write_note, subscribe, outbox):
    """An open issue with one note, and three readers of whom one has not confirmed."""
    subscribe(twtw, "first@example.org")
    subscribe(twtw, "second@example.org")
    subscribe(twtw, "third@example.org", state="pending")
    write_note()
    run_story(prepare, day=SUNDAY)
    return Issue.objects.open().get()


def text_of(mail):
    return " ".join(mail.get_body(("plain",)).get_content().split())


def notices(outbox):
    return [mail["Subject"] for mail in outbox("editor@example.org")]


def test_an_approved_issue_goes_to_every_confirmed_reader_once(week, outbox):
    approve_issue(week, by="An Editor")
    report = run_story(publish)
    assert report.line == LINE
    assert report.sentence == f"{LINE}: {report.counts.sentence()}."
    assert (report.counts.candidates, report.counts.frozen, report.counts.accepted) == (3, 2, 2)
    assert (report.state, report.trouble) == ("finished", "")
    assert len(outbox("first@example.org")) == len(outbox("second@example.org")) == 1
    assert outbox("third@example.org") == []
    week.refresh_from_db()
    assert week.is_published


def test_what_is_put_off_while_its_run_waits_for_the_moment_does_not_leave(week):
    approve_issue(week, by="An Editor", send_at=timezone.now())
    found = find_issue("twtw", scheduled=True)
    reschedule(week, timezone.now() + timedelta(days=1), by="A Publisher")
    with pytest.raises(NotDue, match="was put off"):
        freeze_audience(found, scheduled=True)
    assert not Mailing.objects.exists()


def test_the_editors_get_the_counts(week, outbox):
    approve_issue(week, by="An Editor")
    run_story(publish)
    assert notices(outbox)[1:] == [f"The World This Week {LINE}: 2 accepted"]


def test_whoever_looks_on_sees_the_counts_as_they_change(week):
    approve_issue(week, by="An Editor")
    seen = []
    run_story(publish, on_progress=seen.append)
    assert seen[-1].accepted == 2


def test_an_unapproved_issue_goes_to_nobody_and_the_editors_are_reminded(week, outbox):
    with pytest.raises(NotApproved, match="is not approved"):
        run_story(publish)
    assert not Mailing.objects.exists()
    assert outbox("first@example.org") == []
    assert notices(outbox)[1:] == [f"The World This Week {LINE} was not sent: it is not approved"]


def test_a_person_who_publishes_too_early_needs_no_reminder_by_mail(week, outbox):
    with pytest.raises(NotApproved):
        run_story(publish, scheduled=False)
    assert len(notices(outbox)) == 1


def test_the_schedule_waits_for_the_time_that_was_approved(week, outbox):
    approve_issue(week, by="An Editor", send_at=timezone.now() + timedelta(hours=1))
    with pytest.raises(NotDue, match="is due on "):
        run_story(publish)
    assert not Mailing.objects.exists()


def test_a_run_that_begins_a_moment_early_waits_for_the_time(week, outbox):
    in_a_moment = timezone.now() + timedelta(milliseconds=600)
    approve_issue(week, by="An Editor", send_at=in_a_moment)
    assert run_story(publish).counts.accepted == 2
    week.refresh_from_db()
    assert week.published_at >= in_a_moment


def test_a_person_may_send_an_approved_issue_before_its_time(week, outbox):
    approve_issue(week, by="An Editor", send_at=timezone.now() + timedelta(hours=1))
    assert run_story(publish, scheduled=False).counts.accepted == 2


def test_publishing_twice_leaves_one_mailing_and_one_copy(week, outbox):
    approve_issue(week, by="An Editor")
    run_story(publish, scheduled=False)
    again = run_story(publish, scheduled=False)
    assert again.before
    assert "nothing was sent again" in again.sentence
    assert again.counts.accepted == 2
    assert Mailing.objects.count() == 1
    assert len(outbox("first@example.org")) == 1


def test_the_schedule_says_that_nothing_is_due_when_all_is_published(week, outbox):
    approve_issue(week, by="An Editor")
    run_story(publish)
    with pytest.raises(NothingDue, match="has no open issue"):
        run_story(publish)


def test_what_an_earlier_run_could_not_end_is_ended_by_the_next(week, outbox):
    approve_issue(week, by="An Editor")
    start_issue_mailing(week, open_transport())
    report = run_story(publish)
    assert report.counts.accepted == 2
    assert not report.before
    assert len(outbox("first@example.org")) == 1


def test_an_unended_mailing_does_not_hold_up_the_next_issue(week, write_note, outbox):
    approve_issue(week, by="An Editor")
    start_issue_mailing(week, open_transport())
    write_note("Next", "Week", day=date(2025, 7, 6))
    run_story(prepare, day=date(2025, 7, 6))
    approve_issue(Issue.objects.open().get(), by="An Editor")
    assert run_story(publish).line == "#318 Vol 7, No 27, 6 July 2025"
    assert len(outbox("first@example.org")) == 2


def begin_by_another_transport(issue):
    """A mailing that was begun with a transport that this newsroom has no key for any more."""
    approve_issue(issue, by="An Editor")
    mailing = start_issue_mailing(issue, open_transport())
    Mailing.objects.filter(pk=mailing.pk).update(transport="sendgrid")


def test_a_mailing_that_can_not_be_continued_holds_up_no_new_issue(week, write_note, outbox):
    begin_by_another_transport(week)
    write_note("Next", "Week", day=date(2025, 7, 6))
    run_story(prepare, day=date(2025, 7, 6))
    approve_issue(Issue.objects.open().get(), by="An Editor")
    assert run_story(publish).line == "#318 Vol 7, No 27, 6 July 2025"
    assert f"{LINE} was not sent to everybody" in notices(outbox)
    assert len(outbox("first@example.org")) == 1


@pytest.mark.parametrize("scheduled", [True, False])
def test_a_mailing_that_can_not_be_continued_is_the_answer_where_nothing_else_is_due(
    week, write_note, outbox, scheduled
):
    begin_by_another_transport(week)
    write_note("Next", "Week", day=date(2025, 7, 6))
    run_story(prepare, day=date(2025, 7, 6))
    approve_issue(Issue.objects.open().get(), "An Editor", timezone.now() + timedelta(hours=1))
    with pytest.raises(Stuck, match="TWTW_SENDGRID_API_KEY is empty"):
        run_story(publish, scheduled=scheduled)
    assert notices(outbox).count(f"{LINE} was not sent to everybody") == 1
    assert outbox("first@example.org") == []


def test_the_editors_are_told_that_nothing_is_prepared(twtw, outbox):
    with pytest.raises(NothingDue):
        run_story(publish)
    [notice] = outbox("editor@example.org")
    assert notice["Subject"] == "The World This Week: nothing was sent"
    assert "`twtw issue prepare`" in text_of(notice)


def test_the_editors_are_told_that_the_issue_is_prepared_for_another_day(twtw, write_note, outbox):
    in_a_week = timezone.now().date() + timedelta(days=7)
    write_note(day=in_a_week)
    run_story(prepare, day=in_a_week, serial=400)
    with pytest.raises(NotDue):
        run_story(publish)
    told = outbox("editor@example.org")[-1]
    assert told["Subject"] == "The World This Week: nothing was sent"
    assert f"is due on {in_a_week:%A}" in text_of(told)


@pytest.mark.parametrize("started", [{"quiet": True}, {"scheduled": False}])
def test_who_looks_on_anyway_is_told_nothing_by_mail(twtw, outbox, started):
    with pytest.raises(NothingDue):
        run_story(publish, **started)
    assert outbox("editor@example.org") == []


def test_a_week_whose_issue_was_sent_by_hand_before_is_no_silence(
    twtw, write_note, subscribe, outbox
):
    subscribe(twtw, "ada@example.org")
    today = timezone.now().astimezone(twtw.zone).date()
    write_note(day=today)
    run_story(prepare, day=today, serial=400)
    approve_issue(Issue.objects.get(), by="An Editor")
    run_story(publish, scheduled=False)
    with pytest.raises(NothingDue):
        run_story(publish)
    assert "The World This Week: nothing was sent" not in notices(outbox)


def test_the_editors_get_the_transports_own_words_for_what_was_refused(week, outbox):
    approve_issue(week, by="An Editor")
    mailing = start_issue_mailing(week, open_transport())
    claimed = claim_next_chunk(mailing, "worker", timedelta(minutes=1))
    record_answer(claimed, Refused("SendGrid answered 400: the sender is not known."))
    run_story(publish)
    told = text_of(outbox("editor@example.org")[-1])
    assert "2 rejected" in told
    assert "the sender is not known" in told
    assert f"`twtw mailing show {mailing.pk}`" in told


def test_an_approval_whose_time_went_by_is_overdue_until_its_issue_is_published(week, outbox):
    assert approvals_due(timezone.now()) == []
    approval = approve_issue(week, by="An Editor")
    assert approvals_due(approval.send_at - timedelta(minutes=1)) == []
    assert approvals_due(timezone.now()) == [approval]
    run_story(publish)
    assert approvals_due(timezone.now()) == []
