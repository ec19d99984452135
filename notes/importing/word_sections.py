"""The body of a Word document: sections with their parts, and what stands below them.

Under `About the author` come the biographies, under `Sources` the sources; a paragraph at
the end that begins with an author's name is about that author.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from notes.importing import page_lines
from notes.importing.parsed import (
    MOST_CHARACTERS,
    FigurePart,
    ParsedAuthor,
    ParsedPart,
    PictureFile,
    QuotePart,
    TablePart,
    TextPart,
)
from notes.importing.word_blocks import Block, Paragraph, Shown, Table
from notes.importing.word_outline import Outline, is_of_end, is_styled
from notes.importing.word_pieces import Piece
from notes.importing.word_styles import Role
from notes.names import name_key

_SAID_BY = re.compile(r"(?:—|–|--)\s*(?P<who>.+)")
_NAMED = re.compile(r"(?P<name>[^,.;:]{4,60}?),? is (?:an?|the|currently)\b")
# A quarter of an inch; a first line is set in by less.
_SET_IN = 360
_QUOTATION = ("“", '"', "„", "«", "‘")
Take = Callable[[Shown], PictureFile | None]


@dataclass(slots=True)
class Divided:
    """A document's sections as blocks, and what stands below the last of them."""

    sections: list[tuple[str, list[Block]]] = field(default_factory=list)
    about: list[Paragraph] = field(default_factory=list)
    sources: list[Paragraph] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def divided(blocks: Sequence[Block], outline: Outline) -> Divided:
    """The sections; the first has no heading where text stands above all headings."""
    found = Divided()
    under: list[Block] = []
    found.sections.append(("", under))
    end: list[Paragraph] | None = None
    for block in blocks:
        if isinstance(block, Paragraph) and outline.is_heading(block):
            if is_of_end(block):
                about = page_lines.is_about_the_author(block.line)
                end = found.about if about else found.sources
                continue
            end, under = None, []
            found.sections.append((_heading(block, outline, under, found.warnings), under))
        elif end is not None and isinstance(block, Paragraph):
            end.append(block)
        else:
            under.append(_as_bold_line(block, found.warnings))
    found.sections = [one for one in found.sections if one[0] or one[1]]
    for heading, inside in found.sections:
        if not inside:
            found.warnings.append(f"the section “{heading[:60]}” has no text")
    return found


def take_biographies(found: Divided, authors: Sequence[ParsedAuthor]) -> list[ParsedAuthor]:
    """Move the biographies below the text out of it; the authors, if only those name them."""
    last = found.sections[-1][1] if found.sections else []
    at_the_end: list[Paragraph] = []
    while last and isinstance(block := last[-1], Paragraph) and _is_biography(block, authors):
        at_the_end.insert(0, block)
        last.pop()
    found.about[:0] = at_the_end
    if authors or not found.about:
        return list(authors)
    named = [said["name"] for one in found.about if (said := _NAMED.match(one.line))]
    if named:
        found.warnings.append("no byline was found; the authors were taken from the biographies")
    else:
        found.sections.append(("About the author", list(found.about)))
    return [ParsedAuthor(name) for name in dict.fromkeys(named)]


def _is_biography(block: Paragraph, authors: Sequence[ParsedAuthor]) -> bool:
    key = name_key(block.line)
    about_author = any(key.startswith(f"{name_key(author.name)} ") for author in authors)
    return about_author or (block.is_italic and not authors and bool(_NAMED.match(block.line)))


def _heading(block: Paragraph, outline: Outline, under: list[Block], warnings: list[str]) -> str:
    """A heading's words; those behind a schema's heading on its line go below it."""
    spelt, opening = outline.known_heading(block)
    if not spelt:
        return block.line
    rest = block.after(len(opening))
    if rest.text:
        under.append(rest)
    elif block.references:
        under.append(Paragraph((), references=block.references))
    printed = " ".join(opening.split())
    if printed != spelt:
        warnings.append(f"the heading “{printed[:60]}” was written as “{spelt}”")
    return spelt


def _as_bold_line(block: Block, warnings: list[str]) -> Block:
    """A heading inside of a section is a bold line: a section has none inside."""
    if not isinstance(block, Paragraph) or not is_styled(block):
        return block
    warnings.append(f"the heading “{block.line[:60]}” inside of a section is a bold line now")
    pieces = tuple(Piece(piece.text, piece.marks._replace(bold=True)) for piece in block.pieces)
    return Paragraph(pieces, references=block.references)


def parts(blocks: Sequence[Block], take: Take) -> Iterator[ParsedPart]:
    """The parts of a section; text that follows text is one part.

    Args:
        blocks: what stands under its heading.
        take: gives the picture to store; None where it can't be used.
    """
    for kind, group in groupby(blocks, key=_kind):
        if kind == "quote":
            yield _quote([block for block in group if isinstance(block, Paragraph)])
        elif kind == "text":
            text = _text([block for block in group if isinstance(block, Paragraph)])
            if text:
                yield TextPart(text)
        else:
            for block in group:
                if isinstance(block, Table):
                    yield TablePart(block.rows)
                elif isinstance(block, Shown) and (picture := take(block)):
                    yield FigurePart(picture, block.caption)


def _kind(block: Block) -> str:
    if not isinstance(block, Paragraph):
        return "other"
    return "quote" if _is_quote(block) else "text"


def _is_quote(block: Paragraph) -> bool:
    if block.style.role is Role.QUOTE:
        return True
    left, right = block.indents
    spoken = block.text.startswith(_QUOTATION) or block.is_italic
    return block.listed is None and left >= _SET_IN and (right >= _SET_IN or spoken)


def _quote(blocks: Sequence[Paragraph]) -> QuotePart:
    *words, last = [line for block in blocks for line in (*block.text.split("\n"), "")][:-1]
    said = _SAID_BY.fullmatch(last.strip())
    if said is None or not any(words) or len(said["who"]) > MOST_CHARACTERS["attribution"]:
        return QuotePart("\n\n".join(block.text for block in blocks), "")
    return QuotePart("\n".join(words).strip(), said["who"].strip())


def _text(blocks: Sequence[Paragraph]) -> str:
    said = []
    for is_list, group in groupby(blocks, key=lambda block: block.listed is not None):
        rows = [block for block in group if block.text]
        said.append(_lists(rows) if is_list else "".join(f"<p>{row.html}</p>" for row in rows))
    return "".join(said)


def _lists(items: Sequence[Paragraph]) -> str:
    """Lists inside of lists, as Word sets them in."""
    said: list[str] = []
    open_lists: list[tuple[int, str]] = []
    for item in items:
        level, numbered = item.listed or (0, False)
        tag = "ol" if numbered else "ul"
        while open_lists and (
            open_lists[-1][0] > level or (open_lists[-1][0] == level and open_lists[-1][1] != tag)
        ):
            said.append(f"</li></{open_lists.pop()[1]}>")
        if open_lists and open_lists[-1][0] == level:
            said.append("</li>")
        else:
            said.append(f"<{tag}>")
            open_lists.append((level, tag))
        said.append(f"<li>{item.html}")
    said += [f"</li></{tag}>" for _, tag in reversed(open_lists)]
    return "".join(said)
