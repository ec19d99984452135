"""Putting the week's issue together."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from issues.approval import approve_issue
from issues.assembling import assemble, move_to_week, next_issue_day
from issues.errors import IssueError
from issues.models import Issue, IssueSerial
from notes.models import Note

pytestmark = pytest.mark.django_db

SUNDAY = date(2025, 6, 29)
NEXT_SUNDAY = date(2025, 7, 6)


def publish(issue: Issue) -> None:
    issue.published_at = timezone.now()
    issue.save()


def headlines(issue: Issue) -> list[str]:
    return [entry.note.subject for entry in issue.entries.all()]


def test_the_week_takes_its_approved_notes_and_the_next_serial(twtw, write_note):
    write_note("Mali")
    write_note("Draft", approved=False)
    assembly = assemble(twtw, SUNDAY)
    assert assembly.created
    assert assembly.issue.line == "#317 Vol 7, No 26, 29 June 2025"
    assert headlines(assembly.issue) == ["Mali"]


def test_assembling_twice_changes_nothing(twtw, write_note):
    write_note("Mali")
    first = assemble(twtw, SUNDAY)
    second = assemble(twtw, SUNDAY)
    assert second.issue == first.issue
    assert not second.changed
    assert IssueSerial.objects.count() == 1


def test_an_approved_issue_asked_for_by_its_own_serial_is_left_as_it_is(twtw, write_note):
    write_note("Mali")
    issue = assemble(twtw, SUNDAY, serial=317).issue
    approve_issue(issue, "An Editor")
    assert not assemble(twtw, SUNDAY, serial=317, combine=1).changed
    with pytest.raises(IssueError, match="is approved and waits to be sent"):
        assemble(twtw, SUNDAY, serial=318)


@pytest.mark.parametrize("asked", [{"serial": 318}, {"combine": 2}, {"reopen": True}])
def test_a_published_issue_can_not_be_given_anything_else(twtw, write_note, asked):
    write_note("Mali")
    publish(assemble(twtw, SUNDAY).issue)
    assert not assemble(twtw, SUNDAY, serial=317).changed
    with pytest.raises(IssueError, match="is published and can't be changed"):
        assemble(twtw, SUNDAY, **asked)


def test_a_note_approved_later_comes_last_and_the_others_keep_their_order(twtw, write_note):
    write_note("One")
    write_note("Two")
    issue = assemble(twtw, SUNDAY).issue
    one, two = issue.entries.all()
    one.position, two.position = 2, 1
    one.save()
    two.save()
    write_note("Three")
    assembly = assemble(twtw, SUNDAY)
    assert headlines(assembly.issue) == ["Two", "One", "Three"]
    assert [note.subject for note in assembly.added] == ["Three"]


def test_a_note_edited_after_approval_leaves_the_open_issue(twtw, write_note):
    write_note("One")
    two = write_note("Two")
    assemble(twtw, SUNDAY)
    two.claim = "Edited"
    two.save_revision()
    assembly = assemble(twtw, SUNDAY)
    assert headlines(assembly.issue) == ["One"]
    assert [note.subject for note in assembly.removed] == ["Two"]


def test_notes_dated_after_the_issue_wait_for_the_next_one(twtw, write_note):
    write_note("This week", day=SUNDAY)
    write_note("Next week", day=date(2025, 6, 30))
    issue = assemble(twtw, SUNDAY).issue
    assert headlines(issue) == ["This week"]
    publish(issue)
    following = assemble(twtw, NEXT_SUNDAY).issue
    assert following.line == "#318 Vol 7, No 27, 6 July 2025"
    assert headlines(following) == ["Next week"]


def test_a_note_dated_before_the_previous_issue_is_named_and_not_silently_dropped(twtw, write_note):
    write_note("On time")
    publish(assemble(twtw, SUNDAY).issue)
    late = write_note("Late", day=date(2025, 6, 20))
    assembly = assemble(twtw, NEXT_SUNDAY)
    assert headlines(assembly.issue) == []
    assert assembly.left_behind == [late]
    move_to_week(late, NEXT_SUNDAY)
    assert headlines(assemble(twtw, NEXT_SUNDAY).issue) == ["Late"]


def test_a_note_moved_to_another_week_leaves_this_one(twtw, write_note):
    note = write_note("Mali")
    assemble(twtw, SUNDAY)
    move_to_week(note, NEXT_SUNDAY)
    assert headlines(assemble(twtw, SUNDAY).issue) == []
    assert Note.objects.get(pk=note.pk).is_approved
    move_to_week(note, None)
    assert headlines(assemble(twtw, SUNDAY).issue) == ["Mali"]


def test_a_published_note_can_not_be_moved_and_is_in_no_second_issue(twtw, write_note):
    note = write_note("Mali")
    publish(assemble(twtw, SUNDAY).issue)
    with pytest.raises(IssueError, match="was published"):
        move_to_week(note, NEXT_SUNDAY)
    Note.objects.filter(pk=note.pk).update(date=NEXT_SUNDAY)
    assert headlines(assemble(twtw, NEXT_SUNDAY).issue) == []


def test_a_note_printed_under_another_issue_does_not_come_out_again(twtw, write_note):
    note = write_note("Old")
    Note.objects.filter(pk=note.pk).update(printed_under="The World This Week #300, Vol 7, No 9")
    assembly = assemble(twtw, SUNDAY)
    assert headlines(assembly.issue) == []
    assert assembly.left_behind == [note]


def test_a_week_without_an_issue_takes_no_number(twtw, write_note):
    write_note("Mali")
    assemble(twtw, SUNDAY)
    write_note("Togo", day=NEXT_SUNDAY)
    assembly = assemble(twtw, NEXT_SUNDAY)
    assert assembly.moved_from == SUNDAY
    assert assembly.issue.line == "#317 Vol 7, No 26, 6 July 2025"
    assert headlines(assembly.issue) == ["Mali", "Togo"]
    assert Issue.objects.count() == 1


def test_a_combined_issue_takes_consecutive_serials(twtw, write_note):
    write_note("Mali")
    issue = assemble(twtw, SUNDAY, combine=2).issue
    assert issue.line == "#317 & 318, Vol 7, No 26 & 27, 29 June 2025"
    publish(issue)
    assert assemble(twtw, NEXT_SUNDAY).issue.serials == (319,)


def test_the_first_issue_of_a_year_begins_the_next_volume(twtw, write_note):
    twtw.first_serial = 370
    twtw.save()
    issue = assemble(twtw, date(2027, 1, 3)).issue
    assert issue.line == "#370 Vol 9, No 1, 3 January 2027"


def test_an_approved_issue_is_left_as_it_was_approved(twtw, write_note, subscribe):
    write_note("Mali")
    approve_issue(assemble(twtw, SUNDAY).issue, "an editor")
    late = write_note("Late")
    assembly = assemble(twtw, SUNDAY)
    assert headlines(assembly.issue) == ["Mali"]
    assert assembly.waiting == [late]
    with pytest.raises(IssueError, match="approved and waits"):
        assemble(twtw, NEXT_SUNDAY)
    assert headlines(assemble(twtw, SUNDAY, reopen=True).issue) == ["Mali", "Late"]


def test_a_published_issue_is_never_assembled_again(twtw, write_note):
    write_note("Mali")
    publish(assemble(twtw, SUNDAY).issue)
    write_note("Late", day=SUNDAY)
    again = assemble(twtw, SUNDAY)
    assert not again.changed
    assert headlines(again.issue) == ["Mali"]
    with pytest.raises(IssueError, match="is before"):
        assemble(twtw, date(2025, 6, 22))


def test_a_serial_that_was_given_is_never_given_again(twtw, write_note):
    publish(assemble(twtw, SUNDAY).issue)
    with pytest.raises(IssueError, match="#317 can't be given"):
        assemble(twtw, NEXT_SUNDAY, serial=317)
    issue = assemble(twtw, NEXT_SUNDAY).issue
    with pytest.raises(IntegrityError), transaction.atomic():
        IssueSerial.objects.create(publication=twtw, issue=issue, serial=317)


def test_the_database_allows_one_unpublished_issue_a_publication(twtw):
    issue = assemble(twtw, SUNDAY).issue
    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.objects.create(publication=twtw, volume=issue.volume, date=NEXT_SUNDAY)


def test_without_a_serial_to_begin_with_the_sentence_says_how_to_give_one(twtw):
    twtw.first_serial = None
    twtw.save()
    with pytest.raises(IssueError, match="prepare --serial 317"):
        assemble(twtw, SUNDAY)
    assert assemble(twtw, SUNDAY, serial=317).issue.serials == (317,)


def test_alerts_have_no_issues(alerts):
    with pytest.raises(IssueError, match="twtw alert"):
        assemble(alerts, SUNDAY)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ((2025, 7, 5, 12, 0), date(2025, 7, 6)),
        ((2025, 7, 6, 7, 59), date(2025, 7, 6)),
        ((2025, 7, 6, 8, 1), date(2025, 7, 13)),
        ((2025, 7, 7, 0, 0), date(2025, 7, 13)),
    ],
)
def test_the_next_issue_day_is_the_next_due_moment_in_the_publications_zone(twtw, now, day):
    assert next_issue_day(twtw, datetime(*now, tzinfo=ZoneInfo("Asia/Kolkata"))) == day


def test_a_wrong_date_leaves_no_volume_behind(twtw, write_note):
    """The volume that an unpublished issue began goes where the issue goes."""
    twtw.first_serial = 350
    twtw.save()
    assert assemble(twtw, date(2027, 3, 7)).issue.line == "#350 Vol 9, No 1, 7 March 2027"
    assert assemble(twtw, date(2026, 3, 8)).issue.line == "#350 Vol 8, No 12, 8 March 2026"
    assert twtw.volumes.count() == 8


def test_the_first_issue_of_a_volume_may_change_its_serial_until_it_is_published(twtw):
    twtw.first_serial = 370
    twtw.save()
    assemble(twtw, date(2027, 1, 3))
    issue = assemble(twtw, date(2027, 1, 10), serial=371).issue
    assert issue.line == "#371 Vol 9, No 1, 10 January 2027"
    publish(issue)
    assert assemble(twtw, date(2027, 1, 17)).issue.line == "#372 Vol 9, No 2, 17 January 2027"


def test_what_a_published_issue_is_known_by_can_not_be_edited(twtw, write_note):
    write_note("Mali")
    issue = assemble(twtw, SUNDAY).issue
    approve_issue(issue, "an editor")
    publish(issue)
    issue.volume.first_serial = 300
    with pytest.raises(ValidationError, match="its number and first serial stay"):
        issue.volume.full_clean()
    twtw.slug = "weekly"
    with pytest.raises(ValidationError, match="lead to twtw"):
        twtw.full_clean()


def test_a_volume_does_not_begin_after_an_issue_of_it(twtw, write_note):
    issue = assemble(twtw, write_note().date).issue
    issue.volume.first_serial = issue.serials[0] + 1
    with pytest.raises(ValidationError, match=f"has #{issue.serials[0]}; begin with that"):
        issue.volume.clean()
    issue.volume.first_serial = issue.serials[0]
    issue.volume.clean()


@pytest.mark.django_db(transaction=True)
def test_those_who_approve_and_those_who_prepare_at_once_wait_for_each_other(twtw, write_note):
    issue = assemble(twtw, write_note().date).issue
    together = threading.Barrier(4)

    def work(number):
        try:
            together.wait(timeout=30)
            for _ in range(3):
                if number % 2:
                    approve_issue(issue, f"Editor {number}")
                else:
                    assemble(twtw, issue.date, reopen=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(4))) == [None] * 4
