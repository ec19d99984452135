"""The two sizes of a picture: never larger than it is, never heavier than a phone likes."""

import io
import random

import pytest
from django.core.files.images import ImageFile
from PIL import Image

from notes.models import Photo
from notes.renditions import HEAVIEST, HEIGHT, WIDTH, renditions

pytestmark = pytest.mark.django_db


def photo(image, name):
    file = io.BytesIO()
    image.save(file, "JPEG" if name.endswith("jpg") else "PNG", quality=98)
    return Photo.objects.create(title=name, file=ImageFile(file, name))


def dots(size):
    """A picture of nothing but chance, which no form makes small."""
    return Image.frombytes("RGB", size, random.Random(7).randbytes(3 * size[0] * size[1]))


def test_a_wide_picture_fills_the_column_and_has_twice_as_many_dots_for_dense_screens():
    once, twice = renditions(photo(Image.new("RGB", (3000, 1500), "teal"), "wide.jpg"))
    assert (once.width, once.height) == (WIDTH, WIDTH // 2)
    assert (twice.width, twice.height) == (2 * WIDTH, WIDTH)


def test_a_portrait_is_bounded_by_its_height():
    once, twice = renditions(photo(Image.new("RGB", (1200, 2400), "teal"), "tall.jpg"))
    assert (once.width, once.height) == (HEIGHT // 2, HEIGHT)
    assert twice.height == 2 * HEIGHT


@pytest.mark.parametrize("name", ["dots.jpg", "dots.png"])
def test_a_picture_that_does_not_get_light_by_its_quality_gets_fewer_dots(name):
    pair = renditions(photo(dots((1300, 900)), name))
    assert all(one.file.size <= HEAVIEST for one in pair)
    assert pair[0].file.name.endswith(".jpg")
    assert pair[0].width == WIDTH


def test_a_small_picture_stays_as_it_is():
    once, twice = renditions(photo(Image.new("RGB", (200, 100), "teal"), "small.png"))
    assert (once.width, twice.width) == (200, 200)


def test_a_picture_that_another_process_replaced_is_shown_as_it_is_now():
    mine = photo(Image.new("RGB", (800, 400), "teal"), "mine.jpg")
    before = [one.file.name for one in renditions(mine)]
    theirs = Photo.objects.get(pk=mine.pk)
    file = io.BytesIO()
    Image.new("RGB", (400, 800), "plum").save(file, "JPEG")
    theirs.file.save("other.jpg", ImageFile(file, "other.jpg"))
    theirs.renditions.all().delete()
    once, _ = renditions(Photo.objects.get(pk=mine.pk))
    assert (once.width, once.height) == (320, 640)
    assert once.file.name not in before


def test_a_lost_rendition_is_made_anew():
    mine = photo(Image.new("RGB", (800, 400), "teal"), "mine.jpg")
    once, _ = renditions(mine)
    once.file.storage.delete(once.file.name)
    again, _ = renditions(Photo.objects.get(pk=mine.pk))
    assert again.file.storage.exists(again.file.name)
    assert (again.width, again.height) == (once.width, once.height)


def test_a_picture_with_more_greys_than_jpeg_knows_stays_png():
    grey = Image.new("I;16", (300, 200), 40_000)
    assert all(one.file.name.endswith(".png") for one in renditions(photo(grey, "grey.png")))
