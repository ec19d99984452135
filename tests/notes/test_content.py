"""A note as plain values: the row's words, each author's biography of that day, its pictures."""

from datetime import date

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image

from notes.content import NoteContentError, note_content
from notes.importing import import_note
from notes.models import Biography, Note, Person, Photo
from rendering.content import (
    Figure,
    Quote,
    Section,
    Source,
    Table,
    Takeaway,
    Takeaways,
    Text,
)
from tests.notes.test_importing import BODY, MORE
from tests.notes.test_markdown import FRONT, markdown

pytestmark = pytest.mark.django_db


@pytest.fixture
def bring_in(tmp_path, twtw):
    """Imports a note with its pictures, which are of the given size."""

    def bring_in(text, *, size=(1600, 900), form="PNG"):
        (tmp_path / "sub").mkdir()
        picture = Image.radial_gradient("L").resize(size).convert("RGB")
        for file in ("road.png", "sub/other.png"):
            picture.save(tmp_path / file, form)
            picture = Image.new("RGB", size, "teal")
        (tmp_path / "note.md").write_text(text, encoding="utf-8")
        return import_note(tmp_path / "note.md", twtw).note

    return bring_in


def size_of(url):
    path = settings.MEDIA_ROOT / url.removeprefix(f"{settings.SITE_URL}/media/")
    with Image.open(path) as image:
        return image.size


def test_every_part_of_the_body_becomes_a_value(bring_in):
    content = note_content(bring_in(markdown(more=MORE, body=BODY)))
    opening, section = content.sections
    assert opening == Section("", (Text("<p>An opening.</p>"),))
    assert section.heading == "A heading"
    text, quote, table, figure = section.parts
    assert text == Text("<p>Text with <b>bold</b> words.</p>")
    assert quote == Quote("Said so.", "A Speaker")
    assert table == Table(("Place", "Year"), (("Doha", "2008"),), "")
    assert isinstance(figure, Figure)
    assert (figure.picture.alt, figure.picture.credit) == ("Another road", "Another Agency")


def test_numbered_points_under_a_heading_that_announces_them_are_takeaways(bring_in):
    body = "## Two takeaways\n\n1. **It is long.** And dry.\n2. **It is *open*.**\n"
    (section,) = note_content(bring_in(markdown(body=body))).sections
    assert section == Section(
        "Two takeaways",
        (Takeaways((Takeaway("It is long.", "<p>And dry.</p>"), Takeaway("It is open.", ""))),),
    )


def test_headline_countries_sources_and_address(bring_in):
    note = bring_in(markdown(more=MORE))
    content = note_content(note)
    assert (content.subject, content.claim) == ("Chad and Niger", "A road across the desert")
    assert content.countries == ("Chad", "Niger")
    assert content.sources == (
        Source("A Paper", "A road", "https://example.org/", date(2025, 3, 1)),
    )
    assert content.url == settings.SITE_URL + reverse("archive:note", args=[note.slug])


def test_authors_have_the_biography_of_the_notes_day(write_note):
    note = write_note(author="Ann Author", day=date(2025, 6, 29))
    person = Person.objects.get()
    for day, text in ((date(2024, 1, 1), "Studied."), (date(2025, 7, 1), "Moved on.")):
        Biography.objects.create(person=person, valid_from=day, text=text, affiliation="There")
    (author,) = note_content(note).authors
    assert (author.name, author.biography, author.affiliation) == (
        "Ann Author",
        "Studied.",
        "There",
    )


def test_an_author_without_a_biography_has_an_empty_one(bring_in):
    (author,) = note_content(bring_in(markdown())).authors
    assert (author.name, author.biography) == ("Ann Author", "")


def test_the_words_are_the_rows_and_not_the_drafts(write_note):
    note = write_note(claim="As approved")
    note.claim = "As edited"
    note.save_revision()
    assert note_content(Note.objects.get()).claim == "As approved"


def test_a_picture_comes_in_the_mails_width_and_in_twice_that(bring_in):
    photo = note_content(bring_in(markdown(more=MORE))).photo
    assert (photo.width, photo.height) == (560, 315)
    assert photo.url.startswith(f"{settings.SITE_URL}/media/")
    assert size_of(photo.url) == (560, 315)
    assert size_of(photo.url_2x) == (1120, 630)
    assert (photo.alt, photo.credit, photo.ai_generated) == ("A road", "An Agency", False)


def test_a_small_picture_is_not_made_larger(bring_in):
    photo = note_content(bring_in(markdown(more=MORE), size=(700, 350))).photo
    assert (photo.width, photo.height) == (560, 280)
    assert size_of(photo.url_2x) == (700, 350)


def test_a_photograph_goes_out_as_jpeg_and_a_flat_drawing_stays_png(bring_in):
    content = note_content(bring_in(markdown(more=MORE, body=BODY)))
    figure = content.sections[1].parts[3].picture
    assert content.photo.url.endswith(".jpg")
    assert figure.url.endswith(".png")
    assert figure.url_2x.endswith(".png")


def test_a_jpeg_stays_one_whatever_its_file_was_called(bring_in):
    note = bring_in(markdown(more=MORE), form="JPEG")
    assert note.photo.file.name.endswith(".jpg")
    assert note_content(note).photo.url_2x.endswith(".jpg")


def test_a_figure_whose_picture_was_deleted_is_left_out(bring_in):
    bring_in(markdown(more=MORE, body=BODY))
    Photo.objects.get(credit="Another Agency").delete()
    section = note_content(Note.objects.get()).sections[1]
    assert [type(part) for part in section.parts] == [Text, Quote, Table]


def test_a_picture_whose_file_is_lost_is_named_in_a_sentence(bring_in):
    note = bring_in(markdown(more=MORE), size=(900, 500))  # of no other test: sizes are cached
    note.photo.file.storage.delete(note.photo.file.name)
    with pytest.raises(NoteContentError, match="The picture “road” of “Chad and Niger: A road"):
        note_content(note)


def test_a_picture_whose_file_is_damaged_is_named_in_a_sentence(bring_in):
    note = bring_in(markdown(more=MORE), size=(901, 500))  # of no other test: sizes are cached
    storage, name = note.photo.file.storage, note.photo.file.name
    storage.delete(name)
    storage.save(name, ContentFile(b"\x89PNG no more"))
    with pytest.raises(NoteContentError, match="can't be read; choose it again at the desk"):
        note_content(note)


def test_a_table_without_a_header_is_rows_only(write_note, twtw):
    note = write_note()
    table = {
        "data": [["a", None], ["b", "c"]],
        "first_row_is_table_header": False,
        "first_col_is_header": True,
        "table_caption": "Letters",
    }
    note.body = [("section", {"heading": "", "parts": [("table", table)]})]
    (section,) = note_content(note).sections
    assert section.parts == (Table((), (("a", ""), ("b", "c")), "Letters", True),)


def test_a_note_without_a_picture_keeps_the_source_that_the_page_named(bring_in):
    content = note_content(bring_in(markdown(front=f"{FRONT}\nphoto_source: AFP")))
    assert content.photo is None
    assert content.photo_source == "AFP"
