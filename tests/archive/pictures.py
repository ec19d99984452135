"""A picture in the library, drawn here."""

from io import BytesIO

from django.core.files.images import ImageFile
from PIL import Image

from notes.models import Photo


def a_picture(colour="#4a6fa5"):
    return Photo.objects.create(
        title="River",
        file=picture_file(colour),
        description="A river between two hills",
        credit="A. Photographer",
        ai_generated=True,
    )


def picture_file(colour):
    file = BytesIO()
    Image.new("RGB", (900, 600), colour).save(file, "PNG")
    file.seek(0)
    return ImageFile(file, name="river.png")
