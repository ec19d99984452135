"""The words of a mail as people wrote them, passage by passage, with where each stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from issues.preflight.facts import IssueRendering, NoteFacts
from rendering.content import Figure, NoteContent, Part, Quote, Table, Takeaways, Text
from rendering.richtext import Block, Paragraph, Run, blocks

Kind = Literal[
    "headline", "heading", "paragraph", "cell", "caption", "credit", "quotation", "author", "source"
]


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of words that stand together: a paragraph, a heading, a cell of a table.

    `place` is for people (`Russia and Mali: A growing presence › What happened?`), `note` the
    note it stands in (None for what belongs to the issue), `fix` where it is mended. `runs` are
    set where the words may hold links.
    """

    place: str
    text: str
    kind: Kind
    fix: str = ""
    note: NoteFacts | None = None
    runs: tuple[Run, ...] = ()


def passages(issue: IssueRendering) -> Iterator[Passage]:
    """All of them, in the order of reading, without those of no words."""
    for passage in _issue(issue):
        if passage.text.strip():
            yield passage
    for note in issue.notes:
        for passage in passages_of(note):
            yield passage


def passages_of(note: NoteFacts) -> Iterator[Passage]:
    """A note's, in the order of reading, without those of no words."""
    for section, kind, text, runs in _note(note.content):
        if text.strip():
            place = f"{note.headline} › {section}" if section else note.headline
            yield Passage(place, text, kind, note.fix, note, runs)


def _issue(issue: IssueRendering) -> Iterator[Passage]:
    yield Passage("subject line", issue.subject, "headline", issue.fix)
    yield Passage("preview text", issue.preview_text, "headline", issue.fix)
    for paragraph in issue.introduction.split("\n\n"):
        yield Passage("introduction", paragraph, "paragraph", issue.fix)
    for region in issue.regions:
        for brief in region.briefs:
            for runs in _runs(brief):
                place = f"briefs › {region.name}"
                yield Passage(place, _text(runs), "paragraph", issue.fix, runs=runs)


_Found = tuple[str, Kind, str, tuple[Run, ...]]


@lru_cache(maxsize=64)
def _note(note: NoteContent) -> tuple[_Found, ...]:
    return tuple(_found(note))


def _found(note: NoteContent) -> Iterator[_Found]:
    yield "", "headline", note.subject, ()
    yield "", "headline", note.claim, ()
    if note.photo:
        yield "photo", "caption", note.photo.alt, ()
        yield "photo", "credit", note.photo.credit, ()
    yield "photo", "credit", note.photo_source, ()
    for section in note.sections:
        yield section.heading, "heading", section.heading, ()
        for part in section.parts:
            for kind, text, runs in _part(part):
                yield section.heading, kind, text, runs
    for source in note.sources:
        yield "sources", "source", f"{source.outlet}: {source.title}", ()
    for author in note.authors:
        yield "author", "author", author.name, ()
        yield "author", "author", author.affiliation, ()
        yield "author", "author", author.biography, ()


def _part(part: Part) -> Iterator[tuple[Kind, str, tuple[Run, ...]]]:
    match part:
        case Text(html):
            yield from _paragraphs(html)
        case Quote(text, attribution):
            yield "quotation", text, ()
            yield "credit", attribution, ()
        case Figure(picture, caption):
            yield "caption", caption, ()
            yield "caption", picture.alt, ()
            yield "credit", picture.credit, ()
        case Table(header, rows, caption):
            yield "caption", caption, ()
            for row in (header, *rows):
                for cell in row:
                    yield "cell", cell, ()
        case Takeaways(points):
            for point in points:
                yield "paragraph", point.lead, ()
                yield from _paragraphs(point.html)


def _paragraphs(html: str) -> Iterator[tuple[Kind, str, tuple[Run, ...]]]:
    for runs in _runs(html):
        yield "paragraph", _text(runs), runs


def _runs(html: str) -> Iterator[tuple[Run, ...]]:
    yield from _runs_of(blocks(html))


def _runs_of(items: tuple[Block, ...]) -> Iterator[tuple[Run, ...]]:
    for block in items:
        if isinstance(block, Paragraph):
            yield block.runs
        else:
            for item in block.items:
                yield from _runs_of(item)


def _text(runs: tuple[Run, ...]) -> str:
    return "".join(run.text for run in runs)
