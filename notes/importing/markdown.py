"""Reads a note written in Markdown with front matter."""

from __future__ import annotations

from collections.abc import Iterator

from notes.importing.front_matter import read_front_matter
from notes.importing.markdown_body import read_body
from notes.importing.page_lines import THREE_QUESTIONS
from notes.importing.parsed import (
    FigurePart,
    NoteFormatError,
    ParsedAuthor,
    ParsedNote,
    ParsedSection,
    PictureFile,
    lines_of,
)


def parse_markdown(text: str, source_name: str) -> ParsedNote:
    """The note in a Markdown file.

    Args:
        text: the file's text.
        source_name: the file's name, for messages.

    Raises:
        NoteFormatError: if a part is missing or unknown, with its line.
    """
    front, body = read_front_matter("\n".join(lines_of(text, source_name)), source_name)
    subject = front.text("subject", "subject", required=True)
    claim = front.text("claim", "claim", required=True)
    authors, twice = front.authors()
    day = front.day()
    picture = front.picture()
    sections, odd = read_body(body, source_name)
    if not sections:
        raise NoteFormatError(
            source_name,
            f"there is no text below the front matter; expected sections like “## "
            f"{THREE_QUESTIONS[0]}”.",
            front.end,
        )
    schema = front.text("schema", "schema") or _schema(sections)
    countries = front.countries()
    return ParsedNote(
        subject=subject,
        claim=claim,
        authors=authors,
        date=day,
        schema=schema,
        sections=sections,
        countries=countries,
        picture=picture,
        photo_source=front.text("photo_source", "photo's source"),
        sources=front.sources(),
        warnings=(
            *twice,
            *odd,
            *_on_schema(schema, sections),
            *_on_authors(authors),
            *_on_pictures(picture, sections),
            *([] if countries else ["no countries are named"]),
        ),
    )


def _schema(sections: tuple[ParsedSection, ...]) -> str:
    headings = tuple(section.heading for section in sections)
    return "Three questions" if headings == THREE_QUESTIONS else "Free form"


def _on_schema(schema: str, sections: tuple[ParsedSection, ...]) -> Iterator[str]:
    if schema == "Three questions" and _schema(sections) != schema:
        yield "the sections are not the three questions in their order"


def _on_authors(authors: tuple[ParsedAuthor, ...]) -> Iterator[str]:
    for author in authors:
        if not author.biography:
            yield f"nothing is said about the author {author.name}"


def _on_pictures(picture: PictureFile | None, sections: tuple[ParsedSection, ...]) -> Iterator[str]:
    parts = [part for section in sections for part in section.parts]
    figures = [part.picture for part in parts if isinstance(part, FigurePart)]
    for one in [picture, *figures] if picture else figures:
        if not one.alt:
            yield f"line {one.line}: the picture {one.file} has no alternative text"
        if not one.credit:
            yield f"line {one.line}: the picture {one.file} has no credit"
