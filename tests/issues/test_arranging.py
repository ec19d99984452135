"""Arranging the open issue: no note is lost or doubled, and nobody's change is written over."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import ModelLogEntry

from issues import arranging
from issues.approval import approval_in_force, approve_issue
from issues.arranging import arrangement_of
from issues.assembling import assemble, weeks_notes
from issues.errors import IssueError
from issues.models import Issue
from notes.models import Note

pytestmark = pytest.mark.django_db

SUNDAY = date(2025, 6, 29)


@pytest.fixture
def issue(twtw, write_note):
    for subject in ("Mali", "Nile", "Oslo"):
        write_note(subject)
    return assemble(twtw, SUNDAY).issue


def order_of(issue):
    return arrangement_of(Issue.objects.get(pk=issue.pk)).order


def places(issue):
    """Every note of the arrangement by where it is; a note that is in two places is there twice."""
    found = arrangement_of(Issue.objects.get(pk=issue.pk))
    return [note.pk for notes in vars(found).values() for note in notes]


def test_the_order_is_the_one_that_was_asked_for(issue):
    first, second, third = order_of(issue)
    assert arranging.arrange(issue, [third, first, second], [first, second, third])
    assert order_of(issue) == [third, first, second]
    assert not arranging.arrange(issue, [third, first, second], [third, first, second])


def test_it_stays_when_the_issue_is_prepared_again(issue, write_note):
    first, second, third = order_of(issue)
    arranging.arrange(issue, [third, first, second], [first, second, third])
    arranging.leave_out(issue, Note.objects.get(pk=first), [third, first, second])
    new = write_note("Peru")
    assemble(issue.publication, SUNDAY)
    assert order_of(issue) == [third, second, new.pk]


def test_an_order_names_every_note_once_or_is_refused(issue):
    seen = order_of(issue)
    for order in (seen[:-1], [*seen, seen[0]], [*seen[:-1], seen[0]], [], [*seen, 10**15]):
        with pytest.raises(IssueError, match="name each note of the issue once"):
            arranging.arrange(issue, order, seen)
    assert order_of(issue) == seen


def test_each_change_is_refused_if_somebody_arranged_it_since(issue, write_note):
    seen = order_of(issue)
    note = Note.objects.get(pk=seen[0])
    waiting = write_note("Peru")
    arranging.arrange(issue, list(reversed(seen)), seen)
    changes = (
        lambda: arranging.arrange(issue, [seen[1], seen[0], seen[2]], seen),
        lambda: arranging.leave_out(issue, note, seen),
        lambda: arranging.take_in(issue, waiting, seen),
        lambda: arranging.postpone(issue, note, seen),
    )
    for change in changes:
        with pytest.raises(IssueError, match="Somebody else arranged this issue"):
            change()
    assert order_of(issue) == list(reversed(seen))


def test_what_is_published_stays(issue):
    seen = order_of(issue)
    Issue.objects.update(published_at="2025-06-29T08:00Z")
    with pytest.raises(IssueError, match="is published; what was mailed stays"):
        arranging.arrange(issue, list(reversed(seen)), seen)


def test_a_note_left_out_can_be_put_back_as_the_last_one(issue):
    first, second, third = order_of(issue)
    note = Note.objects.get(pk=first)
    arranging.leave_out(issue, note, [first, second, third])
    found = arrangement_of(issue)
    assert [one.pk for one in found.left_out] == [first]
    assert found.order == [second, third]
    arranging.take_in(issue, note, [second, third])
    assert order_of(issue) == [second, third, first]


def test_a_postponed_note_is_in_the_next_weeks_issue(issue):
    seen = order_of(issue)
    note = Note.objects.get(pk=seen[1])
    arranging.postpone(issue, note, seen)
    assert [one.pk for one in arrangement_of(issue).later] == [note.pk]
    assert note in weeks_notes(issue.publication, SUNDAY + timedelta(days=7))
    arranging.take_in(issue, note, [seen[0], seen[2]])
    assert order_of(issue) == [seen[0], seen[2], seen[1]]


def test_only_an_approved_note_of_this_publication_comes_in(issue, write_note, alerts):
    seen = order_of(issue)
    draft = write_note("Peru", approved=False)
    foreign = write_note("Quito", publication=alerts)
    for note in (draft, foreign):
        with pytest.raises(IssueError, match="can't be taken in"):
            arranging.take_in(issue, note, seen)
    with pytest.raises(IssueError, match="already"):
        arranging.take_in(issue, Note.objects.get(pk=seen[0]), seen)
    with pytest.raises(IssueError, match="is not in this issue"):
        arranging.leave_out(issue, draft, seen)


def test_every_note_is_in_its_place(issue, write_note):
    waiting = write_note("Peru")
    later = write_note("Quito", day=SUNDAY + timedelta(days=2))
    draft = write_note("Riga", approved=False)
    reviewed = write_note("Suva", approved=False)
    reviewed.get_workflow().start(reviewed, None)
    found = arrangement_of(issue)
    assert [note.subject for note in found.notes] == ["Mali", "Nile", "Oslo"]
    assert found.waiting == [waiting]
    assert found.later == [later]
    assert found.drafts == [draft]
    assert found.in_review == [reviewed]
    assert found.left_out == found.left_behind == []


def test_a_change_takes_the_approval_back_and_is_on_the_record(issue, admin_user):
    approve_issue(issue, "An Editor")
    seen = order_of(issue)
    arranging.arrange(issue, list(reversed(seen)), seen, admin_user)
    assert approval_in_force(issue) is None
    assert issue.approvals.get().void_reason == "the order of its notes was changed."
    entry = ModelLogEntry.objects.get(action="issues.arrange")
    assert entry.user == admin_user
    assert entry.data["order"] == list(reversed(seen))


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["arrange", "leave_out", "take_in", "postpone", "assemble"]),
        st.integers(0, 5),
    ),
    max_size=12,
)


# The world is the same for each example: what one did is rolled back.
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=CHANGES)
def test_no_sequence_of_changes_loses_or_doubles_a_note(six_notes, changes):
    issue, notes = six_notes
    with transaction.atomic():
        for what, which in changes:
            seen = order_of(issue)
            note = Note.objects.get(pk=notes[which])
            try:
                if what == "arrange":
                    arranging.arrange(issue, [*seen[which:], *seen[:which]], seen)
                elif what == "assemble":
                    assemble(issue.publication, SUNDAY)
                else:
                    getattr(arranging, what)(issue, note, seen)
            except IssueError:
                assert order_of(issue) == seen
            assert sorted(places(issue)) == notes
            entries = Issue.objects.get(pk=issue.pk).entries.all()
            assert [entry.position for entry in entries] == [*range(1, len(entries) + 1)]
        transaction.set_rollback(True)


@pytest.fixture
def six_notes(issue, write_note):
    """The keys of three notes in the issue, of one for later, and of two that wait."""
    write_note("Quito", day=SUNDAY + timedelta(days=2))
    write_note("Peru")
    write_note("Riga")
    return issue, sorted(Note.objects.values_list("pk", flat=True))
