"""A note to mail."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notes.models import Note


def approved_note() -> Note:
    """A short note, written and approved now."""
    from issues.models import Publication
    from notes.approval import approve
    from notes.models import Note

    note = Note(
        publication=Publication.objects.get(slug="twtw"),
        subject="A subject",
        claim="A claim",
        date=date(2025, 7, 6),
        live=False,
    )
    note.save()
    return approve(note)
