"""What a new note begins with: the headings of its section schema, and room under each."""

from __future__ import annotations

from typing import Any

from notes.models import Note, SectionSchema


def schema_to_begin_with(notes: Any) -> SectionSchema | None:
    """That of the latest of some notes; where none says, the first one that has headings.

    Args:
        notes: a query set, for instance the notes of one publication.
    """
    latest: Note | None = notes.order_by("-date", "-pk").select_related("schema").first()
    if latest is not None and latest.schema is not None:
        known: SectionSchema = latest.schema
        return known
    schema: SectionSchema | None = (
        SectionSchema.objects.filter(headings__isnull=False).distinct().first()
    )
    return schema


def opening_body(schema: SectionSchema | None) -> list[tuple[str, dict[str, Any]]]:
    """A section with an empty text for each heading; one without a heading for a free form."""
    headings = (schema.headings_in_order() if schema else []) or [""]
    return [("section", {"heading": heading, "parts": [("text", "")]}) for heading in headings]
