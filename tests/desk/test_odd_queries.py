"""What no page of ours asks, and a person can type: refused in plain words, and nothing breaks."""

import pytest
from django.db import transaction
from django.urls import reverse

from notes.models import Note, Person, Photo, SectionSchema
from tests.desk.world import FORMS

pytestmark = pytest.mark.django_db

# More than 64 bits.
HUGE = "9" * 24
PEOPLE = "/desk/snippets/notes/person/"
CHOOSER = "/desk/snippets/choose/notes/person/"


@pytest.mark.parametrize(
    "address",
    [
        "/desk/bulk/notes/note/delete/?id=1e400",
        "/desk/bulk/notes/note/delete/?id=all&next=24:00",
        f"{CHOOSER}chosen-multiple/?id=",
        f"{CHOOSER}chosen-multiple/?id=1&id=%00",
        "/desk/images/chooser/chosen-multiple/?id=one",
        "/desk/choose-page/?target_pages[]=one",
        "/desk/choose-page/chosen-multiple/?id=",
        "/desk/record/?timestamp_from=0001-01-01",
        "/desk/record/?timestamp_to=31/12/9999",
        "/desk/readers/?joined_until=9999-12-31",
        "/desk/readers/?joined_from=0001-01-01",
        "/desk/tag-autocomplete/?term=%00",
        "/desk/images/chooser/?tag=%00",
        "/desk/choose-external-link/?parent_page_id=-1",
        "/desk/workflows/add/?p=one",
        f"/desk/workflows/add/?p={HUGE}",
    ],
)
def test_what_can_be_no_number_of_anything_is_refused(ann, address):
    assert ann.get(address).status_code == 400


@pytest.mark.parametrize(
    "address", ["choose-external-link/", "editing-sessions/ping/notes/person/1/1/"]
)
def test_so_is_a_form_that_lacks_all(ann, address):
    assert ann.post(f"/desk/{address}", {"revision_id": ""}).status_code == 400


def test_things_are_deleted_by_a_form_only_which_is_what_the_record_knows_of(ann):
    person = Person.objects.create(name="Ann Pen")
    refused = ann.delete(f"/desk/snippets/notes/person/delete/{person.pk}/")
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, OPTIONS, POST")
    assert Person.objects.filter(pk=person.pk).exists()


def test_nobody_writes_what_no_number_names(ann):
    assert ann.post(f"/desk/editing-sessions/ping/notes/note/{'9' * 5000}/1/").status_code == 404


@pytest.mark.parametrize("page", ["pages/", "api/main/images/find/?id="])
def test_where_wagtail_has_its_pages_there_is_nothing(ann, page):
    assert ann.get(f"/desk/{page}").status_code == 404


def test_of_a_list_there_is_no_page_after_the_last(ann):
    assert ann.get("/desk/workflows/edit/1/?p=7").status_code == 404


@pytest.mark.parametrize(
    "address",
    [f"/desk/record/?user={HUGE}&content_type={HUGE}", f"/desk/users/?group={HUGE}"],
)
def test_a_number_that_no_row_can_have_is_none_of_the_choices(ann, twtw, address):
    assert ann.get(address).status_code == 200


def test_numbers_that_no_row_can_have_are_not_found_among_others(write_note):
    note = write_note()
    assert list(Note.objects.filter(pk__in=[note.pk, int(HUGE), -int(HUGE)])) == [note]
    assert not Note.objects.filter(pk__in=[int(HUGE)]).exists()
    assert list(Note.objects.exclude(pk__in=[int(HUGE)])) == [note]


@pytest.mark.parametrize("words", ['Ann "the pen', 'Ann" AND "', "Ann\0", "Ann " * 999, "ann*"])
def test_a_search_looks_for_the_words_in_what_was_typed(ann, words):
    Person.objects.create(name="Ann Pen The And")
    for address in (PEOPLE, f"{CHOOSER}results/"):
        assert ann.get(address, {"q": words}).status_code == 200


def test_a_lone_quotation_mark_is_found_nowhere_and_others_do_no_harm(ann):
    Person.objects.create(name="Ann Pen")
    assert "Ann Pen" not in ann.get(f"{PEOPLE}results/", {"q": '"'}).content.decode()
    assert "Ann Pen" in ann.get(f"{PEOPLE}results/", {"q": 'ann "pen'}).content.decode()


def test_pictures_are_found_by_words_and_by_how_often_they_stand_somewhere(ann):
    Photo.objects.create(title="Lake Chad", file="original_images/lake.png", width=1, height=1)
    for least, is_found in (("0", True), ("1", False), (HUGE, False)):
        asked = {"q": "lake", "usage_count_min": least}
        assert ("Lake Chad" in ann.get("/desk/images/results/", asked).content.decode()) is is_found


@pytest.mark.parametrize(
    "odd",
    [
        {"body-count": ""},
        {"body-count": "1"},
        {"photo": "one\0"},
        {"publication": HUGE, "schema": HUGE, "photo": HUGE},
    ],
)
def test_half_a_note_or_an_odd_one_is_refused(ann, twtw, odd):
    schema = SectionSchema.objects.first().pk
    form = FORMS["wagtailsnippets_notes_note:"] | {"publication": twtw.pk, "schema": schema}
    with transaction.atomic():
        answer = ann.post(reverse("wagtailsnippets_notes_note:add"), form | odd)
    assert answer.status_code in (200, 400)
    assert not Note.objects.exists()


def test_a_form_that_lacks_what_it_says_to_have_is_refused(ann):
    form = FORMS["wagtailsnippets_notes_person:"] | {"aliases-TOTAL_FORMS": "1", "name": ""}
    assert ann.post("/desk/snippets/notes/person/add/", form).status_code == 400


def test_a_form_that_says_to_be_longer_than_any_is_refused(ann):
    assert ann.post("/desk/groups/new/", {"collection-TOTAL_FORMS": "2000"}).status_code == 400
