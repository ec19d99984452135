"""A Word document becomes a draft with its pictures, once, and leaves nothing where it fails."""

from datetime import date

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from PIL import Image

from notes.approval import approve
from notes.content import note_content
from notes.importing import NoteFile, import_note
from notes.models import Note, Person, Photo
from tests.notes.word_files import (
    ABOUT,
    HEAD,
    SECTIONS,
    document,
    image,
    p,
    picture,
    reference,
)

pytestmark = pytest.mark.django_db

DAY = date(2025, 3, 9)


@pytest.fixture
def bring_in(twtw):
    def bring_in(content, **others):
        return import_note(NoteFile("note.docx", content), twtw, day=DAY, **others)

    return bring_in


def pictured(*, credit="An Agency"):
    """The same picture twice, with one credit and one alternative text."""
    shown = p(picture("{}", "A road")) + p(f"Photo: {credit}")
    body = HEAD + shown.format("one") + p("What happened?") + p("Something did.")
    body += shown.format("two") + SECTIONS.split("</w:p>", 2)[2] + ABOUT
    refers = (("one", "image", "media/a.png"), ("two", "image", "media/b.png"))
    return document(body, refers=refers, media={"a.png": image(), "b.png": image()})


def stored_files():
    return [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_everything_in_the_document_is_in_the_note_and_comes_out_of_it_again(bring_in):
    noted = {1: p("“A title,” An Outlet, 1 March 2025, https://example.org/a")}
    body = HEAD + p("An opening with words.", reference(1)) + SECTIONS + ABOUT
    imported = bring_in(document(body, footnotes=noted))
    assert imported.status == "new"
    assert imported.understood == (
        "Headline: Chad and Niger: A road across the desert",
        "Author: Ann Author",
        "Biographies: 1",
        "Date: 2 March 2025",
        "Sections: What happened? · What is the background? · What does it mean?",
        "Sources: 1",
        "Countries: Chad, Niger",
    )
    content = note_content(approve(imported.note))
    assert [section.heading for section in content.sections][1:] == [
        "What happened?",
        "What is the background?",
        "What does it mean?",
    ]
    assert content.authors[0].biography == "Ann Author is an example."
    assert content.sources[0].outlet == "An Outlet"


def test_a_document_that_says_hardly_anything_is_a_draft_all_the_same(bring_in):
    user = get_user_model().objects.create_user("somebody")
    note = bring_in(document(p("Only some words of text, in a sentence.")), user=user).note
    assert (note.subject, note.claim, note.date, note.owner) == ("note", "", DAY, user)
    assert not note.authors.exists()
    assert note.latest_revision.user == user


def test_the_same_picture_twice_is_kept_once(bring_in):
    note = bring_in(pictured()).note
    photo = Photo.objects.get()
    assert note.photo == photo
    assert note.body[0].value["parts"][1].value["picture"] == photo
    assert (photo.title, photo.description, photo.credit) == ("note 1", "A road", "An Agency")
    with Image.open(photo.file.path) as stored:
        assert stored.size == (40, 30)


def test_the_same_document_again_changes_nothing_and_another_credit_makes_a_new_version(bring_in):
    bring_in(pictured())
    assert bring_in(pictured()).status == "unchanged"
    assert bring_in(pictured(credit="Another Agency")).status == "changed"
    assert Note.objects.get().revisions.count() == 2
    assert {photo.credit for photo in Photo.objects.all()} == {"An Agency", "Another Agency"}


def test_what_cant_be_stored_leaves_neither_rows_nor_files(bring_in, monkeypatch):
    before = stored_files()

    def fail(*_args, **_kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(Note, "save_revision", fail)
    with pytest.raises(RuntimeError):
        bring_in(pictured())
    assert stored_files() == before
    assert not Note.objects.exists()
    assert not Person.objects.exists()
    assert not Photo.objects.exists()
