"""Importing stores a note once, as a draft, whole or not at all."""

import threading
from datetime import date

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from PIL import Image

from notes.approval import approve
from notes.content import note_content
from notes.importing import NoteFormatError, import_note, import_notes
from notes.models import Biography, Note, Person, PersonAlias, Photo
from tests.notes.pages import SECTIONS, page
from tests.notes.test_markdown import FRONT, markdown
from tests.optional import shared

pytestmark = pytest.mark.django_db

MORE = """schema: Free form
countries: [Chad, Niger]
photo: road.png
photo_alt: A road
photo_credit: An Agency
sources:
  - outlet: A Paper
    title: A road
    url: https://example.org/
    published: 2025-03-01"""
BODY = """An opening.

## A heading

Text with **bold** words.

> Said so.
>
> — A Speaker

| Place | Year |
|---|---|
| Doha | 2008 |

![Another road](sub/other.png "Another Agency")
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with two pictures."""
    (tmp_path / "sub").mkdir()
    Image.new("RGB", (40, 30), "red").save(tmp_path / "road.png")
    Image.new("RGB", (40, 30), "blue").save(tmp_path / "sub" / "other.png")
    return tmp_path


@pytest.fixture
def bring_in(folder, twtw):
    """Writes a file and imports it."""

    def bring_in(text, name="note.md"):
        (folder / name).write_text(text, encoding="utf-8")
        return import_note(folder / name, twtw)

    return bring_in


def stored_files():
    return sorted(path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file())


class TestANewNote:
    def test_everything_that_the_file_says_is_in_the_note(self, bring_in):
        imported = bring_in(markdown(more=MORE, body=BODY))
        assert imported.status == "new"
        note = Note.objects.get()
        assert str(note) == "Chad and Niger: A road across the desert"
        assert note.date == date(2025, 3, 2)
        assert note.schema.name == "Free form"
        assert {country.code for country in note.countries} == {"TD", "NE"}
        assert (note.photo.description, note.photo.credit) == ("A road", "An Agency")
        assert [str(source) for source in note.sources.all()] == ["A Paper: A road"]
        opening, section = [block.value for block in note.body]
        assert opening["heading"] == ""
        assert [part.block_type for part in section["parts"]] == [
            "text",
            "quote",
            "table",
            "figure",
        ]
        assert section["parts"][0].value.source == "<p>Text with <b>bold</b> words.</p>"
        assert section["parts"][3].value["picture"].credit == "Another Agency"

    def test_it_is_a_draft_whose_revision_and_row_say_the_same(self, bring_in):
        note = bring_in(markdown(more=MORE, body=BODY)).note
        assert not note.is_approved
        assert not note.live
        draft = note.get_latest_revision_as_object()
        assert draft.body.get_prep_value() == Note.objects.get().body.get_prep_value()
        assert [entry.person.name for entry in draft.authors.all()] == ["Ann Author"]

    def test_approving_it_keeps_every_part(self, bring_in):
        note = bring_in(markdown(more=MORE, body=BODY)).note
        before = note.body.get_prep_value()
        approve(Note.objects.get())
        after = Note.objects.get()
        assert after.is_approved
        assert after.body.get_prep_value() == before
        assert after.sources.count() == after.authors.count() == 1

    def test_a_page_keeps_the_issue_line_that_it_was_printed_under(self, twtw):
        path = shared("seeds/twtw_note_317.txt")
        note = import_note(path, twtw).note
        assert note.printed_under == "The World This Week #317 Vol 7, No 26, 29 June 2025"
        assert note.schema.name == "Three questions"
        assert note.photo_source == "AFP/BBC"


class TestImportingAgain:
    def test_the_same_file_makes_one_note_and_no_new_revision(self, bring_in):
        first = bring_in(markdown(more=MORE, body=BODY))
        again = bring_in(markdown(more=MORE, body=BODY))
        assert again.status == "unchanged"
        assert again.note == first.note
        assert Note.objects.count() == 1
        assert again.note.revisions.count() == 1
        assert Photo.objects.count() == 2

    def test_the_same_note_in_another_file_or_spelling_of_its_headline_is_the_same(self, bring_in):
        first = bring_in(markdown())
        other = markdown(front=FRONT.replace("Chad and Niger", "CHAD and  Niger"))
        again = bring_in(other, "copy.md")
        assert (again.note, again.status) == (first.note, "changed")

    def test_a_changed_file_changes_a_draft_that_nobody_has_approved(self, bring_in):
        bring_in(markdown())
        changed = bring_in(markdown(body="## A heading\n\nOther words."))
        assert changed.status == "changed"
        note = Note.objects.get()
        assert note.body[0].value["heading"] == "A heading"
        assert note.authors.count() == 1
        assert bring_in(markdown(body="## A heading\n\nOther words.")).status == "unchanged"

    def test_a_changed_file_takes_the_approval_away_and_leaves_the_approved_words(self, bring_in):
        approve(bring_in(markdown(front=f"{FRONT}\nphoto_source: AFP")).note)
        changed = bring_in(
            markdown(
                front=f"{FRONT}\nphoto_source: BBC".replace(
                    "Ann Author", "[Bo Writer, Ann Author]"
                ),
            )
        )
        note = Note.objects.get()
        assert changed.status == "changed"
        assert not note.is_approved
        assert note.photo_source == "AFP"
        assert [person.name for person in note.authors_in_order()] == ["Ann Author"]
        approved_again = approve(note)
        assert approved_again.photo_source == "BBC"
        assert [person.name for person in Note.objects.get().authors_in_order()] == [
            "Bo Writer",
            "Ann Author",
        ]

    def test_a_change_while_an_editor_is_looking_is_what_the_editor_then_approves(self, bring_in):
        note = bring_in(markdown()).note
        note.get_workflow().start(note, None)
        bring_in(markdown(body="## A heading\n\nOther words."))
        approved = approve(Note.objects.get())
        assert approved.is_approved
        assert approved.body[0].value["heading"] == "A heading"

    def test_words_that_were_edited_at_the_desk_are_reported_and_kept_in_the_history(
        self, bring_in
    ):
        note = bring_in(markdown()).note
        editor = get_user_model().objects.create_user("editor")
        note.claim = "As edited at the desk"
        note.save_revision(user=editor)
        changed = bring_in(markdown(body="## A heading\n\nOther words."))
        assert any("edited at the desk" in warning for warning in changed.warnings)
        assert [revision.as_object().claim for revision in note.revisions.order_by("pk")] == [
            "A road across the desert",
            "As edited at the desk",
            "A road across the desert",
        ]

    def test_the_same_headline_for_another_publication_or_day_is_another_note(
        self, bring_in, folder, alerts
    ):
        bring_in(markdown())
        bring_in(markdown(front=FRONT.replace("2025-03-02", "2025-03-09")))
        import_note(folder / "note.md", alerts)
        assert Note.objects.count() == 3


class TestPeople:
    def test_a_person_is_found_in_any_spelling(self, bring_in):
        person = Person.objects.create(name="Anne Author")
        PersonAlias.objects.create(person=person, name="Ann Author")
        bring_in(page(author="Ann. Author"), "note.txt")
        assert Note.objects.get().authors_in_order() == [person]

    def test_a_new_person_whose_name_is_nearly_a_known_one_is_reported(self, bring_in):
        Person.objects.create(name="Padma Anandhan")
        imported = bring_in(page(author="Padma Anandan", about=""), "note.txt")
        assert any("is it Padma Anandhan, spelt" in warning for warning in imported.warnings)

    def test_two_spellings_of_one_person_in_a_byline_stand_once(self, bring_in):
        person = Person.objects.create(name="Anne Author")
        PersonAlias.objects.create(person=person, name="Ann Author")
        imported = bring_in(page(author="Anne Author and Ann Author", about=""), "note.txt")
        assert Note.objects.get().authors_in_order() == [person]
        assert any("is in the byline already" in warning for warning in imported.warnings)

    def test_what_a_draft_says_of_its_author_stands_with_the_draft_alone(self, bring_in):
        """It must not change what notes print that were approved or published before."""
        before = approve(bring_in(page(date="9 March 2025", about=""), "note.txt").note)
        draft = bring_in(page(), "draft.txt").note
        assert not Biography.objects.exists()
        assert note_content(before).authors[0].biography == ""
        assert note_content(draft).authors[0].biography == "Ann Author is an example."

    def test_with_the_approval_it_is_known_from_the_notes_day_on(self, bring_in):
        approve(bring_in(page(), "note.txt").note)
        (biography,) = Biography.objects.all()
        assert biography.text == "Ann Author is an example."
        assert biography.valid_from == date(2025, 3, 2)
        later = bring_in(page(date="9 March 2025", about=""), "later.txt").note
        assert note_content(later).authors[0].biography == "Ann Author is an example."

    def test_a_later_note_with_another_biography_adds_one_and_keeps_the_old(self, bring_in):
        about = "About the Author\nAnn Author has moved on."
        approve(bring_in(page(), "note.txt").note)
        approve(bring_in(page(date="9 March 2025", about=about), "later.txt").note)
        person = Person.objects.get()
        assert person.biography_on(date(2025, 3, 8)).text == "Ann Author is an example."
        assert person.biography_on(date(2025, 3, 9)).text == "Ann Author has moved on."

    def test_an_earlier_note_with_another_biography_changes_what_is_known_by_none(self, bring_in):
        about = "About the Author\nAnn Author studies."
        approve(bring_in(page(), "note.txt").note)
        earlier = approve(bring_in(page(date="23 February 2025", about=about), "earlier.txt").note)
        assert Biography.objects.count() == 1
        assert note_content(earlier).authors[0].biography == "Ann Author studies."

    def test_the_same_biography_is_kept_once(self, bring_in):
        approve(bring_in(page(), "note.txt").note)
        approve(bring_in(page(date="9 March 2025"), "later.txt").note)
        assert Biography.objects.count() == 1


class TestPictures:
    def test_a_phones_jpeg_with_small_pictures_behind_it_is_a_jpeg(self, bring_in, folder):
        small = Image.new("RGB", (20, 15), "red")
        Image.new("RGB", (40, 30), "red").save(
            folder / "road.png", format="MPO", save_all=True, append_images=[small]
        )
        photo = bring_in(markdown(more=MORE)).note.photo
        assert photo.file.name.endswith(".jpg")
        assert (photo.width, photo.height) == (40, 30)

    def test_the_same_picture_with_the_same_words_is_kept_once(self, bring_in):
        bring_in(markdown(more=MORE))
        bring_in(markdown(front=FRONT.replace("2025-03-02", "2025-03-09"), more=MORE), "b.md")
        assert Photo.objects.count() == 1

    def test_other_words_beside_a_picture_leave_those_of_other_notes_alone(self, bring_in):
        approved = approve(bring_in(markdown(more=MORE)).note)
        bring_in(markdown(more=MORE.replace("A road\n", "A long road\n", 1)))
        approved.refresh_from_db()
        assert approved.photo.description == "A road"
        assert Note.objects.get().get_latest_revision_as_object().photo.description == "A long road"

    @pytest.mark.parametrize(
        ("file", "sentence"),
        [
            ("none.png", "was not found; put it beside the note."),
            ("../road.png", "is outside of the note's folder; put it beside the note."),
            ("/etc/hostname", "is outside of the note's folder; put it beside the note."),
            ("sub", "was not found; put it beside the note."),
            ("https://example.org/a.png", "is on the web; save it beside the note and name the"),
            ("note.md", "is damaged or no picture; JPEG, PNG, WebP and GIF are known."),
            ("cut.png", "is damaged or no picture; JPEG, PNG, WebP and GIF are known."),
            ("bomb.png", "has more than 40 million pixels; make it smaller."),
            ("huge.png", "has more than 40 million pixels; make it smaller."),
            ("large.png", "has more than 10 MB; make it smaller."),
        ],
    )
    def test_what_is_no_picture_is_refused_with_its_line(self, bring_in, folder, file, sentence):
        whole = (folder / "road.png").read_bytes()
        (folder / "cut.png").write_bytes(whole[: len(whole) - 30])
        Image.new("1", (8000, 6000)).save(folder / "bomb.png")
        # Pillow warns of so many by itself, and pytest makes an error of a warning.
        Image.new("1", (10_000, 9_000)).save(folder / "huge.png")
        (folder / "large.png").write_bytes(whole + b"\x00" * 10_000_000)
        with pytest.raises(NoteFormatError) as caught:
            bring_in(markdown(more=f"photo: {file}"))
        assert str(caught.value).startswith(f"note.md, line 6: the picture {file} {sentence}")
        assert not Note.objects.exists()


class TestNothingHalfDone:
    def test_a_file_that_is_no_note_stops_all_before_the_first_is_stored(self, folder, twtw):
        (folder / "a.md").write_text(markdown(more=MORE))
        (folder / "b.md").write_text("no note")
        with pytest.raises(NoteFormatError, match=r"^b\.md"):
            import_notes([folder / "a.md", folder / "b.md"], twtw)
        assert not Note.objects.exists()
        assert not Person.objects.exists()
        assert not Photo.objects.exists()

    def test_two_files_with_one_headline_and_other_words_are_told_apart(self, folder, twtw):
        (folder / "a.md").write_text(markdown())
        (folder / "b.md").write_text(markdown(body="Other words."))
        with pytest.raises(NoteFormatError, match=r"^b\.md: it has the headline .* of a\.md"):
            import_notes([folder / "a.md", folder / "b.md"], twtw)
        assert not Note.objects.exists()

    def test_one_file_named_twice_makes_one_note(self, folder, twtw):
        (folder / "a.md").write_text(markdown())
        imported = import_notes([folder / "a.md"] * 2, twtw)
        assert [one.status for one in imported] == ["new", "unchanged"]

    def test_an_unknown_schema_is_refused_with_those_that_are_known(self, bring_in):
        with pytest.raises(
            NoteFormatError, match="`schema: Three question` is unknown; write Three"
        ):
            bring_in(markdown(more="schema: Three question"))

    def test_a_failure_while_storing_leaves_no_row_and_no_file(self, bring_in, twtw):
        before = stored_files()
        twtw.delete()
        with pytest.raises(ValueError, match="unsaved related object"):
            bring_in(markdown(more=MORE))
        assert not Person.objects.exists()
        assert not Photo.objects.exists()
        assert stored_files() == before


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_file_at_once_make_one_note(folder, twtw):
    (folder / "note.md").write_text(markdown(more=MORE, body=BODY))
    start, outcomes = threading.Barrier(2), []

    def bring_in():
        try:
            start.wait()
            outcomes.append(import_note(folder / "note.md", twtw).status)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring_in) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["new", "unchanged"]
    assert Note.objects.count() == Person.objects.count() == 1
    assert Photo.objects.count() == 2


def test_the_real_page_is_imported_once_and_then_unchanged(twtw):
    path = shared("seeds/twtw_note_317.txt")
    assert [import_note(path, twtw).status for _ in range(2)] == ["new", "unchanged"]


def test_the_page_of_the_tests_has_the_three_questions(bring_in):
    note = bring_in(page(sections=SECTIONS), "note.txt").note
    assert [block.value["heading"] for block in note.body] == note.schema.headings_in_order()
