"""A note as its readers would see it, saved or not, whatever is missing of it."""

from datetime import date

import pytest
from wagtail.images.tests.utils import get_test_image_file

from notes.models import Biography, Note, NoteAuthor, Person, Photo
from tests.desk.notes.forms import address, filled

pytestmark = pytest.mark.django_db

MODES = ["mail", "phone", "text", "web"]


def preview(client, data, mode, note=None):
    """Send the form as the page does while one types, and ask for the preview."""
    where = address("preview_on_edit", note.pk) if note else address("preview_on_add")
    client.post(where, data)
    response = client.get(where, {"mode": mode, "in_preview_panel": "true"})
    assert response.status_code == 200
    return response


@pytest.mark.parametrize("mode", MODES)
def test_words_that_nobody_saved_are_shown_in_each_mode(ann, write_note, mode):
    note = write_note()
    response = preview(ann, filled(ann, note, claim="Typed & not saved"), mode, note)
    # The mail on a phone is a page in a page, and the plain text stands on one.
    assert "not saved" in response.content.decode()
    assert "Something happened." in response.content.decode()
    assert Note.objects.get(pk=note.pk).claim == "A growing presence"


@pytest.mark.parametrize("mode", MODES)
def test_a_new_note_without_anything_has_a_preview(ann, twtw, mode):
    assert "World This Week" in preview(ann, filled(ann), mode).content.decode()


@pytest.mark.parametrize("mode", MODES)
def test_what_is_only_begun_is_left_out(ann, write_note, mode):
    note = write_note(author="Ayan Datta", approved=False)
    half = {
        "body-1-value-parts-0-type": "table",
        "body-1-value-parts-0-value": "null",
        "body-2-value-parts-0-value": "null",
        "authors-0-person": "",
        "claim": "",
    }
    html = preview(ann, {**filled(ann, note), **half}, mode, note).content.decode()
    assert "Something happened." in html
    assert "Ayan Datta" not in html


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"publication": ""}, "Choose the publication"),
        ({"date": ""}, "Write the note’s date."),
    ],
)
def test_what_a_preview_needs_is_said_in_a_sentence(ann, write_note, changes, sentence):
    note = write_note()
    assert sentence in preview(ann, filled(ann, note, **changes), "mail", note).content.decode()


def test_a_form_that_cannot_be_read_leaves_the_last_preview(ann, write_note):
    note = write_note()
    preview(ann, filled(ann, note, claim="Read last"), "mail", note)
    assert (
        "Read last" in preview(ann, filled(ann, note, date="soon"), "mail", note).content.decode()
    )


def test_a_picture_that_is_lost_is_named(ann, write_note):
    note = write_note(approved=False)
    photo = Photo.objects.create(title="The harbour", file=get_test_image_file())
    photo.file.storage.delete(photo.file.name)
    html = preview(ann, filled(ann, note, photo=photo.pk), "mail", note).content.decode()
    assert "The picture “The harbour”" in html


def test_a_picture_comes_from_where_the_desk_is(ann, write_note, settings):
    settings.SITE_URL = "https://weekly.newsroom.example"
    photo = Photo.objects.create(title="The harbour", file=get_test_image_file())
    note = write_note(approved=False)
    html = preview(ann, filled(ann, note, photo=photo.pk), "mail", note).content.decode()
    assert 'src="/media/images/' in html


def test_the_biography_is_that_of_the_day_in_the_form(ann, write_note):
    note = write_note(author="Ayan Datta")
    person = Person.objects.get(name="Ayan Datta")
    Biography.objects.create(person=person, valid_from=date(2026, 1, 1), text="A professor now.")
    assert (
        "A professor now."
        in preview(ann, filled(ann, note, date="2026-06-07"), "web", note).content.decode()
    )


@pytest.mark.parametrize("mode", MODES)
def test_a_preview_runs_nothing_leads_nobody_away_and_is_kept_by_no_cache(ann, write_note, mode):
    note = write_note(text='<p><a href="https://news.example/">Gold</a></p>')
    response = preview(ann, filled(ann, note), mode, note)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "no-store" in response["Cache-Control"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    html = response.content.decode()
    assert mode == "text" or "_blank" in html
    assert "[%" not in html


def test_an_unknown_mode_is_no_page(ann, write_note):
    note = write_note()
    assert ann.get(address("preview_on_edit", note.pk), {"mode": "x"}).status_code == 404


def test_old_versions_and_what_a_reviewer_is_asked_about_are_shown_likewise(ann, write_note):
    note = write_note(approved=False, claim="As submitted")
    ann.post(address("edit", note.pk), filled(ann, note, **{"action-submit": "1"}))
    note = Note.objects.get(pk=note.pk)
    state = note.current_workflow_task_state
    for where in (
        address("revisions_view", note.pk, note.latest_revision_id),
        address("workflow_preview", note.pk, state.task_id),
    ):
        response = ann.get(where)
        assert "As submitted" in response.content.decode()
        assert "sandbox" in response["Content-Security-Policy"]


def test_a_byline_of_two_is_shown_in_the_order_of_the_form(ann, write_note):
    note = write_note(author="Ayan Datta", approved=False)
    bea = Person.objects.create(name="Bea Author")
    note.authors = [*note.authors.all(), NoteAuthor(person=bea, sort_order=1)]
    note.save()
    note.save_revision()
    data = filled(ann, note, **{"authors-0-ORDER": "2", "authors-1-ORDER": "1"})
    html = preview(ann, data, "web", note).content.decode()
    assert html.index("Bea Author") < html.index("Ayan Datta")
