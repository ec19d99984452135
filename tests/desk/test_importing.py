"""Import at the desk: each file becomes a draft of whoever brings it, or is refused alone."""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from desk.importing.uploads import MOST_FILES
from notes.models import Note, Person, Photo
from tests.desk.people import at_the_desk
from tests.notes.pages import page
from tests.notes.test_markdown import markdown
from tests.notes.word_files import ABOUT, HEAD, SECTIONS, document, image, p, picture

pytestmark = pytest.mark.django_db

FORM, DONE = "/desk/note-import/", "/desk/note-import/done/"


@pytest.fixture
def people(twtw):
    return at_the_desk()


@pytest.fixture
def bring(twtw):
    """Imports files by name; the page that is then shown."""

    def bring(somebody, **files):
        sent = [SimpleUploadedFile(name, content) for name, content in files.items()]
        answer = somebody.post(FORM, {"publication": twtw.pk, "files": sent}, follow=True)
        assert answer.status_code == 200
        return answer

    return bring


def results(answer):
    return answer.context["results"]


def stored_files():
    return [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_the_list_of_notes_and_the_menu_lead_to_it(people):
    listed = people.cora.get(reverse("wagtailsnippets_notes_note:list")).content.decode()
    assert FORM in listed
    assert "Files with notes" in people.cora.get(FORM).content.decode()


def test_several_files_of_several_kinds_become_drafts_of_whoever_brings_them(people, bring):
    answer = bring(
        people.cora,
        **{
            "word.docx": document(),
            "other.md": markdown(
                front="subject: Mali\nclaim: B\ndate: 2025-03-09\nauthor: Bo W"
            ).encode(),
            "page.txt": page(headline="Niger:\nA page").encode(),
        },
    )
    assert [one["file"] for one in results(answer)] == ["word.docx", "other.md", "page.txt"]
    notes = Note.objects.all()
    assert {note.owner for note in notes} == {people.cora.user}
    assert {note.latest_revision.user for note in notes} == {people.cora.user}
    assert not any(note.is_approved or note.live for note in notes)
    content = answer.content.decode()
    for note in notes:
        assert reverse("wagtailsnippets_notes_note:edit", args=[note.pk]) in content


def test_the_page_says_what_was_understood_and_what_needs_a_look(people, bring):
    body = p("A road across the desert", style="Title") + SECTIONS + ABOUT
    content = bring(people.cora, **{"word.docx": document(body)}).content.decode()
    assert "Sections: What happened? · What is the background? · What does it mean?" in content
    assert "The headline has one part; write what the note claims" in content
    assert "No countries are named" in content


def test_the_draft_opens_in_the_editor_of_whoever_brought_it(people, bring):
    body = HEAD.replace("Chad and Niger: ", "") + p(picture("p")) + p("One opening paragraph.")
    refers = (("p", "image", "media/a.png"),)
    bring(people.cora, **{"a.docx": document(body, refers=refers, media={"a.png": image()})})
    address = reverse("wagtailsnippets_notes_note:edit", args=[Note.objects.get().pk])
    assert people.cora.get(address).status_code == 200
    assert people.carl.get(address).status_code != 200


def test_a_word_document_without_a_date_is_for_the_next_issue(people, bring, twtw):
    from django.utils import timezone

    from issues.assembling import next_issue_day

    day = next_issue_day(twtw, timezone.now())
    bring(people.cora, **{"word.docx": document(p("Mali: A claim", style="Title") + SECTIONS)})
    assert Note.objects.get().date == day


def test_one_bad_file_does_not_keep_the_others_out(people, bring):
    answer = bring(people.cora, **{"bad.docx": b"%PDF-1.7", "good.docx": document()})
    bad, good = results(answer)
    assert bad["refused"].startswith("this is a PDF and no Word document")
    assert good["draft"] == Note.objects.get()


def test_two_files_of_one_note_in_other_words_give_one_draft_and_a_sentence(people, bring):
    other = document(HEAD + SECTIONS.replace("no road", "a path") + ABOUT)
    first, second = results(bring(people.cora, **{"a.docx": document(), "b.docx": other}))
    assert first["draft"]
    assert "it has the headline and the date of a.docx" in second["refused"]
    assert Note.objects.get().revisions.count() == 1


def test_the_same_file_again_changes_nothing(people, bring):
    bring(people.cora, **{"a.docx": document()})
    (again,) = results(bring(people.cora, **{"a.docx": document()}))
    assert again["said"].startswith("Nothing")
    assert Note.objects.get().revisions.count() == 1


class TestAnothersNote:
    def test_a_contributor_does_not_write_over_it_by_its_headline(self, people, bring):
        bring(people.cora, **{"a.docx": document()})
        other = document(HEAD + SECTIONS.replace("no road", "a path") + ABOUT)
        (refused,) = results(bring(people.carl, **{"a.docx": other}))
        assert "is somebody else's" in refused["refused"]
        note = Note.objects.get()
        assert note.owner == people.cora.user
        assert note.revisions.count() == 1

    def test_nor_learns_of_it_by_the_same_file(self, people, bring):
        bring(people.cora, **{"a.docx": document()})
        (refused,) = results(bring(people.carl, **{"a.docx": document()}))
        assert "somebody else's" in refused["refused"]

    def test_an_editor_makes_a_new_version_and_it_stays_its_authors(self, people, bring):
        bring(people.cora, **{"a.docx": document()})
        other = document(HEAD + SECTIONS.replace("no road", "a path") + ABOUT)
        (changed,) = results(bring(people.ed, **{"a.docx": other}))
        assert changed["said"].startswith("A new version")
        note = Note.objects.get()
        assert note.owner == people.cora.user
        assert note.latest_revision.user == people.ed.user

    def test_what_waits_for_its_approval_is_not_changed_by_its_author(self, people, bring):
        bring(people.cora, **{"a.docx": document()})
        note = Note.objects.get()
        note.get_workflow().start(note, people.cora.user)
        other = document(HEAD + SECTIONS.replace("no road", "a path") + ABOUT)
        (refused,) = results(bring(people.cora, **{"a.docx": other}))
        assert "waits for its approval" in refused["refused"]


def test_it_is_recorded_with_the_name_of_the_file_and_of_the_person(people, bring):
    bring(people.cora, **{"a.docx": document()})
    (entry,) = ModelLogEntry.objects.filter(action="notes.import")
    assert entry.user == people.cora.user
    assert entry.data["sentence"] == "A new draft, from a.docx."


def test_who_may_not_write_notes_may_not_import(people):
    for answer in (people.paul.get(FORM), people.paul.post(FORM), people.paul.get(DONE)):
        assert answer.status_code == 302
        assert answer.url == "/desk/"
    assert Client().get(FORM).status_code == 302


def test_without_the_forms_token_nothing_is_imported(people, twtw):
    stranger = Client(enforce_csrf_checks=True)
    stranger.force_login(people.cora.user)
    sent = SimpleUploadedFile("a.docx", document())
    answer = stranger.post(FORM, {"publication": twtw.pk, "files": sent})
    assert answer.status_code == 403
    assert not Note.objects.exists()


def test_looking_at_either_page_changes_nothing(people, bring):
    bring(people.cora, **{"a.docx": document()})
    before = (Note.objects.count(), ModelLogEntry.objects.count())
    people.cora.get(FORM)
    assert people.cora.get(DONE).status_code == 200
    assert (Note.objects.count(), ModelLogEntry.objects.count()) == before
    assert people.carl.get(DONE).url == FORM


def test_no_file_and_no_publication_are_said(people, twtw):
    answer = people.cora.post(FORM, {"publication": twtw.pk})
    assert "No file was chosen." in answer.content.decode()
    sent = SimpleUploadedFile("a.docx", document())
    assert people.cora.post(FORM, {"publication": 0, "files": sent}).status_code == 200
    assert not Note.objects.exists()


class TestBounds:
    def test_more_files_than_come_at_once_are_said_and_the_first_ones_taken(self, people, twtw):
        sent = [SimpleUploadedFile(f"{number}.docx", b"%PDF") for number in range(MOST_FILES + 2)]
        answer = people.cora.post(FORM, {"publication": twtw.pk, "files": sent}, follow=True)
        *before, last = results(answer)
        assert len(before) == MOST_FILES
        assert last["file"] == "2 more files"

    def test_hundreds_of_files_are_answered_with_a_sentence(self, people, twtw):
        sent = [SimpleUploadedFile(f"{number}.docx", b"x") for number in range(150)]
        answer = people.cora.post(FORM, {"publication": twtw.pk, "files": sent}, follow=True)
        assert "The files did not arrive." in answer.content.decode()

    def test_a_file_that_is_too_large_is_refused_alone(self, people, bring):
        answer = bring(people.cora, **{"a.docx": b"PK" * 10_000_001, "b.docx": document()})
        large, good = results(answer)
        assert large["refused"] == "it has more than 20 MB; make its pictures smaller."
        assert good["draft"]

    def test_files_that_are_too_large_together_are_refused_from_there_on(self, people, bring):
        files = {f"{number}.docx": b"x" * 19_000_000 for number in range(4)}
        refused = [one["refused"] for one in results(bring(people.cora, **files))]
        assert "with those before it there are more than 60 MB" in refused[3]
        assert all("60 MB" not in one for one in refused[:3])

    def test_half_a_request_is_answered_with_a_sentence(self, people):
        answer = people.cora.post(
            FORM, b"--x\r\nhalf", content_type="multipart/form-data; boundary=x", follow=True
        )
        assert answer.status_code == 200
        answer = people.cora.post(FORM, b"x", content_type="multipart/form-data", follow=True)
        assert "The files did not arrive." in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.docx", "passwd.docx"),
        ("C:\\notes\\a.docx", "a.docx"),
        ("note\u202excod.docx", "notexcod.docx"),
        ("<script>alert(1)</script>.docx", "script>.docx"),
        ("a" * 300 + ".docx", "a" * 60),
    ],
)
def test_whatever_a_file_is_called_its_name_is_shown_harmlessly(people, bring, name, shown):
    answer = bring(people.cora, **{name: b"%PDF"})
    (one,) = results(answer)
    assert shown in one["file"]
    assert len(one["file"]) <= 80
    assert "<script>alert" not in answer.content.decode()


def test_a_picture_beside_a_markdown_note_is_added_to_the_draft(people, bring):
    (refused,) = results(bring(people.cora, **{"a.md": markdown(more="photo: road.png").encode()}))
    assert refused["refused"] == (
        "line 6: the picture road.png did not come with it; take it out here, and add it to the "
        "draft."
    )


def test_what_is_refused_leaves_nothing_behind(people, bring):
    before = stored_files()
    refers = (("p", "image", "media/a.png"),)
    body = HEAD + p(picture("p")) + SECTIONS
    whole = document(body, refers=refers, media={"a.png": image("blue", size=(33, 44))})
    bring(people.cora, **{"cut.docx": whole[:-200], "a.docx": b"", "b.docx": b"MZ"})
    assert not Note.objects.exists()
    assert not Person.objects.exists()
    assert not Photo.objects.exists()
    assert stored_files() == before
