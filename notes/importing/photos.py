"""Takes the pictures that a note names into the library.

A picture is looked at before anything is stored. The same file with the same words
beside it is kept once; other words make another picture, so that importing never
changes what stands beside a picture in an approved note.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from warnings import catch_warnings

from django.core.files.base import ContentFile
from PIL import Image

from notes.importing.parsed import FigurePart, NoteFormatError, ParsedNote, PictureFile
from notes.models import Photo

LARGEST_BYTES = 10_000_000
# 40 megapixels take 160 MB once they are unpacked; a file of a few kB can hold thousands.
MOST_PIXELS = 40_000_000
_SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif"}


@dataclass(frozen=True, slots=True)
class CheckedPicture:
    """A picture's bytes, known to be a picture. `file_hash` is Wagtail's: SHA-1 of the file."""

    name: str
    content: bytes
    file_hash: str


Checked = Mapping[PictureFile, CheckedPicture]


def pictures_of(note: ParsedNote) -> list[PictureFile]:
    """All the pictures that a note names, its own first."""
    parts = [part for section in note.sections for part in section.parts]
    figures = [part.picture for part in parts if isinstance(part, FigurePart)]
    return [note.picture, *figures] if note.picture else figures


def check_pictures(note: ParsedNote, path: Path) -> dict[PictureFile, CheckedPicture]:
    """Look at every picture that a note names.

    Args:
        note: the note.
        path: its file; pictures are named relative to it.

    Raises:
        NoteFormatError: if one is missing, too large, or no picture.
    """
    return {picture: _checked(picture, path) for picture in pictures_of(note)}


def _checked(picture: PictureFile, path: Path) -> CheckedPicture:
    def error(sentence: str) -> NoteFormatError:
        return NoteFormatError(path.name, f"the picture {picture.file} {sentence}", picture.line)

    if "://" in picture.file:
        raise error("is on the web; save it beside the note and name the file.")
    folder = path.resolve().parent
    try:
        file = (folder / picture.file).resolve()
        if not file.is_relative_to(folder):
            raise error("is outside of the note's folder; put it beside the note.")
        with file.open("rb") as opened:
            content = opened.read(LARGEST_BYTES + 1)
    except (OSError, ValueError):
        raise error("was not found; put it beside the note.") from None
    if len(content) > LARGEST_BYTES:
        raise error(f"has more than {LARGEST_BYTES // 1_000_000} MB; make it smaller.")
    try:
        with (
            catch_warnings(action="error", category=Image.DecompressionBombWarning),
            Image.open(BytesIO(content), formats=list(_SUFFIXES)) as image,
        ):
            # Many phones put small pictures behind a JPEG; Pillow calls that MPO.
            suffix = _SUFFIXES.get(str(image.format), ".jpg")
            pixels = image.width * image.height
            if pixels <= MOST_PIXELS:
                image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        pixels = MOST_PIXELS + 1
    except (OSError, SyntaxError, ValueError):
        raise error("is damaged or no picture; JPEG, PNG, WebP and GIF are known.") from None
    if pixels > MOST_PIXELS:
        raise error(f"has more than {MOST_PIXELS // 1_000_000} million pixels; make it smaller.")
    digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    return CheckedPicture(f"{file.stem}{suffix}", content, digest)


def stored_photo(picture: PictureFile, checked: CheckedPicture) -> tuple[Photo, bool]:
    """The library's picture with these bytes and words, and whether it was made now."""
    words = {
        "description": picture.alt,
        "credit": picture.credit,
        "ai_generated": picture.ai_generated,
    }
    known = Photo.objects.filter(file_hash=checked.file_hash, **words).order_by("pk").first()
    if known is not None:
        return known, False
    photo = Photo(
        title=Path(checked.name).stem,
        file=ContentFile(checked.content, name=checked.name),
        file_size=len(checked.content),
        file_hash=checked.file_hash,
        **words,
    )
    photo.save()
    return photo, True
