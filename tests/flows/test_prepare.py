"""Preparing the week's issue, told without any Prefect server."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from flows.artifacts import preparation_page
from flows.due import day_to_prepare
from flows.steps import run_story, time_of_run
from flows.weekly import name_of_preparing, prepare
from issues.approval import approve_issue
from issues.assembling import assemble
from issues.editions import render_issue
from issues.errors import IssueError
from issues.models import Issue, Publication

pytestmark = pytest.mark.django_db

SUNDAY = date(2025, 6, 29)
LINE = "#317 Vol 7, No 26, 29 June 2025"


def prepared():
    run_story(prepare, day=SUNDAY)
    return Issue.objects.open().get()


def text_of(mail):
    return " ".join(mail.get_body(("plain",)).get_content().split())


def test_the_approved_notes_of_the_week_become_a_numbered_issue(write_note, outbox):
    write_note("Russia and Mali", "A growing presence")
    write_note("A draft", "Not approved", approved=False)
    report = run_story(prepare, day=SUNDAY)
    assert report.line == LINE
    assert report.serial == 317
    assert report.notes == ("Russia and Mali: A growing presence",)
    assert report.sentence.startswith(f"{LINE} is prepared with 1 note; preflight found ")


def test_the_editors_are_told_what_is_in_it_and_where_to_approve_it(write_note, outbox):
    write_note("Russia and Mali", "A growing presence")
    run_story(prepare, day=SUNDAY)
    [notice] = outbox("editor@example.org")
    assert LINE in notice["Subject"]
    assert "1. Russia and Mali: A growing presence" in text_of(notice)
    assert "It is due on Sunday, 29 June 2025, 08:00 (Asia/Kolkata)" in text_of(notice)
    assert "/desk/" in text_of(notice)


def test_the_editors_are_told_what_preflight_found(write_note, outbox):
    write_note()
    run_story(prepare, day=date(2025, 6, 30))
    [notice] = outbox("editor@example.org")
    assert "30 June 2025 is a Monday" in text_of(notice)


def test_the_editors_are_told_where_it_was_found_and_of_hints_only_how_many(write_note, outbox):
    note = write_note(text="<p>It was agreed,and - so they say - signed..</p>")
    report = run_story(prepare, day=SUNDAY)
    told = text_of(outbox("editor@example.org")[0])
    assert f"Warning, {note} › What happened?: “agreed,and” has no space after a comma" in told
    assert "where a dash is meant" not in told
    assert "besides; `twtw issue show` has everything." in told
    page = "\n".join(preparation_page(report))
    place = f"[{note} › What happened?]"
    assert (
        f"| warning | {place}({settings.SITE_URL}/desk/snippets/notes/note/edit/{note.pk}/) |"
        in page
    )


def test_preparing_twice_makes_one_issue_and_tells_the_editors_once(write_note, outbox):
    write_note()
    first, second = run_story(prepare, day=SUNDAY), run_story(prepare, day=SUNDAY)
    assert (first.changed, second.changed) == (True, False)
    assert Issue.objects.count() == 1
    assert len(outbox("editor@example.org")) == 1


def test_the_editors_are_told_again_when_a_note_has_come_in(write_note, outbox):
    write_note("First", "Of two")
    run_story(prepare, day=SUNDAY)
    write_note("Second", "Of two")
    assert run_story(prepare, day=SUNDAY).notes == ("First: Of two", "Second: Of two")
    assert len(outbox("editor@example.org")) == 2


def test_nobody_is_asked_twice_about_the_same_words(write_note, outbox):
    write_note()
    issue = prepared()
    approve_issue(issue, by="An Editor")
    report = run_story(prepare, day=SUNDAY, reopen=True)
    assert report.line == LINE
    assert len(outbox("editor@example.org")) == 1


def test_a_run_that_died_before_it_asked_is_made_good_by_the_next(twtw, write_note, outbox):
    write_note()
    assemble(twtw, SUNDAY)
    assert not run_story(prepare, day=SUNDAY).changed
    assert len(outbox("editor@example.org")) == 1


def test_who_could_not_be_told_is_told_by_the_next_run(write_note, outbox, settings, tmp_path):
    write_note()
    reachable, blocked = settings.OUTBOX, tmp_path / "a file"
    blocked.touch()
    settings.OUTBOX = blocked
    assert prepared().asked_about == ""
    settings.OUTBOX = reachable
    assert prepared().asked_about == render_issue(Issue.objects.get()).sha256
    assert len(outbox("editor@example.org")) == 1


def test_an_approved_issue_asks_for_nothing(twtw, write_note, outbox):
    write_note()
    approve_issue(assemble(twtw, SUNDAY).issue, by="An Editor")
    run_story(prepare, day=SUNDAY)
    assert outbox("editor@example.org") == []


def test_a_published_issue_asks_for_nothing(twtw, write_note, outbox):
    write_note()
    issue = assemble(twtw, SUNDAY).issue
    Issue.objects.filter(pk=issue.pk).update(published_at=twtw.due(SUNDAY))
    run_story(prepare, day=SUNDAY)
    assert outbox("editor@example.org") == []


def test_the_editors_are_told_how_to_approve_it(twtw, write_note, outbox):
    sister = Publication.objects.create(
        slug="sister", name="Sister Weekly", short_name="SW", first_serial=1
    )
    write_note()
    write_note("Another", "Note", publication=sister)
    run_story(prepare, day=SUNDAY)
    run_story(prepare, publication="sister", day=SUNDAY)
    [weekly, other] = map(text_of, outbox("editor@example.org"))
    assert "approve it with `twtw issue approve`." in weekly
    assert "approve it with `twtw issue approve --publication sister`." in other


def test_notes_that_are_left_out_are_named_to_whoever_asks(twtw, write_note, outbox):
    write_note("The first", "Issue", day=date(2025, 6, 22))
    first = assemble(twtw, date(2025, 6, 22)).issue
    Issue.objects.filter(pk=first.pk).update(published_at=twtw.due(first.date))
    write_note("In it", "This week")
    write_note("Too old", "For this week", day=date(2025, 6, 20))
    report = run_story(prepare, day=SUNDAY)
    assert report.notes == ("In it: This week",)
    assert report.left_behind == ("Too old: For this week",)
    [remark] = report.remarks
    assert remark.startswith("Not in it, because it belongs to another week: Too old: For this")
    assert remark in text_of(outbox("editor@example.org")[-1])
    assert remark in preparation_page(report)


def test_a_note_that_came_after_the_approval_is_named_as_waiting(write_note, outbox):
    write_note()
    approve_issue(prepared(), by="An Editor")
    write_note("Late", "Too late")
    report = run_story(prepare, day=SUNDAY)
    assert report.waiting == ("Late: Too late",)
    [remark] = report.remarks
    assert "Late: Too late. `twtw issue prepare --reopen` takes it in." in remark
    assert remark in preparation_page(report)


def test_a_publication_that_does_not_exist_is_answered_with_those_that_do(twtw):
    with pytest.raises(IssueError, match="no publication 'weekly'; there are: gp-alerts, twtw"):
        run_story(prepare, publication="weekly")


def test_without_a_day_the_next_issue_day_is_prepared(twtw):
    saturday_evening_in_kolkata = datetime(2025, 7, 5, 14, 0, tzinfo=UTC)
    assert day_to_prepare(twtw, saturday_evening_in_kolkata) == date(2025, 7, 6)


def test_the_day_is_counted_in_the_publications_zone(twtw):
    already_sunday_morning_there = datetime(2025, 7, 6, 2, 29, tzinfo=UTC)
    after_eight_there = datetime(2025, 7, 6, 2, 31, tzinfo=UTC)
    assert day_to_prepare(twtw, already_sunday_morning_there) == date(2025, 7, 6)
    assert day_to_prepare(twtw, after_eight_there) == date(2025, 7, 13)


def is_due_five_minutes_ago(publication):
    """Let a publication's hour be just past; the moment at which its issue was to be prepared."""
    due = (timezone.now() - timedelta(minutes=5)).astimezone(publication.zone)
    publication.weekday, publication.hour = due.weekday(), due.time()
    publication.save()
    return due, due - timedelta(hours=24)


def test_a_run_that_comes_late_prepares_the_issue_that_it_was_meant_for(twtw, in_a_run):
    due, planned = is_due_five_minutes_ago(twtw)
    with in_a_run(expected_start_time=planned):
        assert day_to_prepare(twtw, time_of_run()) == due.date()
        assert name_of_preparing() == f"prepare twtw {due.date()}"
    assert day_to_prepare(twtw, time_of_run()) == due.date() + timedelta(days=7)


def test_a_run_that_comes_a_week_late_prepares_the_next_issue(twtw, in_a_run):
    due, planned = is_due_five_minutes_ago(twtw)
    with in_a_run(expected_start_time=planned - timedelta(days=7)):
        assert day_to_prepare(twtw, time_of_run()) == due.date() + timedelta(days=7)


def test_an_open_issue_keeps_its_day_until_its_time_has_gone_by(write_note, twtw, outbox):
    write_note()
    due = twtw.due(prepared().date)
    assert day_to_prepare(twtw, due - timedelta(days=6)) == SUNDAY
    assert day_to_prepare(twtw, due + timedelta(minutes=1)) == date(2025, 7, 6)


def test_an_approved_issue_keeps_its_day_however_late_it_is(write_note, twtw, outbox):
    write_note()
    approve_issue(prepared(), by="An Editor")
    assert day_to_prepare(twtw, twtw.due(SUNDAY) + timedelta(days=9)) == SUNDAY
