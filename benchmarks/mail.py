"""Issues to render."""

from __future__ import annotations

from dataclasses import replace

from rendering.content import IssueContent, NoteContent, Text
from tests.rendering.samples import ISSUE, PORTS, RIVER


def issues_of_twelve_notes(number: int) -> list[IssueContent]:
    """So many issues, no text of which is in another one: what is remembered between the two
    parts of a mail must not help the next issue."""
    return [
        replace(
            ISSUE,
            notes=tuple(
                _unlike_others(note, f"{place}.{n}") for n in range(6) for note in (RIVER, PORTS)
            ),
        )
        for place in range(number)
    ]


def _unlike_others(note: NoteContent, words: str) -> NoteContent:
    sections = tuple(
        replace(
            section,
            parts=tuple(
                Text(f"<p>{words}</p>{part.html}") if isinstance(part, Text) else part
                for part in section.parts
            ),
        )
        for section in note.sections
    )
    return replace(note, sections=sections)
