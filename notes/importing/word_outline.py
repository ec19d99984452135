"""Tells which paragraphs of a Word document are headings, and which of them stand over sections.

By their style, whatever it is called; by the words that the newsroom's section schemas
have; or, where neither is there, because a short line is bold from end to end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from notes.importing import page_lines
from notes.importing.word_blocks import Block, Paragraph
from notes.importing.word_styles import Role
from notes.names import name_key

_LONGEST_BOLD_LINE = 120
_LONGEST_HEADING = 200
# Longer lines, and those of several words that end like a sentence, are text.
_LONGEST_LINE = 160
_FEWEST_WORDS_OF_A_SENTENCE = 9


@dataclass(frozen=True, slots=True)
class Outline:
    """How this document marks its headings.

    `known` are the headings of the section schemas by their keys; `level` is the styled
    headings' that stand over sections, and 0 where bold lines do.
    """

    known: dict[str, str]
    level: int
    has_bold_headings: bool

    def known_heading(self, block: Block) -> tuple[str, str]:
        """The heading that a paragraph is or begins with, and the words that it begins with."""
        if not isinstance(block, Paragraph):
            return "", ""
        spelt = self.known.get(name_key(block.line), "")
        if spelt:
            return spelt, block.text
        found = page_lines.heading_in(block.line)
        if found is None or (found[1] and not block.text.endswith(found[1])):
            return "", ""
        return found[0], block.text.removesuffix(found[1]) if found[1] else block.text

    def is_heading(self, block: Block) -> bool:
        """Whether a section begins with this paragraph."""
        if not isinstance(block, Paragraph):
            return False
        if self.known_heading(block)[0] or is_of_end(block):
            return True
        if is_styled(block):
            return block.style.level <= self.level
        return self.has_bold_headings and is_bold_line(block)


def plain_outline(schemas: Iterable[Sequence[str]]) -> Outline:
    """An outline that knows only the headings of each section schema."""
    known = {name_key(heading): heading for headings in schemas for heading in headings}
    return Outline(known, level=0, has_bold_headings=False)


def outline_of(blocks: Sequence[Block], schemas: Iterable[Sequence[str]]) -> Outline:
    """How the headings are marked, in what follows a document's headline.

    Args:
        blocks: the blocks below the headline.
        schemas: the headings of each section schema.
    """
    plain = plain_outline(schemas)
    headings = [block for block in blocks if isinstance(block, Paragraph)]
    of_sections = [
        block.style.level
        for block in headings
        if is_styled(block) and (plain.known_heading(block)[0] or not is_of_end(block))
    ]
    over_known = [
        block.style.level
        for block in headings
        if is_styled(block) and plain.known_heading(block)[0]
    ]
    level = max(over_known, default=0) or min(of_sections, default=0)
    any_known = any(plain.known_heading(block)[0] for block in headings)
    return Outline(plain.known, level, has_bold_headings=not (level or any_known))


def is_styled(block: Paragraph) -> bool:
    """Whether its style makes it a heading."""
    return block.style.role is Role.HEADING and len(block.line) <= _LONGEST_HEADING


def is_bold_line(block: Paragraph) -> bool:
    """Whether it is a line that stands out only because it is bold."""
    line = block.line
    return (
        block.is_bold
        and block.listed is None
        and 0 < len(line) <= _LONGEST_BOLD_LINE
        and not line.endswith((".", ",", ";"))
        and bool(name_key(line))
    )


def is_of_end(block: Paragraph) -> bool:
    """Whether the biographies or the sources are listed below."""
    return page_lines.is_about_the_author(block.line) or page_lines.is_sources_heading(block.line)


def is_running_text(block: Block) -> bool:
    """Whether it is text and no line of a note's head."""
    if not isinstance(block, Paragraph) or block.listed is not None:
        return True
    line = block.line
    sentence = line.endswith((".", "”", '"')) and len(line.split()) >= _FEWEST_WORDS_OF_A_SENTENCE
    return len(line) > _LONGEST_LINE or sentence
