"""Two entries of the registry become one person, wherever they are named."""

from datetime import date

import pytest
from wagtail.models import ModelLogEntry, ReferenceIndex

from issues.approval import approve_issue
from issues.assembling import assemble
from issues.content import issue_content
from notes.approval import approve
from notes.biographies import printed_with
from notes.merging import MergingError, foreseen, merge
from notes.models import Biography, Note, NoteAuthor, Person, PersonAlias, SectionSchema

pytestmark = pytest.mark.django_db


def person(name, *aliases, **biographies):
    made = Person.objects.create(name=name)
    for alias in aliases:
        PersonAlias.objects.create(person=made, name=alias)
    for year, text in biographies.items():
        Biography.objects.create(person=made, valid_from=date(int(year[1:]), 1, 1), text=text)
    return made


def bylines(revision):
    return [
        (entry["person"], entry["sort_order"], entry["biography"])
        for entry in revision.content["authors"]
    ]


def test_notes_revisions_spellings_and_biographies_go_to_the_one_who_is_kept(write_note):
    note = write_note(author="Ayan Dutta", approved=False)
    note.claim = "As edited"
    note.save_revision()
    kept, gone = person("Ayan Datta", y2024="Of 2024."), Person.objects.get(name="Ayan Dutta")
    PersonAlias.objects.create(person=gone, name="A. Dutta")
    done = merge(kept, gone)
    assert (done.notes, done.revisions) == (1, 2)
    assert note.authors.get().person == kept
    assert all(bylines(one)[0][0] == kept.pk for one in note.revisions.all())
    earliest = note.revisions.all().order_by("pk").first().as_object()
    assert [one.name for one in earliest.authors_in_order()] == ["Ayan Datta"]
    assert {alias.name for alias in kept.aliases.all()} == {"Ayan Dutta", "A. Dutta"}
    assert [one.valid_from.year for one in kept.biographies.all()] == [2020, 2024]
    assert not Person.objects.filter(name="Ayan Dutta").exists()
    assert Person.objects.named("Ayan Dutta") == kept
    assert ReferenceIndex.get_references_to(kept).exists()
    assert ModelLogEntry.objects.get(action="notes.merge").data["name"] == "Ayan Dutta"


def test_a_note_stays_approved_and_a_draft_of_it_gets_the_name_too(write_note):
    note = write_note(author="Ayan Dutta")
    kept, gone = person("Ayan Datta"), Person.objects.get(name="Ayan Dutta")
    note.claim = "A later draft"
    note.save_revision()
    other = write_note("Chad", author="Ayan Dutta")
    merge(kept, gone)
    assert Note.objects.get(pk=other.pk).is_approved
    assert Note.objects.get(pk=other.pk).save_revision() == other.approved_revision
    drafted = Note.objects.get(pk=note.pk).get_latest_revision_as_object()
    assert drafted.authors_in_order() == [kept]
    assert drafted.claim == "A later draft"


def test_a_note_with_both_as_authors_keeps_one_where_the_first_of_them_stood(write_note):
    note = write_note(author="First Author", approved=False)
    kept, gone, last = person("Ayan Datta"), person("Ayan Dutta"), person("Last Author")
    note.authors = [
        *note.authors.all(),
        NoteAuthor(person=gone, sort_order=1, biography="With this note."),
        NoteAuthor(person=last, sort_order=2),
        NoteAuthor(person=kept, sort_order=3),
    ]
    note.save()
    note.save_revision()
    assert foreseen(kept, gone).both == [note]
    merge(kept, gone)
    fresh = Note.objects.get(pk=note.pk)
    for one in (fresh, fresh.get_latest_revision_as_object()):
        assert [(entry.person.name, entry.biography) for entry in one.authors.all()] == [
            ("First Author", ""),
            ("Ayan Datta", "With this note."),
            ("Last Author", ""),
        ]


def test_of_two_biographies_of_one_day_that_of_the_one_who_is_kept_stays_and_the_other_is_told():
    kept, gone = person("Ayan Datta", y2023="Kept."), person("A. Dutta", y2023="Gone.", y2024="New")
    done = merge(kept, gone)
    assert [one.text for one in kept.biographies.all()] == ["Kept.", "New"]
    assert [one.text for one in done.dropped] == ["Gone."]
    assert ModelLogEntry.objects.get().data["dropped"][0]["text"] == "Gone."


def test_a_spelling_that_is_known_already_is_not_written_down_twice():
    kept, gone = person("Ayan Datta", "A. Dutta"), person("A Dutta ", "Ayan. Datta")
    merge(kept, gone)
    assert [alias.name for alias in kept.aliases.all()] == ["A. Dutta"]


@pytest.mark.parametrize("number", ["one and the same", "gone already", "claimed by a third"])
def test_who_cannot_be_merged_stays_as_they_are(number):
    kept, gone = person("Ayan Datta"), person("Ayan Dutta", y2023="Text.")
    if number == "one and the same":
        kept = gone
    elif number == "gone already":
        merge(person("Third Person"), Person.objects.get(pk=gone.pk))
    else:
        person("Third Person", "Ayan Dutta")
    before = Person.objects.count(), PersonAlias.objects.count(), Biography.objects.count()
    with pytest.raises(MergingError):
        merge(kept, gone)
    assert before == (
        Person.objects.count(),
        PersonAlias.objects.count(),
        Biography.objects.count(),
    )


def test_another_person_whose_number_begins_alike_is_left_alone(write_note):
    Person.objects.create(pk=71, name="Seventy One")
    kept, gone = (
        Person.objects.create(pk=8, name="Eight"),
        Person.objects.create(pk=7, name="Seven"),
    )
    note = write_note(author="Seventy One")
    assert merge(kept, gone).revisions == 0
    assert bylines(note.latest_revision)[0][0] == 71


def test_an_issue_of_2023_keeps_the_name_and_the_biography_of_2023(twtw, write_note):
    note = write_note(author="Ayan Dutta", day=date(2023, 6, 25))
    gone = Person.objects.get(name="Ayan Dutta")
    gone.biographies.update(text="A doctoral student.")
    issue = assemble(twtw, note.date, serial=222).issue
    mailed = approve_issue(issue, "An Editor").edition
    kept = person("Ayan Datta", y2025="A professor.")
    merge(kept, gone)
    mailed.refresh_from_db()
    (author,) = mailed.content["notes"][0]["authors"]
    assert (author["name"], author["biography"]) == ("Ayan Dutta", "A doctoral student.")
    (author,) = issue_content(issue).notes[0].authors
    assert (author.name, author.biography) == ("Ayan Datta", "A doctoral student.")
    later = write_note("Chad", author="Ayan Datta", day=date(2025, 6, 29))
    assert printed_with(later.authors.get()) == ("", "A professor.")
    assert approve(Note.objects.get(pk=note.pk)).is_approved


def test_a_version_that_names_what_was_deleted_since_can_still_be_read(write_note):
    note = write_note(author="A. Author")
    note.schema = SectionSchema.objects.create(name="Short")
    note.authors.add(NoteAuthor(person=person("Only A. Draft")))
    draft = note.save_revision()
    note.schema.delete()
    Person.objects.get(name="Only A. Draft").delete()
    read = draft.as_object()
    assert [one.name for one in read.authors_in_order()] == ["A. Author"]
    assert read.schema is None
