"""An edit of anything that an approval is bound to takes it back at once, whoever makes it."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from PIL import Image

from issues.approval import approval_in_force, approve_issue, take_back_approval
from issues.assembling import assemble, move_to_week
from issues.changes import void_what_changed
from issues.models import Approval
from notes.approval import approve
from notes.models import Note, NoteSource, Person, Photo

pytestmark = pytest.mark.django_db
# What is done once a transaction is committed, and not before, is only seen in real ones.
really = pytest.mark.django_db(transaction=True)


@pytest.fixture
def issue(twtw, write_note):
    """Approved, with two notes; the second has a picture and a source."""
    write_note("Mali")
    note = write_note("Nile", author="B. Author")
    picture = BytesIO()
    Image.new("RGB", (900, 600), "#4a6fa5").save(picture, "PNG")
    file = SimpleUploadedFile("river.png", picture.getvalue(), "image/png")
    note.photo = Photo.objects.create(title="River", description="A river", file=file)
    note.sources = [NoteSource(outlet="An Outlet", title="The treaty")]
    note.save_revision()
    approve(note)
    made = assemble(twtw, date(2025, 6, 29)).issue
    approve_issue(made, "An Editor")
    return made


def write(thing, **words):
    for name, value in words.items():
        setattr(thing, name, value)
    thing.save()


def edit(note, **words):
    """As the form at the desk does: a draft, whose words are not approved."""
    for name, value in words.items():
        setattr(note, name, value)
    note.save_revision()


def edit_and_approve(note, **words):
    edit(note, **words)
    approve(note)


def note_of(issue, subject="Nile"):
    return Note.objects.get(entries__issue=issue, subject=subject)


CHANGES = {
    "a draft of a note": lambda issue: edit(note_of(issue), claim="Another claim"),
    "a note approved anew": lambda issue: edit_and_approve(note_of(issue), claim="Another claim"),
    "a note moved to another week": lambda issue: move_to_week(note_of(issue), date(2025, 7, 6)),
    "an author's name": lambda issue: write(Person.objects.named("B. Author"), name="B. Writer"),
    "a picture's text": lambda issue: write(Photo.objects.get(), description="A flood"),
    "a picture deleted": lambda issue: Photo.objects.get().delete(),
    "a source": lambda issue: write(NoteSource.objects.get(), title="Another treaty"),
    "the subject line": lambda issue: write(issue, subject_line="Another subject"),
    "the preview text": lambda issue: write(issue, preview_text="Another one"),
    "the introduction": lambda issue: write(issue, introduction="New words."),
    "who gets it": lambda issue: write(issue, segment="region Africa"),
    "the cover": lambda issue: write(issue, cover=Photo.objects.get()),
    "a note taken out": lambda issue: issue.entries.first().delete(),
    "the order": lambda issue: write(issue.entries.first(), position=9),
    "the serial": lambda issue: write(issue.taken_serials.get(), serial=330),
    "the date": lambda issue: write(issue, date=date(2025, 7, 6)),
    "the volume": lambda issue: write(issue.volume, number=issue.volume.number + 10),
    "the publication's name": lambda issue: write(issue.publication, name="The Week"),
    "the postal address": lambda issue: write(issue.publication, postal_address="2 Sample Road"),
    "the colour": lambda issue: write(issue.publication, colour="#123456"),
    "the look": lambda issue: write(issue.publication, template_set="digest"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_it_takes_the_approval_back_at_once(issue, change, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        change(issue)
    assert approval_in_force(issue) is None
    assert Approval.objects.get().void_reason


def test_a_publication_that_its_segment_names_and_that_is_renamed_takes_it_back_too(
    twtw, alerts, write_note, django_capture_on_commit_callbacks
):
    made = assemble(twtw, write_note().date).issue
    write(made, segment="does not get GP Alerts")
    approve_issue(made, "An Editor")
    with django_capture_on_commit_callbacks(execute=True):
        write(alerts, name="GP Flashes")
    assert approval_in_force(made) is None
    assert "no publication “GP Alerts”" in Approval.objects.get().void_reason


SAME = {
    "a note of no issue": lambda issue: edit(Note.objects.get(subject="Oslo"), claim="Anything"),
    "a person of no note": lambda issue: Person.objects.create(name="C. Author"),
    "a save that changes nothing": lambda issue: write(issue.publication),
    "a revision of the same words": lambda issue: note_of(issue).save_revision(),
    "the hour, which the approval has its own of": lambda issue: write(
        issue.publication, hour="09:00"
    ),
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME.keys())
def test_what_no_reader_would_see_leaves_it_in_force(
    issue, write_note, change, django_capture_on_commit_callbacks
):
    write_note("Oslo")
    with django_capture_on_commit_callbacks(execute=True):
        change(issue)
    assert approval_in_force(issue) is not None


@really
def test_it_is_taken_back_with_the_transaction_of_the_edit_and_not_before(issue):
    with transaction.atomic():
        write(issue, introduction="New words.")
        assert approval_in_force(issue) is not None
    assert approval_in_force(issue) is None


@really
def test_an_edit_that_is_rolled_back_changes_nothing(issue):
    with transaction.atomic():
        write(issue, introduction="New words.")
        transaction.set_rollback(True)
    assert approval_in_force(issue) is not None


@really
def test_however_much_is_written_in_a_transaction_it_is_looked_at_once(issue):
    with transaction.atomic():
        for position, entry in enumerate(issue.entries.all(), start=5):
            write(entry, position=position)
        write(issue, introduction="New words.")
        looks = [done for _, done, _ in connection.run_on_commit if done is void_what_changed]
    assert len(looks) == 1


@really
def test_what_is_published_keeps_its_approval(issue):
    write(issue, published_at="2025-06-29T02:30Z")
    edit(note_of(issue), claim="Corrected afterwards")
    assert approval_in_force(issue) is not None


@really
def test_what_was_changed_while_it_was_approved_takes_the_approval_back(issue):
    with transaction.atomic():
        take_back_approval(issue, "An Editor")
        approve_issue(issue, "An Editor")
        # As somebody else's transaction would, which ends before this one.
        Photo.objects.update(description="A flood")
    assert approval_in_force(issue) is None
