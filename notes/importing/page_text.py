"""Reads the institute's note page, copied as plain text.

The page prints the headline twice, the author up to three times and the date up to
three times, between its masthead and a list of earlier comments. Only the note is
taken; its words stay as their author typed them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from notes.importing import page_lines
from notes.importing.biographies import with_biographies
from notes.importing.countries import countries_named_in, country_name
from notes.importing.oddities import oddities
from notes.importing.page_head import read_head
from notes.importing.page_lines import THREE_QUESTIONS, Line
from notes.importing.parsed import (
    NoteFormatError,
    ParsedNote,
    ParsedSection,
    TextPart,
    fitting,
    lines_of,
)


@dataclass(slots=True)
class _Block:
    """A heading with the lines below it. `canonical` is the heading as the schema spells it."""

    printed: Line
    canonical: str = ""
    lines: list[Line] = field(default_factory=list)


def parse_page_text(text: str, source_name: str) -> ParsedNote:
    """The note on a page.

    Args:
        text: the page as a browser copies it.
        source_name: the file's name, for messages.

    Raises:
        NoteFormatError: if a part is missing that no note can do without: the headline in two
            parts, an author, a date, a section heading, the text below it.
    """
    lines = page_lines.words_only(lines_of(text, source_name))
    photo_sources, lines = _without_photo_sources(lines)
    start = _first_heading(lines, source_name)
    head = read_head(lines[:start], lines[start], source_name)
    sections, other, about = _divided(lines[start:])
    _refuse_empty(sections, source_name)
    authors, said = with_biographies(head.authors, about, source_name)
    countries = countries_named_in(f"{head.subject}: {head.claim}")
    opening = _Block(lines[0], lines=list(head.opening))
    in_order = [block for block in (opening, *sections, *other) if block.lines]
    return ParsedNote(
        subject=head.subject,
        claim=head.claim,
        authors=authors,
        date=head.date,
        schema=_schema(sections),
        countries=countries,
        sections=tuple(_section(block) for block in in_order),
        photo_source=fitting(next(iter(photo_sources), ""), "photo's source", source_name, None),
        printed_under=fitting(head.printed_under, "issue line", source_name, None),
        warnings=(
            *head.warnings,
            *_on_headings(sections),
            *_on_other_parts(other),
            *said,
            *_on_photo(photo_sources),
            *_on_countries(countries),
            *oddities([line for block in in_order for line in block.lines]),
        ),
    )


def _without_photo_sources(lines: Sequence[Line]) -> tuple[list[str], list[Line]]:
    found = [page_lines.photo_source_in(line.text) for line in lines]
    sources = list(dict.fromkeys(source for source in found if source))
    return sources, [line for line, source in zip(lines, found, strict=True) if source is None]


def _first_heading(lines: Sequence[Line], source_name: str) -> int:
    for place, line in enumerate(lines):
        if page_lines.heading_in(line.text):
            return place
    raise NoteFormatError(
        source_name,
        f"the file ends without a section heading like “{THREE_QUESTIONS[0]}”, so it is no note "
        "page; copy the whole page, or write the note in Markdown.",
        lines[-1].number if lines else None,
    )


def _divided(lines: Sequence[Line]) -> tuple[list[_Block], list[_Block], list[Line]]:
    """The sections, other parts of the note (its sources), and the lines about the authors."""
    sections: list[_Block] = []
    other: list[_Block] = []
    about: list[Line] = []
    current = about
    for line in lines:
        heading = page_lines.heading_in(line.text)
        if page_lines.ends_the_note(line.text):
            break
        if page_lines.is_about_the_author(line.text):
            current = about
        elif page_lines.is_sources_heading(line.text):
            other.append(_Block(line))
            current = other[-1].lines
        elif heading and heading[0] not in {block.canonical for block in sections}:
            sections.append(_Block(line, heading[0]))
            current = sections[-1].lines
            if heading[1]:
                current.append(Line(line.number, heading[1]))
        elif not page_lines.is_furniture(line.text):
            current.append(line)
    return sections, other, about


def _refuse_empty(sections: Sequence[_Block], source_name: str) -> None:
    for block in sections:
        if not block.lines:
            raise NoteFormatError(
                source_name,
                f"the section “{block.canonical}” has no text; expected at least one paragraph "
                "below its heading.",
                block.printed.number,
            )


def _section(block: _Block) -> ParsedSection:
    heading = block.canonical
    if not heading and page_lines.is_sources_heading(block.printed.text):
        heading = block.printed.text.rstrip(": ")
    texts = list(page_lines.paragraphs(block.lines))
    return ParsedSection(heading, (TextPart(page_lines.as_html(texts)),))


def _schema(sections: Sequence[_Block]) -> str:
    headings = tuple(block.canonical for block in sections)
    return "Three questions" if headings == THREE_QUESTIONS else "Free form"


def _on_headings(sections: Sequence[_Block]) -> Iterator[str]:
    headings = [block.canonical for block in sections]
    if any(heading in THREE_QUESTIONS for heading in headings):
        for missing in (heading for heading in THREE_QUESTIONS if heading not in headings):
            yield f"the section “{missing}” was not found"
    for block in sections:
        if not block.printed.text.startswith(block.canonical):
            yield (
                f"line {block.printed.number}: the heading “{block.printed.text}” was written as "
                f"“{block.canonical}”"
            )
        for line in block.lines:
            if page_lines.heading_in(line.text) and line.number != block.printed.number:
                yield f"line {line.number}: a heading that stood above already was kept as text"


def _on_other_parts(other: Sequence[_Block]) -> Iterator[str]:
    for block in other:
        yield (
            f"line {block.printed.number}: “{block.printed.text}” was kept as text; enter the "
            "sources one by one at the desk"
        )


def _on_photo(sources: Sequence[str]) -> Iterator[str]:
    if not sources:
        yield "no photo source was found"
        return
    yield f"the text of a page has no picture; add the one from {sources[0]} at the desk"
    if len(sources) > 1:
        yield f"more photo sources are named: {', '.join(sources[1:])}"


def _on_countries(codes: Sequence[str]) -> Iterator[str]:
    if codes:
        names = ", ".join(country_name(code) for code in codes)
        yield f"the countries were taken from the headline: {names}"
    else:
        yield "the headline names no country; set the countries at the desk"
