"""A Word document as a plain row of blocks: paragraphs, pictures, tables.

Of a paragraph's look only what a note can show is kept: bold, italic, raised and lowered
words, links. Its words stay as their author typed them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from mammoth import documents

from notes.importing.parsed import CONTROL
from notes.importing.word_document import Drawn, WordDocument
from notes.importing.word_pieces import Marks, Piece, joined, marked, trimmed
from notes.importing.word_styles import PLAIN, Role, Style

LONGEST_ADDRESS = 2_000
_ADDRESSES = ("https://", "http://", "mailto:")
_WIDEST_CELL = 64
# A row of one long and thousands of short ones would be a table of millions of cells.
MOST_CELLS = 2_000
_TAGS = {"superscript": "sup", "subscript": "sub"}


class Reference(NamedTuple):
    """A footnote or endnote."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph. `listed` is its level in a list, from 0, and whether that is numbered."""

    pieces: tuple[Piece, ...]
    style: Style = PLAIN
    listed: tuple[int, bool] | None = None
    indents: tuple[int, int] = (0, 0)
    references: tuple[Reference, ...] = ()

    @property
    def text(self) -> str:
        """The words alone, without the space around them; a line break in Word stays one."""
        return "".join(piece.text for piece in self.pieces).strip()

    @property
    def line(self) -> str:
        """The words on one line, without what only tells where a word may be broken."""
        return " ".join(self.text.replace("\u00ad", "").replace("\u200b", "").split())

    @property
    def is_bold(self) -> bool:
        """Whether all of its words are."""
        return self.style.bold or all(
            piece.marks.bold for piece in self.pieces if piece.text.strip()
        )

    @property
    def is_italic(self) -> bool:
        """Whether all of its words are."""
        return self.style.italic or all(
            piece.marks.italic for piece in self.pieces if piece.text.strip()
        )

    @property
    def html(self) -> str:
        """The words with their marks, in the HTML that a rich text block keeps."""
        return "".join(marked(piece) for piece in trimmed(self.pieces))

    def after(self, length: int) -> Paragraph:
        """The paragraph without its first characters."""
        rest = []
        for piece in trimmed(self.pieces):
            if length < len(piece.text):
                rest.append(piece._replace(text=piece.text[length:]))
            length = max(0, length - len(piece.text))
        return replace(self, pieces=trimmed(rest))


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture, what Word says of it to those who don't see it, and the words below it."""

    drawn: Drawn
    alt: str
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain text, all of the same length."""

    rows: tuple[tuple[str, ...], ...]
    references: tuple[Reference, ...] = ()


Block = Paragraph | Shown | Table


class Blocks:
    """Walks a document's elements.

    `remarks` are what a person should know of them; `characters` is how many words' there were.
    """

    def __init__(self, document: WordDocument) -> None:
        self._document = document
        self.remarks: dict[str, None] = {}
        self.characters = 0

    def of(self, elements: Sequence[Any]) -> Iterator[Block]:
        """The blocks of a row of elements."""
        for element in elements:
            if isinstance(element, documents.Paragraph):
                yield from self._paragraph(element)
            elif isinstance(element, documents.Table):
                yield from self._table(element)
            elif isinstance(element, documents.HasChildren | documents.Image):
                yield from self._loose(element)

    def _loose(self, element: Any) -> Iterator[Block]:
        """What stands where only paragraphs and tables should."""
        yield from self._paragraph(documents.paragraph([element]))

    def _paragraph(self, element: Any) -> Iterator[Block]:
        inline = _Inline(self, self._document)
        inline.walk(element.children, Marks())
        style = self.style_of(element)
        if style.role is Role.CONTENTS:
            self.remarks["its table of contents was left out"] = None
            return
        if style.name:
            self.remarks[
                f"the style “{style.name[:40]}” means nothing here; its words are text"
            ] = None
        level = element.numbering
        paragraph = Paragraph(
            pieces=joined(inline.pieces),
            style=style,
            listed=level and (min(int(level.level_index), 8), bool(level.is_ordered)),
            indents=(_twips(element.indent.start) or style.indent, _twips(element.indent.end)),
            references=tuple(inline.references),
        )
        yield from inline.pictures[: inline.pictures_before_text]
        if paragraph.text or paragraph.references:
            yield paragraph
        yield from inline.pictures[inline.pictures_before_text :]

    def style_of(self, element: Any) -> Style:
        """What the style of a paragraph or a run means."""
        return self._document.styles.of(element.style_id or "", element.style_name or "")

    def _table(self, table: Any) -> Iterator[Block]:
        cells = [cell for row in table.children for cell in getattr(row, "children", [])]
        if len(cells) == 1:
            # A frame around text, for its looks.
            yield from self.of(cells[0].children)
            return
        others: list[Block] = []
        references: list[Reference] = []
        rows: list[list[str]] = []
        for row in table.children:
            rows.append([])
            for cell in getattr(row, "children", []):
                inside = list(self._flat(cell.children))
                texts = [block.text for block in inside if isinstance(block, Paragraph)]
                others += [block for block in inside if isinstance(block, Shown)]
                references += [
                    one
                    for block in inside
                    if isinstance(block, Paragraph)
                    for one in block.references
                ]
                width = min(max(cell.colspan, 1), _WIDEST_CELL)
                rows[-1] += ["\n".join(text for text in texts if text)] + [""] * (width - 1)
        yield from self._rows(rows, tuple(references))
        yield from others

    def _rows(self, rows: list[list[str]], references: tuple[Reference, ...]) -> Iterator[Block]:
        width = max((len(row) for row in rows), default=0)
        if width * len(rows) > MOST_CELLS:
            self.remarks["a table is too large for a note; it is text now"] = None
            for row in rows:
                yield Paragraph((Piece(" | ".join(filter(None, row))),), references=references)
                references = ()
        elif any(any(row) for row in rows):
            yield Table(tuple(tuple(row + [""] * (width - len(row))) for row in rows), references)

    def _flat(self, elements: Sequence[Any]) -> Iterator[Block]:
        """The blocks of a cell; a table in it becomes paragraphs."""
        for block in self.of(elements):
            if isinstance(block, Table):
                self.remarks["a table inside of a table is text in its cell"] = None
                yield Paragraph(
                    (Piece("\n".join(" ".join(filter(None, row)) for row in block.rows)),),
                    references=block.references,
                )
            else:
                yield block


class _Inline:
    """The words, pictures and references of one paragraph."""

    def __init__(self, blocks: Blocks, document: WordDocument) -> None:
        self._blocks = blocks
        self._document = document
        self.pieces: list[Piece] = []
        self.pictures: list[Shown] = []
        self.pictures_before_text = 0
        self.references: list[Reference] = []

    def walk(self, elements: Sequence[Any], marks: Marks) -> None:
        for element in elements:
            match element:
                case documents.Run():
                    self.walk(element.children, self._marks(element, marks))
                case documents.Hyperlink():
                    self.walk(element.children, marks._replace(link=self._link(element)))
                case documents.Text():
                    # Word shows an end of a line in its file as a space.
                    self._blocks.characters += len(element.value)
                    self._say(re.sub(r"[\r\n]", " ", element.value), marks)
                case documents.Tab():
                    self._say("\t", marks)
                case documents.Break():
                    self._say("\n", marks)
                case documents.Checkbox():
                    self._say("☒" if element.checked else "☐", marks)
                case documents.NoteReference():
                    self.references.append(Reference(element.note_type, element.note_id))
                case documents.Image():
                    self._show(element)
                case documents.HasChildren():
                    self.walk(element.children, marks)

    def _say(self, text: str, marks: Marks) -> None:
        said = CONTROL.sub("", text)
        if said != text:
            self._blocks.remarks["invisible control characters were left out"] = None
        self.pieces.append(Piece(said, marks))

    def _show(self, image: Any) -> None:
        self.pictures.append(Shown(self._document.drawn(image), (image.alt_text or "").strip()))
        if not any(piece.text.strip() for piece in self.pieces):
            self.pictures_before_text = len(self.pictures)

    def _marks(self, run: Any, around: Marks) -> Marks:
        style = self._blocks.style_of(run) if run.style_id else PLAIN
        return around._replace(
            bold=around.bold or run.is_bold or style.bold,
            italic=around.italic or run.is_italic or style.italic,
            raised=_TAGS.get(run.vertical_alignment, ""),
        )

    def _link(self, element: Any) -> str:
        address = (element.href or "").strip()
        if address.lower().startswith(_ADDRESSES) and len(address) <= LONGEST_ADDRESS:
            return CONTROL.sub("", address)
        if address:
            self._blocks.remarks[
                f"the link to “{address[:60]}” leads nowhere from a mail; its words are text"
            ] = None
        return ""


def _twips(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and len(value) <= 6 else 0
