"""Gives each author the paragraph that is about them, however it spells their name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from notes.importing.page_lines import Line, paragraphs
from notes.importing.parsed import ParsedAuthor, fitting
from notes.names import name_key

# `Anandhan` and `Anandan` are 0.93 alike; two given names of one family seldom reach 0.85.
_ALIKE = 0.85


def with_biographies(
    authors: Sequence[ParsedAuthor], lines: Sequence[Line], source_name: str
) -> tuple[tuple[ParsedAuthor, ...], list[str]]:
    """The authors with their biographies, and what a person should look at.

    A paragraph belongs to the author whose name it begins with; one that begins with nobody's
    name goes on with the biography above it, or is about the only author.

    Raises:
        NoteFormatError: if a biography is longer than the database allows.
    """
    said: dict[str, list[str]] = {author.name: [] for author in authors}
    warnings: list[str] = []
    current: list[ParsedAuthor] = list(authors) if len(authors) == 1 else []
    for paragraph in paragraphs(lines):
        meant, spelt = _about(paragraph, authors)
        current = meant or current
        if not current:
            warnings.append(f"nobody in the byline is meant by “{paragraph[:60]}”; it was left out")
        for author in current:
            said[author.name].append(paragraph)
        if meant and spelt:
            warnings.append(f"{meant[0].name} is spelt “{spelt}” in the biography")
    complete = []
    for author in authors:
        text = " ".join(said[author.name]) or author.biography
        if not text:
            warnings.append(f"nothing is said about the author {author.name}")
        line = lines[0].number if lines else None
        complete.append(replace(author, biography=fitting(text, "biography", source_name, line)))
    return tuple(complete), warnings


def _about(paragraph: str, authors: Sequence[ParsedAuthor]) -> tuple[list[ParsedAuthor], str]:
    """Whom a paragraph begins with, and how it spells the name where that is not the byline's."""
    words = paragraph.split()
    everybody = name_key(" and ".join(author.name for author in authors))
    if len(authors) > 1 and name_key(paragraph).startswith(f"{everybody} "):
        return list(authors), ""
    for author in authors:
        opening = " ".join(words[: len(author.name.split())])
        key = name_key(author.name)
        alike = SequenceMatcher(None, name_key(opening), key).ratio() >= _ALIKE
        if f"{name_key(paragraph)} ".startswith(f"{key} ") or alike:
            return [author], "" if paragraph.startswith(author.name) else opening
    return [], ""
