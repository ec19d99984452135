"""What approving a note means, and what takes it away again."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from wagtail.models import GroupApprovalTask, TaskState, WorkflowTask

from issues.assembling import assemble
from notes.approval import OwnNoteError, approve, may_approve
from notes.models import Note, NoteAuthor, Person

pytestmark = pytest.mark.django_db


def test_an_approved_note_is_not_public_yet(write_note):
    note = write_note()
    assert note.is_approved
    assert not note.live
    assert list(Note.objects.approved()) == [note]


def test_an_edit_after_approval_takes_it_away_and_leaves_the_approved_words_in_the_row(write_note):
    note = write_note(claim="As approved")
    note.claim = "As edited"
    note.save_revision()
    fresh = Note.objects.get(pk=note.pk)
    assert not fresh.is_approved
    assert not Note.objects.approved().exists()
    assert fresh.claim == "As approved"
    assert fresh.get_latest_revision_as_object().claim == "As edited"


def test_approving_again_brings_the_edited_words_into_the_row(write_note):
    note = write_note(claim="As approved")
    note.claim = "As edited"
    note.save_revision()
    approve(Note.objects.get(pk=note.pk))
    fresh = Note.objects.get(pk=note.pk)
    assert fresh.is_approved
    assert fresh.claim == "As edited"


def test_autosave_never_overwrites_an_approved_revision(write_note):
    note = write_note(claim="As approved")
    approved = note.approved_revision
    note.claim = "Typed on after approval"
    saved = note.save_revision(overwrite_revision=approved)
    assert saved.pk != approved.pk
    assert Note.objects.get(pk=note.pk).approved_revision.as_object().claim == "As approved"
    assert not Note.objects.get(pk=note.pk).is_approved


def test_authors_and_their_order_survive_approval(write_note):
    note = write_note(author="Ayan Datta")
    assert [person.name for person in Note.objects.get(pk=note.pk).authors_in_order()] == [
        "Ayan Datta"
    ]


def test_the_workflow_keeps_the_history_of_an_approval(write_note):
    states = write_note().workflow_states.all()
    assert [state.status for state in states] == ["approved"]


def test_a_save_that_changes_no_word_makes_no_revision_and_keeps_the_approval(write_note):
    note = write_note()
    assert note.save_revision() == note.approved_revision
    assert Note.objects.get(pk=note.pk).is_approved


def test_marks_that_only_the_editor_needs_are_no_change(write_note):
    note = write_note(text="<p>Something happened.</p>")
    note.body[0].value["parts"][
        0
    ].value.source = '<p data-block-key="x1y2z">Something happened.</p>'
    assert note.save_revision() == note.approved_revision


def test_another_order_of_authors_is_a_change(write_note):
    note = write_note(author="A. Author")
    other = Person.objects.create(name="B. Author")
    note.authors = [NoteAuthor(person=other, sort_order=0), note.authors.get()]
    assert note.save_revision() != note.approved_revision


def test_a_draft_never_gets_into_the_row_of_a_note_that_was_approved_once(write_note):
    note = write_note(claim="As approved")
    note.claim = "A draft, saved as Wagtail's form saves what is not public"
    note.save()
    note.save_revision()
    assert Note.objects.get(pk=note.pk).claim == "As approved"


def test_words_that_a_reviewer_was_asked_about_are_not_overwritten_by_autosave(write_note):
    note = write_note(claim="As submitted", approved=False)
    note.get_workflow().start(note, None)
    submitted = note.get_latest_revision()
    note.claim = "Typed on after submission"
    saved = note.save_revision(overwrite_revision=submitted)
    assert saved.pk != submitted.pk
    submitted.refresh_from_db()
    assert submitted.as_object().claim == "As submitted"


def test_plain_text_that_looks_like_the_editors_marks_is_a_change(write_note):
    note = write_note(claim="As approved")
    note.claim = 'As approved data-block-key="and this nobody approved"'
    note.save_revision()
    assert not Note.objects.get(pk=note.pk).is_approved


def test_a_note_in_an_issue_is_not_deleted_and_another_one_is(write_note, twtw):
    kept, free = write_note("Kept"), write_note("Free", day=date(2026, 1, 1))
    assemble(twtw, kept.date)
    with pytest.raises(PermissionDenied, match="stays"):
        Note.objects.get(pk=kept.pk).delete()
    Note.objects.get(pk=free.pk).delete()
    assert list(Note.objects.all()) == [kept]


@pytest.fixture
def ann(db):
    return get_user_model().objects.create_superuser("ann")


@pytest.fixture
def bob(db):
    return get_user_model().objects.create_superuser("bob")


def in_review(write_note, *, owner, asked_by):
    note = write_note(approved=False)
    Note.objects.filter(pk=note.pk).update(owner=owner)
    note = Note.objects.get(pk=note.pk)
    note.get_workflow().start(note, asked_by)
    return note


@pytest.mark.parametrize(("owner", "asked_by"), [("ann", "bob"), ("bob", "ann"), (None, "ann")])
def test_nobody_approves_what_they_write_or_submitted(write_note, ann, bob, owner, asked_by):
    known = {"ann": ann, "bob": bob, None: None}
    note = in_review(write_note, owner=known[owner], asked_by=known[asked_by])
    with pytest.raises(OwnNoteError, match="somebody else has to approve it"):
        note.current_workflow_task_state.approve(user=ann)
    assert not Note.objects.get(pk=note.pk).is_approved
    assert [state.status for state in note.workflow_states.all()] == ["in_progress"]
    assert [state.status for state in TaskState.objects.all()] == ["in_progress"]


def test_a_second_person_approves(write_note, ann, bob):
    note = in_review(write_note, owner=ann, asked_by=ann)
    note.current_workflow_task_state.approve(user=bob)
    fresh = Note.objects.get(pk=note.pk)
    assert fresh.is_approved
    assert fresh.approved_by == bob


def test_who_put_a_word_right_while_reviewing_may_approve(write_note, ann, bob):
    note = in_review(write_note, owner=ann, asked_by=ann)
    note.claim = "Put right"
    note.save_revision(user=bob)
    assert may_approve(Note.objects.get(pk=note.pk), bob)


def test_the_setting_and_the_command_line_may_do_otherwise(write_note, ann, settings):
    note = in_review(write_note, owner=ann, asked_by=ann)
    assert may_approve(note, None)
    settings.APPROVE_OWN_NOTES = True
    note.current_workflow_task_state.approve(user=ann)
    assert Note.objects.get(pk=note.pk).is_approved


def test_the_operator_approves_what_somebody_submitted(write_note, ann):
    note = in_review(write_note, owner=ann, asked_by=ann)
    assert approve(note).is_approved
    assert Note.objects.get(pk=note.pk).approved_by is None


def test_of_several_steps_none_is_taken_by_the_writer(write_note, ann):
    first = WorkflowTask.objects.get(workflow__name="Note approval")
    second = GroupApprovalTask.objects.create(name="A second look")
    WorkflowTask.objects.create(workflow=first.workflow, task=second, sort_order=1)
    note = in_review(write_note, owner=ann, asked_by=None)
    with pytest.raises(OwnNoteError):
        note.current_workflow_task_state.approve(user=ann)
    assert note.current_workflow_task.name == first.task.name


def test_a_reviewer_may_ask_for_changes_of_an_own_note(write_note, ann):
    note = in_review(write_note, owner=ann, asked_by=ann)
    note.current_workflow_task_state.reject(user=ann, comment="Later.")
    assert [state.status for state in note.workflow_states.all()] == ["needs_changes"]
