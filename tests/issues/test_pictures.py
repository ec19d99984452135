"""A picture in a mail that was sent can be fetched for as long as anybody reads it."""

from io import BytesIO

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from wagtail.images.forms import get_image_form

from issues.models import Edition
from notes.content import note_content
from notes.models import Photo

pytestmark = pytest.mark.django_db


def upload(colour):
    file = BytesIO()
    Image.new("RGB", (900, 600), colour).save(file, "PNG")
    return SimpleUploadedFile("river.png", file.getvalue(), "image/png")


@pytest.fixture
def shown(write_note):
    """A note with a picture."""
    # Wagtail caches renditions by the picture's number, which comes again after a rollback.
    cache.clear()
    note = write_note()
    note.photo = Photo.objects.create(title="River", file=upload("#4a6fa5"))
    return note


def replace_the_file(photo):
    """As the desk does it."""
    form = get_image_form(Photo)(
        {"title": "River", "collection": photo.collection_id},
        {"file": upload("#ff0000")},
        instance=photo,
    )
    form.instance.refresh_from_db()
    assert form.is_valid(), form.errors
    form.save()


def delete_it(photo):
    photo.delete()


def files_of(photo):
    return [(each.file.storage, each.file.name) for each in photo.renditions.all()]


@pytest.mark.parametrize("change", [replace_the_file, delete_it])
@pytest.mark.parametrize("mailed", [True, False])
def test_a_rendition_stays_while_an_edition_shows_it_and_not_longer(
    shown, twtw, change, mailed, django_capture_on_commit_callbacks
):
    picture = note_content(shown).photo
    if mailed:
        html = f'<img src="{picture.url}" srcset="{picture.url_2x} 2x">'
        Edition.objects.create(publication=twtw, note=shown, subject="Sent", html=html, content={})
    in_mail = [
        (storage, name)
        for storage, name in files_of(shown.photo)
        if storage.url(name) in picture.url + picture.url_2x
    ]
    assert len(in_mail) == 2
    with django_capture_on_commit_callbacks(execute=True):
        change(shown.photo)
    assert [storage.exists(name) for storage, name in in_mail] == [mailed, mailed]
