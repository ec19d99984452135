"""What is said about an author: with one note, and from a day on."""

from __future__ import annotations

from notes.models import Biography, Note, NoteAuthor


def printed_with(entry: NoteAuthor) -> tuple[str, str]:
    """The affiliation and the biography that stand under a note.

    The note's own, if it has them; else those that were valid for the person on its day.
    """
    if entry.affiliation or entry.biography:
        return entry.affiliation, entry.biography
    known = entry.person.biography_on(entry.note.date)
    return (known.affiliation, known.text) if known else ("", "")


def keep_biographies(note: Note) -> None:
    """Remember what an approved note says about its authors for their later notes.

    Only what is new is kept: about somebody of whom nothing was known, or something else
    than what was known before the note's day.
    """
    for entry in note.authors.all():
        if not entry.biography:
            continue
        known = entry.person.biography_on(note.date)
        if known is not None and (
            known.valid_from >= note.date
            or (known.affiliation, known.text) == (entry.affiliation, entry.biography)
        ):
            continue
        Biography.objects.create(
            person=entry.person,
            valid_from=note.date,
            affiliation=entry.affiliation,
            text=entry.biography,
        )
