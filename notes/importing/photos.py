"""Takes the pictures that a note names into the library.

A picture is looked at before anything is stored. The same file with the same words
beside it is kept once; other words make another picture, so that importing never
changes what stands beside a picture in an approved note.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.core.files.base import ContentFile

from notes.importing.files import NoteFile
from notes.importing.parsed import FigurePart, NoteFormatError, ParsedNote, PictureFile
from notes.importing.pictures import LARGEST_BYTES, CheckedPicture, PictureError, checked
from notes.models import Photo

Checked = Mapping[PictureFile, CheckedPicture]


def pictures_of(note: ParsedNote) -> list[PictureFile]:
    """All the pictures that a note names, its own first."""
    parts = [part for section in note.sections for part in section.parts]
    figures = [part.picture for part in parts if isinstance(part, FigurePart)]
    return [note.picture, *figures] if note.picture else figures


def check_pictures(note: ParsedNote, file: NoteFile) -> dict[PictureFile, CheckedPicture]:
    """Look at every picture that a note names.

    Args:
        note: the note.
        file: its file; pictures are named relative to its folder.

    Raises:
        NoteFormatError: if one is missing, too large, or no picture.
    """
    return {picture: picture.enclosed or _beside(picture, file) for picture in pictures_of(note)}


def _beside(picture: PictureFile, note: NoteFile) -> CheckedPicture:
    def error(sentence: str) -> NoteFormatError:
        return NoteFormatError(note.name, f"the picture {picture.file} {sentence}", picture.line)

    if "://" in picture.file:
        raise error("is on the web; save it beside the note and name the file.")
    if note.folder is None:
        raise error("did not come with it; take it out here, and add it to the draft.")
    try:
        file = (note.folder / picture.file).resolve()
        if not file.is_relative_to(note.folder):
            raise error("is outside of the note's folder; put it beside the note.")
        with file.open("rb") as opened:
            content = opened.read(LARGEST_BYTES + 1)
    except (OSError, ValueError):
        raise error("was not found; put it beside the note.") from None
    try:
        return checked(file.name, content)
    except PictureError as refusal:
        raise error(str(refusal)) from None


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
