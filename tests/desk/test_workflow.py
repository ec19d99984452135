"""A note's way to approval: submitted, sent back with a comment, approved by somebody else."""

import re

import pytest
from django.core import mail
from django.urls import reverse
from wagtail.models import ModelLogEntry, TaskState

from notes.models import Note
from tests.desk.people import at_the_desk
from tests.desk.test_desk import edit, form_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db):
    """Who is at the desk, each with a browser of their own."""
    return at_the_desk()


@pytest.fixture
def note(write_note, people):
    note = write_note("Mali", approved=False)
    Note.objects.filter(pk=note.pk).update(owner=people.cora.user)
    return Note.objects.get(pk=note.pk)


def page(note, name="edit"):
    return reverse(f"wagtailsnippets_notes_note:{name}", args=[note.pk])


def submit(who, note):
    response = edit(who, note, **{"action-submit": "1"})
    assert response.status_code == 302, response.context["form"].errors


def review(who, note, action, comment=""):
    state = TaskState.objects.for_instance(note).filter(status="in_progress").get()
    address = reverse(
        "wagtailsnippets_notes_note:workflow_action", args=[note.pk, action, state.pk]
    )
    return who.post(address, {"comment": comment})


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def test_a_note_belongs_to_whoever_begins_it(people, twtw):
    form = people.cora.get(reverse("wagtailsnippets_notes_note:add")).context["form"]
    changes = {"subject": "Chad", "claim": "A lake", "date": "2025-06-29", "publication": twtw.pk}
    response = people.cora.post(
        reverse("wagtailsnippets_notes_note:add"), {**form_data(form), **changes}
    )
    assert response.status_code == 302, response.context["form"].errors
    assert Note.objects.get(subject="Chad").owner == people.cora.user


def test_editors_are_written_to_when_a_note_is_submitted_and_its_writer_is_not(people, note):
    submit(people.cora, note)
    assert {one.to[0] for one in mail.outbox} == {
        f"{name}@example.org" for name in ("ed", "eve", "ada")
    }
    one = next(one for one in mail.outbox if one.to == ["ed@example.org"])
    assert one.subject == "To be approved: Mali: A growing presence"
    assert "Cora submitted the note “Mali: A growing presence”." in one.body
    assert page(note) in one.body
    assert not re.search(r"page|snippet|moderation", one.body.replace(page(note), ""))


def test_nobody_is_asked_to_approve_what_the_command_line_approves_at_once(people, write_note):
    write_note("Thailand", approved=True)
    assert mail.outbox == []


def test_the_comment_of_who_sends_it_back_stands_on_top_of_the_form_in_the_history_and_in_a_mail(
    people, note
):
    submit(people.cora, note)
    mail.outbox.clear()
    review(people.ed, note, "reject", "Where is <the> source?")
    shown = text_of(people.cora.get(page(note)))
    assert "Ed asked for changes" in shown
    assert "Where is &lt;the&gt; source?" in shown
    assert "Change the note, and submit it again." in shown
    assert "Where is &lt;the&gt; source?" in text_of(people.cora.get(page(note, "history")))
    (one,) = mail.outbox
    assert one.to == ["cora@example.org"]
    assert one.subject == "Changes are asked for: Mali: A growing presence"
    assert "Ed asks for changes to the note “Mali: A growing presence”:" in one.body
    assert "Where is <the> source?" in one.body
    assert page(note) in one.body


def test_what_was_asked_for_stays_to_be_seen_for_the_reviewer_until_it_is_approved(people, note):
    submit(people.cora, note)
    review(people.ed, note, "reject", "Where is the source?")
    submit(people.cora, note)
    shown = text_of(people.ed.get(page(note)))
    assert "Where is the source?" in shown
    assert "It was submitted again since." in shown
    mail.outbox.clear()
    review(people.ed, note, "approve")
    assert "Where is the source?" not in text_of(people.cora.get(page(note)))
    (one,) = mail.outbox
    assert one.to == ["cora@example.org"]
    assert "is approved" in one.body


def test_who_writes_a_note_is_written_to_if_somebody_else_submitted_it(people, note):
    submit(people.eve, note)
    mail.outbox.clear()
    review(people.ed, note, "reject", "Too long.")
    assert {one.to[0] for one in mail.outbox} == {"eve@example.org", "cora@example.org"}
    submit(people.eve, note)
    mail.outbox.clear()
    review(people.ed, note, "approve")
    assert {one.to[0] for one in mail.outbox} == {"eve@example.org", "cora@example.org"}


def test_while_it_is_reviewed_its_writer_looks_and_an_editor_writes(people, note):
    submit(people.cora, note)
    assert "Only reviewers for this task can edit the note" in text_of(people.cora.get(page(note)))
    edit(people.cora, note, claim="Changed under review")
    assert (
        Note.objects.get(pk=note.pk).get_latest_revision_as_object().claim != "Changed under review"
    )
    edit(people.ed, note, claim="Put right by an editor")
    assert Note.objects.get(pk=note.pk).get_latest_revision_as_object().claim == (
        "Put right by an editor"
    )


def test_who_writes_a_note_can_take_it_back_from_review(people, note):
    submit(people.cora, note)
    edit(people.cora, note, **{"action-cancel-workflow": "1"})
    assert not Note.objects.get(pk=note.pk).workflow_in_progress


def test_an_editor_approves_and_an_edit_afterwards_needs_a_new_approval(people, note):
    submit(people.cora, note)
    review(people.ed, note, "approve")
    assert Note.objects.get(pk=note.pk).is_approved
    assert Note.objects.get(pk=note.pk).approved_by == people.ed.user
    edit(people.cora, note, claim="Changed afterwards")
    assert not Note.objects.get(pk=note.pk).is_approved
    submit(people.cora, note)
    review(people.eve, note, "approve")
    assert Note.objects.get(pk=note.pk).is_approved


@pytest.mark.parametrize("name", ["ed", "root"])
def test_nobody_approves_what_they_submitted_and_is_told_so(people, note, name):
    who = getattr(people, name)
    submit(who, note)
    shown = who.get(page(note)).content.decode()
    assert 'data-workflow-action-name="approve"' not in shown
    assert 'data-workflow-action-name="reject"' in shown
    assert "somebody else has to approve it" in shown
    home = who.get(reverse("wagtailadmin_home")).content.decode()
    assert "/reject/" in home
    assert "/approve/" not in home
    response = review(who, note, "approve")
    assert "somebody else has to approve it" in text_of(who.get(response.url))
    assert not Note.objects.get(pk=note.pk).is_approved
    edit(who, note, **{"action-workflow-action": "1", "workflow-action-name": "approve"})
    assert not Note.objects.get(pk=note.pk).is_approved
    assert not TaskState.objects.filter(status="approved").exists()
    assert not ModelLogEntry.objects.filter(action="wagtail.workflow.approve").exists()


def test_an_editor_does_not_approve_a_note_that_they_write_whoever_submitted_it(people, note):
    Note.objects.filter(pk=note.pk).update(owner=people.ed.user)
    submit(people.eve, note)
    review(people.ed, note, "approve")
    assert not Note.objects.get(pk=note.pk).is_approved


def test_a_newsroom_can_allow_it(people, note, settings):
    settings.APPROVE_OWN_NOTES = True
    submit(people.ed, note)
    assert 'data-workflow-action-name="approve"' in people.ed.get(page(note)).content.decode()
    review(people.ed, note, "approve")
    assert Note.objects.get(pk=note.pk).is_approved


def test_a_contributor_approves_nothing(people, note):
    submit(people.cora, note)
    review(people.cora, note, "approve")
    assert not Note.objects.get(pk=note.pk).is_approved


def test_a_step_of_another_note_is_not_taken_by_way_of_ones_own(people, note, write_note):
    other = write_note("Niger", approved=False)
    submit(people.cora, note)
    submit(people.eve, other)
    state = TaskState.objects.for_instance(other).get()
    address = reverse(
        "wagtailsnippets_notes_note:workflow_action", args=[note.pk, "approve", state.pk]
    )
    assert people.ed.post(address).status_code == 404
    assert not Note.objects.get(pk=other.pk).is_approved


def test_a_contributor_does_not_unlock_what_an_editor_locked(people, note):
    assert people.ed.post(page(note, "lock")).status_code == 302
    people.cora.post(page(note, "unlock"))
    assert Note.objects.get(pk=note.pk).locked_by == people.ed.user
    edit(people.cora, note, claim="Changed though locked")
    assert Note.objects.get(pk=note.pk).get_latest_revision_as_object().claim != (
        "Changed though locked"
    )


def test_a_contributor_deletes_a_draft_until_it_is_submitted_or_was_approved(people, note):
    submit(people.cora, note)
    people.cora.post(page(note, "delete"))
    review(people.ed, note, "approve")
    people.cora.post(page(note, "delete"))
    assert Note.objects.filter(pk=note.pk).exists()


def test_a_contributor_deletes_an_own_draft(people, note):
    assert (
        page(note, "delete")
        in people.cora.get(reverse("wagtailsnippets_notes_note:list")).content.decode()
    )
    people.cora.post(page(note, "delete"))
    assert not Note.objects.filter(pk=note.pk).exists()


def test_a_mail_that_can_not_be_handed_over_stops_nothing_and_no_address_is_logged(
    people, note, settings, caplog
):
    settings.EMAIL_BACKEND = "delivery.desk_mail.EmailBackend"
    settings.DELIVERY_TRANSPORT = "nonsense"
    submit(people.cora, note)
    assert Note.objects.get(pk=note.pk).workflow_in_progress
    assert "Failed to send notification email" in caplog.text
    assert "@example.org" not in caplog.text
