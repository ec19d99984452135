"""Preparing the week's issue, told without any Prefect server."""

from datetime import UTC, date, datetime, timedelta

import pytest

from flows.due import day_to_prepare
from flows.steps import run_story
from flows.weekly import prepare
from issues.approval import approve_issue
from issues.errors import IssueError
from issues.models import Issue

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


def test_an_open_issue_keeps_its_day_until_its_time_has_gone_by(write_note, twtw, outbox):
    write_note()
    due = twtw.due(prepared().date)
    assert day_to_prepare(twtw, due - timedelta(days=6)) == SUNDAY
    assert day_to_prepare(twtw, due + timedelta(minutes=1)) == date(2025, 7, 6)


def test_an_approved_issue_keeps_its_day_however_late_it_is(write_note, twtw, outbox):
    write_note()
    approve_issue(prepared(), by="An Editor")
    assert day_to_prepare(twtw, twtw.due(SUNDAY) + timedelta(days=9)) == SUNDAY
