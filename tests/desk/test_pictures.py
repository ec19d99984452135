"""Pictures stay where they stand, and stay as they are in what others write."""

import pytest
from django.db import transaction
from django.urls import reverse
from wagtail.images.tests.utils import get_test_image_file

from notes.models import Note, Photo
from tests.desk.people import at_the_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db):
    return at_the_desk()


@pytest.fixture
def picture(people):
    """Cora's."""
    user = people.cora.user
    return Photo.objects.create(title="Own", file=get_test_image_file(), uploaded_by_user=user)


@pytest.fixture
def stands_in(write_note, picture):
    def put(owner):
        note = write_note("Mali", approved=False)
        note.photo, note.owner = picture, owner
        note.save()
        return note

    return put


def page(name, picture):
    return reverse(f"wagtailimages:{name}", args=[picture.pk])


def rename(who, picture, title):
    form = who.get(page("edit", picture)).context["form"]
    known = {name: form[name].value() or "" for name in form.fields if name != "file"}
    who.post(page("edit", picture), {**known, "title": title})
    return Photo.objects.get(pk=picture.pk).title == title


def test_whoever_uploaded_a_picture_changes_it_while_it_stands_only_in_what_they_write(
    people, picture, stands_in
):
    note = stands_in(people.cora.user)
    assert rename(people.cora, picture, "While it stands in an own note")
    Note.objects.filter(pk=note.pk).update(owner=people.carl.user)
    assert not rename(people.cora, picture, "While it stands in another's")
    assert rename(people.ed, picture, "By an editor")


def test_a_picture_that_stands_in_a_note_is_not_deleted_whichever_way(people, picture, stands_in):
    stands_in(people.carl.user)
    several = reverse("wagtail_bulk_action", args=["notes", "photo", "delete"])
    for who in (people.cora, people.ed):
        for address in (
            page("delete", picture),
            page("delete_multiple", picture),
            f"{several}?id={picture.pk}",
        ):
            with transaction.atomic():
                assert who.post(address).status_code == 302
    assert Photo.objects.filter(pk=picture.pk).exists()


def test_a_picture_that_stands_nowhere_is_deleted(people, picture):
    people.cora.post(page("delete", picture))
    assert not Photo.objects.exists()
