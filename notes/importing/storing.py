"""Puts a parsed note into the database: as a draft, once, whole or not at all.

The same headline on the same day in the same publication is the same note. If its
file has changed since, a new draft revision is made; the approved words stay in the
row until that draft is approved too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.db.models import Model

from notes.importing.files import NoteFile, file_at
from notes.importing.filling import fill
from notes.importing.identity import import_digest, import_key
from notes.importing.parsed import NoteFormatError, ParsedNote, PictureFile, Preset
from notes.importing.people import byline_for
from notes.importing.photos import Checked, check_pictures, stored_photo
from notes.importing.reading import read_note
from notes.importing.understanding import understood
from notes.models import Note, Photo, SectionSchema


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file.

    `warnings` are sentences about what needs a look; `understood` is what was taken from it.
    """

    note: Note
    status: Literal["new", "unchanged", "changed"]
    warnings: tuple[str, ...]
    understood: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A file that can be stored: read, with everything that it names."""

    file: NoteFile
    parsed: ParsedNote
    checked: Checked
    schema: SectionSchema


@dataclass(frozen=True, slots=True)
class Import:
    """For which publication notes are brought in, and by whom.

    Args:
        publication: the `issues.Publication` that the notes are written for.
        day: the date of a Word document that says none.
        user: the account that brings them; None for the command line, which may change any note.
    """

    publication: Model
    day: date | None = None
    user: Any = None

    def ready(self, source: Path | NoteFile) -> _Ready:
        """The note with everything that it names: nothing stored yet, nothing missing.

        Raises:
            NoteFormatError: if it can't be read as a note.
        """
        file = source if isinstance(source, NoteFile) else file_at(source)
        parsed = read_note(file, self._preset())
        return _Ready(file, parsed, check_pictures(parsed, file), _schema(parsed, file.name))

    def stored(self, ready: _Ready) -> Imported:
        """What became of it in the database.

        Raises:
            NoteFormatError: if it would change a note that this person may not change.
        """
        try:
            return self._stored(ready)
        except IntegrityError:
            # Another process stored the same note, person or slug a moment ago: now it is there.
            return self._stored(ready)

    def _preset(self) -> Preset:
        schemas = {
            schema.name: tuple(schema.headings_in_order())
            for schema in SectionSchema.objects.prefetch_related("headings")
        }
        return Preset(self.day, schemas)

    def _stored(self, ready: _Ready) -> Imported:
        made: list[Photo] = []
        try:
            with transaction.atomic():
                return self._store(ready, made)
        except BaseException:
            for photo in made:
                photo.file.delete(save=False)
            raise

    def _store(self, ready: _Ready, made: list[Photo]) -> Imported:
        parsed, taken = ready.parsed, understood(ready.parsed)
        key, digest = import_key(parsed, self.publication), import_digest(parsed, ready.checked)
        known = Note.objects.select_for_update().filter(import_key=key).first()
        if known is not None:
            self._check_right(known, ready.file.name)
            if known.import_digest == digest:
                return Imported(known, "unchanged", parsed.warnings, taken)
        byline, about_people = byline_for(parsed.authors)
        photos: dict[PictureFile, Photo] = {}
        for picture, content in ready.checked.items():
            photos[picture], is_new = stored_photo(picture, content)
            made += [photos[picture]] if is_new else []
        note = known.get_latest_revision_as_object() if known else Note(live=False, import_key=key)
        note.publication, note.schema = self.publication, ready.schema
        fill(note, parsed, byline, photos)
        note.printed_under, note.import_digest = parsed.printed_under, digest
        warnings = (*parsed.warnings, *about_people)
        if known is None:
            note.owner = self.user
            note.save()
            self._save_draft(note)
            return Imported(note, "new", warnings, taken)
        if known.latest_revision and known.latest_revision.user_id:
            warnings += ("the draft was edited at the desk before; its words are in its history",)
        if known.approved_revision_id is None:
            note.save()
        Note.objects.filter(pk=known.pk).update(
            printed_under=parsed.printed_under, import_digest=digest
        )
        self._save_draft(note)
        return Imported(Note.objects.get(pk=known.pk), "changed", warnings, taken)

    def _save_draft(self, note: Note) -> None:
        # Not cleaned: a draft may lack its claim; whoever submits it is asked for it.
        note.save_revision(user=self.user, clean=False)

    def _check_right(self, known: Note, file_name: str) -> None:
        """
        Raises:
            NoteFormatError: if the file's note is there already, and not this person's to change.
        """
        if self.user is None:
            return
        own = known.owner_id == self.user.pk
        if not own and not self.user.has_perm("notes.change_others_note"):
            raise NoteFormatError(
                file_name,
                "a note with this headline and date is somebody else's; write another headline, "
                "or ask an editor to import it.",
            )
        lock = known.get_lock()
        if lock is not None and lock.for_user(self.user):
            raise NoteFormatError(
                file_name,
                "the note with this headline and date is locked, or waits for its approval; import "
                "it when that is over.",
            )


def import_notes(
    sources: Iterable[Path | NoteFile],
    publication: Model,
    *,
    day: date | None = None,
    user: Any = None,
) -> list[Imported]:
    """Import the note in each file, or none of them.

    Importing a file twice makes one note, also when two processes do it at once.

    Args:
        sources: Word documents, Markdown files with front matter, or the texts of note pages.
        publication: see `Import`, as are `day` and `user`.

    Raises:
        NoteFormatError: if one of the files can't be read as a note, or two of them are the same
            note in other words; then none is stored.
    """
    coming = Import(publication, day, user)
    ready = [coming.ready(source) for source in sources]
    _refuse_two_in_one(coming, ready)
    return [coming.stored(one) for one in ready]


def import_each(
    files: Iterable[NoteFile], publication: Model, *, day: date, user: Any
) -> Iterator[Imported | NoteFormatError]:
    """Import the note in each file that has one; for each other the sentence why not.

    See `import_notes`. Of two files that are the same note in other words the first is stored.
    """
    coming = Import(publication, day, user)
    before: list[_Ready] = []
    for file in files:
        try:
            ready = coming.ready(file)
            _refuse_two_in_one(coming, [*before, ready])
            yield coming.stored(ready)
        except NoteFormatError as refusal:
            yield refusal
        else:
            before.append(ready)


def import_note(
    source: Path | NoteFile, publication: Model, *, day: date | None = None, user: Any = None
) -> Imported:
    """Import the note in one file; see `import_notes`."""
    return import_notes([source], publication, day=day, user=user)[0]


def _refuse_two_in_one(coming: Import, ready: list[_Ready]) -> None:
    """
    Raises:
        NoteFormatError: if two files have one headline and date, and not the same words.
    """
    first: dict[str, tuple[str, str]] = {}
    for one in ready:
        digest = import_digest(one.parsed, one.checked)
        key = import_key(one.parsed, coming.publication)
        other, words = first.setdefault(key, (one.file.name, digest))
        if words != digest:
            raise NoteFormatError(
                one.file.name,
                f"it has the headline and the date of {other}, but other words; leave one of "
                "the two out.",
            )


def _schema(parsed: ParsedNote, source_name: str) -> SectionSchema:
    name = parsed.schema
    schema: SectionSchema | None = SectionSchema.objects.filter(name__iexact=name).first()
    if schema is not None:
        return schema
    names = list(SectionSchema.objects.values_list("name", flat=True))
    close = get_close_matches(name, names, n=1) or names
    raise NoteFormatError(source_name, f"`schema: {name}` is unknown; write {' or '.join(close)}.")
