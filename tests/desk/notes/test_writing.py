"""Writing a note at the desk: what a new one begins with, drafts, slips and their mending."""

from datetime import date

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry

from issues.assembling import next_issue_day
from notes.models import Note, SectionHeading, SectionSchema
from tests.desk.notes.forms import address, filled

pytestmark = pytest.mark.django_db

SLIP = "<p>Second,Mali and gold,iron.</p>"


def latest(note):
    return Note.objects.get(pk=note.pk).get_latest_revision_as_object()


def shown(response):
    """The findings that a page shows."""
    return [one for kind in response.context["kinds"] for one in kind["findings"]]


def headings(form):
    return [section.value["heading"] for section in form["body"].value()]


def test_a_new_note_is_for_the_next_issue_and_has_the_headings_of_its_schema(ann, twtw):
    form = ann.get(address("add")).context["form"]
    assert form["publication"].value() == twtw.pk
    assert form["date"].value() == next_issue_day(twtw, timezone.now())
    assert headings(form) == ["What happened?", "What is the background?", "What does it mean?"]
    assert [part.value.source for part in form["body"].value()[0].value["parts"]] == [""]


def test_a_new_note_is_in_the_schema_that_its_publication_used_last(ann, write_note):
    interview = SectionSchema.objects.create(name="Interview")
    SectionHeading.objects.create(schema=interview, text="The questions")
    Note.objects.filter(pk=write_note().pk).update(schema=interview)
    assert headings(ann.get(address("add")).context["form"]) == ["The questions"]


def test_another_schema_is_asked_for_in_the_address(ann, twtw):
    free = SectionSchema.objects.get(name="Free form")
    form = ann.get(address("add"), {"schema": free.pk}).context["form"]
    assert (form["schema"].value(), headings(form)) == (free.pk, [""])
    for nonsense in ("x", "99", "9" * 30, "1²"):
        assert ann.get(address("add"), {"schema": nonsense}).status_code == 404


@pytest.mark.parametrize("name", ["add", "preview_on_add", "slips_of_new"])
def test_half_a_form_is_not_understood_and_breaks_nothing(ann, twtw, name):
    answer = ann.post(address(name), {"subject": "Ma"})
    assert answer.status_code == 400
    assert "Go back and try it once more." in answer.content.decode()
    assert not Note.objects.exists()


def test_a_draft_may_have_nothing_but_its_first_word_and_a_submitted_note_may_not(ann, twtw):
    assert ann.post(address("add"), filled(ann, subject="Ma")).status_code == 302
    note = Note.objects.get()
    assert (note.slug, str(note)) == ("ma", "Ma")
    page = ann.post(address("edit", note.pk), filled(ann, note, **{"action-submit": "1"}))
    assert "claim" in page.context["form"].errors
    assert Note.objects.get().current_workflow_state is None


def test_a_note_is_known_by_its_headline_and_not_by_the_first_letters_that_were_typed(ann, twtw):
    ann.post(address("add"), filled(ann, subject="Ru"))
    note = Note.objects.get()
    ann.post(address("edit", note.pk), filled(ann, note, subject="Russia", claim="Grows"))
    assert Note.objects.get().slug == "russia-grows"


def test_slips_are_shown_with_a_button_for_each_and_none_for_a_sound_note(ann, write_note):
    slipped, sound = write_note("A", text=SLIP), write_note("B")
    page = ann.get(address("edit", slipped.pk))
    assert len(shown(page)) == 6
    html = page.content.decode()
    assert all(f'value="{one.mark}"' in html for one in shown(page))
    assert "Nothing looks like a slip" in ann.get(address("edit", sound.pk)).content.decode()


def test_slips_are_looked_for_in_what_is_not_saved_and_nothing_is_kept_of_it(ann, write_note):
    note = write_note()
    page = ann.post(address("slips", note.pk), filled(ann, note, claim="gold,iron"))
    assert [one.was for one in shown(page)] == ["gold,iron"]
    assert latest(note).claim == "A growing presence"
    page = ann.post(address("slips_of_new"), filled(ann, subject="gold,iron"))
    assert [one.was for one in shown(page)] == ["gold,iron"]
    assert Note.objects.count() == 1


def test_a_form_that_cannot_be_read_is_told_in_a_sentence(ann, write_note):
    note = write_note()
    page = ann.post(address("slips", note.pk), filled(ann, note, date="soon"))
    assert "Date: Enter a valid date." in page.content.decode()


def test_a_button_mends_one_slip_in_what_is_typed_and_keeps_the_rest_of_it(ann, write_note):
    note = write_note(text=SLIP, approved=False)
    data = filled(ann, note, claim="Typed, and not saved yet")
    slip = shown(ann.post(address("slips", note.pk), data))[1]
    response = ann.post(address("edit", note.pk), {**data, "mend": slip.mark}, follow=True)
    assert "“gold,iron.” is now “gold, iron.”" in response.content.decode()
    mended = latest(note)
    assert mended.claim == "Typed, and not saved yet"
    texts = [section.value["parts"][0].value.source for section in mended.body]
    assert [text.count("gold, iron") for text in texts] == [1, 0, 0]
    assert [text.count("Second, Mali") for text in texts] == [0, 0, 0]
    entry = ModelLogEntry.objects.get(action="notes.mend")
    assert entry.revision == Note.objects.get(pk=note.pk).latest_revision
    history = ann.get(address("history", note.pk)).content.decode()
    assert "Mended: “gold,iron.” is now “gold, iron.”." in history


def test_a_slip_that_was_changed_since_is_left_and_said_and_the_words_are_saved(ann, write_note):
    note = write_note(approved=False)
    mark = shown(ann.post(address("slips", note.pk), filled(ann, note, claim="gold,iron")))[0].mark
    data = filled(ann, note, claim="Much gold,iron", mend=mark)
    page = ann.post(address("edit", note.pk), data, follow=True).content.decode()
    assert "has changed since it was shown" in page
    assert latest(note).claim == "Much gold,iron"
    assert not ModelLogEntry.objects.filter(action="notes.mend").exists()


def test_a_new_note_is_saved_when_its_first_slip_is_mended(ann, twtw):
    data = filled(ann, subject="gold,iron", claim="Grows")
    (slip,) = shown(ann.post(address("slips_of_new"), data))
    ann.post(address("add"), {**data, "mend": slip.mark})
    assert Note.objects.get().subject == "gold, iron"


def test_nothing_is_mended_over_what_somebody_else_saved_meanwhile(ann, somebody, write_note):
    note = write_note(text=SLIP, approved=False)
    data = filled(ann, note)
    revision = Note.objects.get(pk=note.pk).latest_revision
    seen = {
        "loaded_revision_id": revision.pk,
        "loaded_revision_created_at": revision.created_at.isoformat(),
    }
    (slip, *_) = shown(ann.get(address("edit", note.pk)))
    bea = somebody("bea")
    bea.post(address("edit", note.pk), filled(bea, note, claim="By Bea"))
    page = ann.post(address("edit", note.pk), {**data, **seen, "mend": slip.mark})
    assert "Somebody else has saved this note since" in page.content.decode()
    assert latest(note).claim == "By Bea"


class TestAutosave:
    JSON = {"HTTP_ACCEPT": "application/json"}

    def save(self, client, note, **changes):
        data = filled(client, note, **changes)
        revision = Note.objects.get(pk=note.pk).latest_revision
        seen = {
            "loaded_revision_id": revision.pk,
            "loaded_revision_created_at": revision.created_at.isoformat(),
        }
        return client.post(address("edit", note.pk), {**seen, **data}, **self.JSON)

    def test_a_new_note_gets_its_own_address_and_goes_on_from_there(self, ann, twtw):
        said = ann.post(address("add"), filled(ann, subject="Mali"), **self.JSON).json()
        assert said["success"]
        assert said["url"] == address("edit", Note.objects.get().pk)

    def test_unchanged_words_are_no_new_revision_and_no_error(self, ann, write_note):
        note = write_note()
        assert self.save(ann, note).json()["revision_id"] == note.approved_revision_id
        assert Note.objects.get(pk=note.pk).is_approved

    def test_who_is_told_of_anothers_revision_does_not_write_over_it(
        self, ann, somebody, write_note
    ):
        note, bea = write_note(approved=False), somebody("bea")
        own = self.save(ann, note, claim="By Ann").json()["revision_id"]
        assert self.save(bea, note).json()["revision_id"] == own
        said = self.save(bea, note, claim="By Bea", overwrite_revision_id=own).json()
        assert said["success"]
        assert said["revision_id"] != own
        assert note.revisions.get(pk=own).as_object().claim == "By Ann"
        assert latest(note).claim == "By Bea"

    def test_what_is_wrong_is_said_and_not_saved(self, ann, write_note):
        note = write_note()
        answer = self.save(ann, note, date="soon")
        assert (answer.status_code, answer.json()["error_code"]) == (400, "validation_error")
        assert Note.objects.get(pk=note.pk).is_approved

    def test_an_author_added_to_an_approved_note_stands_once_however_often_it_is_saved(
        self, ann, write_note
    ):
        from notes.models import Person

        note = write_note()
        bea = Person.objects.create(name="Bea Author")
        new = {
            "authors-TOTAL_FORMS": "2",
            "authors-1-person": bea.pk,
            "authors-1-ORDER": "2",
            "authors-1-id": "",
        }
        said = self.save(ann, note, **new).json()
        told = said["field_updates"]
        self.save(ann, note, **{**new, **told, "claim": "And more"})
        assert [one.name for one in latest(note).authors_in_order()] == ["A. Author", "Bea Author"]
        assert [one.name for one in Note.objects.get(pk=note.pk).authors_in_order()] == [
            "A. Author"
        ]


def test_versions_are_compared_field_by_field_and_an_old_one_comes_back(ann, write_note):
    note = write_note(approved=False)
    first = note.latest_revision
    data = filled(ann, note, claim="As edited", countries=["ML", "NE"], date=date(2025, 7, 6))
    data["body-0-value-heading"] = "Another heading"
    ann.post(address("edit", note.pk), data)
    second = Note.objects.get(pk=note.pk).latest_revision
    page = ann.get(address("revisions_compare", note.pk, first.pk, second.pk))
    html = page.content.decode()
    assert all(words in html for words in ("As edited", "Another heading", "Niger"))
    back = ann.get(address("revisions_revert", note.pk, first.pk))
    from tests.desk.test_desk import form_data

    ann.post(address("revisions_revert", note.pk, first.pk), form_data(back.context["form"]))
    restored = latest(note)
    assert restored.claim == "A growing presence"
    assert [one.code for one in restored.countries] == ["ML", "RU"]
    assert [person.name for person in restored.authors_in_order()] == ["A. Author"]
