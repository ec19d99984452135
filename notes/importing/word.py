"""Reads a note written in Word.

A Word document is a draft: what it does not say is for a person to look at, and refuses
nothing. Only what is no Word document, or could do harm, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import PurePath

from notes.importing.biographies import with_biographies
from notes.importing.files import NoteFile
from notes.importing.page_lines import THREE_QUESTIONS, Line
from notes.importing.parsed import ParsedAuthor, ParsedNote, ParsedSection, Preset, fitting
from notes.importing.word_archive import WordArchive
from notes.importing.word_blocks import Block, Blocks, Paragraph, Shown, Table
from notes.importing.word_cleaning import SENTENCES
from notes.importing.word_document import WordDocument
from notes.importing.word_head import Head, read_head, split_at_headline
from notes.importing.word_outline import outline_of, plain_outline
from notes.importing.word_pictures import Enclosed, check_number, with_captions
from notes.importing.word_sections import Divided, divided, parts, take_biographies
from notes.importing.word_sources import Sources

_FREE_FORM = "Free form"
_MOST_REMARKS = 8


def parse_word(file: NoteFile, preset: Preset) -> ParsedNote:
    """The note in a Word document.

    Args:
        file: the document.
        preset: what stands for what it does not say.

    Raises:
        NoteFormatError: if it is no Word document, is damaged, protected, too large or too long,
            has macros, has no text, or a part has more characters than the database has room for.
    """
    archive = WordArchive(file)
    document = WordDocument(archive)
    walk = Blocks(document)
    blocks = list(with_captions(list(walk.of(document.body))))
    if walk.characters < document.characters["document"]:
        walk.remarks["some of its words could not be read; compare the draft with the file"] = None
    if not any(isinstance(block, Paragraph | Table) for block in blocks):
        raise archive.error("there is no text in it.")
    check_number(blocks, archive)

    schemas = {"Three questions": THREE_QUESTIONS, **preset.schemas}
    headline, rest = split_at_headline(blocks, plain_outline(schemas.values()))
    outline = outline_of(rest, schemas.values())
    head = read_head(headline, rest, outline)
    found = divided(head.rest, outline)
    authors, said = _authors(head, found, file.name)
    pictures = Enclosed(archive)
    shown_first = _first_picture(found)
    picture = pictures.take(shown_first) if shown_first else None
    sources = _sources(blocks, found, walk, document)
    sections = tuple(_sections(found, sources, pictures))
    if not sections:
        raise archive.error("there is no text below its headline.")
    schema = _schema(sections, schemas)
    day = head.day or preset.day
    if day is None:
        raise archive.error("no date was found; write one like 29 June 2025 below the headline.")
    return ParsedNote(
        subject=fitting(head.subject or PurePath(file.name).stem, "subject", file.name, None),
        claim=fitting(head.claim, "claim", file.name, None),
        authors=authors,
        date=day,
        schema=schema,
        sections=sections,
        countries=head.countries,
        picture=picture,
        photo_source=fitting(head.photo_source, "photo's source", file.name, None),
        sources=tuple(sources.found),
        printed_under=fitting(head.printed_under, "issue line", file.name, None),
        warnings=(
            *_on_head(head, day),
            *said,
            *_on_sections(sections, schemas.get(schema, ())),
            *_few(found.warnings),
            *pictures.warnings,
            *_few(sources.warnings),
            *_few(_on_document(document)),
            *_few(list(walk.remarks)),
        ),
    )


def _authors(
    head: Head, found: Divided, source_name: str
) -> tuple[tuple[ParsedAuthor, ...], list[str]]:
    """The authors with their biographies, and what a person should look at."""
    named = take_biographies(found, head.authors)
    if not named:
        return (), ["no author was found; name the authors in the draft"]
    for author in named:
        fitting(author.affiliation, "affiliation", source_name, None)
    # Numbered such that no two of them are lines of one paragraph.
    lines = [Line(2 * place, paragraph.line) for place, paragraph in enumerate(found.about, 1)]
    return with_biographies(named, lines, source_name)


def _first_picture(found: Divided) -> Shown | None:
    """The note's own picture, taken from above the first heading; one with a caption stays."""
    if not found.sections or found.sections[0][0]:
        return None
    blocks = found.sections[0][1]
    shown = next((block for block in blocks if isinstance(block, Shown)), None)
    if shown is None or shown.caption:
        return None
    blocks.remove(shown)
    if not blocks:
        del found.sections[0]
    return shown


def _sources(
    blocks: Sequence[Block], found: Divided, walk: Blocks, document: WordDocument
) -> Sources:
    """The sources in the order in which the text refers to them, then those that are listed."""
    sources = Sources()
    references = [
        one for block in blocks if not isinstance(block, Shown) for one in block.references
    ]
    for number, one in enumerate(dict.fromkeys(references), start=1):
        noted = [
            block
            for block in walk.of(document.note(one.kind, one.key))
            if isinstance(block, Paragraph)
        ]
        sources.read(noted, f"{one.kind} {number}")
    if references:
        sources.warnings.append(
            "its footnotes are the draft's sources; their marks in the text were left out"
        )
    for number, listed in enumerate(found.sources, start=1):
        sources.read([listed], f"source {number}")
    return sources


def _sections(found: Divided, sources: Sources, pictures: Enclosed) -> Iterator[ParsedSection]:
    for heading, blocks in found.sections:
        yield ParsedSection(heading, tuple(parts(blocks, pictures.take)))
    if sources.remarks:
        yield ParsedSection("Footnotes", tuple(parts(sources.remarks, pictures.take)))


def _schema(sections: Sequence[ParsedSection], schemas: dict[str, tuple[str, ...]]) -> str:
    """The section schema whose headings these are."""
    headings = tuple(section.heading for section in sections if section.heading)
    named = (name for name, own in schemas.items() if own and headings == tuple(own))
    return next(named, _FREE_FORM)


def _on_head(head: Head, day: date) -> Iterator[str]:
    if not head.headline:
        yield "no headline was found; the file's name stands for its subject"
    elif not head.claim:
        yield "the headline has one part; write what the note claims"
    if head.day is None:
        yield f"no date was found; the draft is dated {day.day} {day:%B %Y}"
    yield from _few(head.warnings)
    if not head.countries:
        yield "no countries are named"


def _on_sections(sections: Sequence[ParsedSection], schema: Sequence[str]) -> Iterator[str]:
    headings = [section.heading for section in sections]
    if not any(headings):
        yield "no section heading was found"
    if any(heading in THREE_QUESTIONS for heading in headings) and not schema:
        for missing in (heading for heading in THREE_QUESTIONS if heading not in headings):
            yield f"the section “{missing}” was not found"


def _on_document(document: WordDocument) -> list[str]:
    return [
        sentence.format(count=document.found[kind])
        for kind, sentence in SENTENCES.items()
        if document.found[kind]
    ]


def _few(sentences: Sequence[str]) -> Iterator[str]:
    yield from sentences[:_MOST_REMARKS]
    if len(sentences) > _MOST_REMARKS:
        yield f"{len(sentences) - _MOST_REMARKS} more remarks like these"
