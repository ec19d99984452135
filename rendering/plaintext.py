"""The text part: the same words, to be read in a terminal, 72 columns wide.

An address is never broken, however long it is: a broken one can't be followed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from rendering.content import Table
from rendering.richtext import Block, Paragraph, Run, blocks
from rendering.tables import grid, numeric_columns

COLUMNS = 72
_GAP = "  "
_SPACES = re.compile(r"[ \t]+")
# Chinese and Japanese, and the signs of full width that stand among them.
_WIDE = "\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60"
_OPENING = "（「『【《〈“‘(\\["
_CLOSING = "、。，．：；？！）」』】》〉”’)\\]ー…"
# Only among these some take no column, or two.
_ODD = re.compile("[\u0300-\u1fff\u2e80-\U0010ffff]")
_HAS_WIDE = re.compile(f"[{_WIDE}]")
# Between two of them a line may end, but not after an opening bracket, nor before a stop or a
# closing one.
_BETWEEN = re.compile(f"(?:(?<=[{_WIDE}])|(?=[{_WIDE}]))(?<![{_OPENING}])(?![{_CLOSING}])")


class NumberedLinks:
    """The addresses of one note, numbered as they first occur."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, address: str) -> str:
        """`[1]` for an address; the same again for the same one."""
        return f"[{self._numbers.setdefault(address, len(self._numbers) + 1)}]"

    def lines(self) -> str:
        """All of them, one a line; empty if there are none."""
        return "\n".join(f"[{number}] {address}" for address, number in self._numbers.items())


def wrapped(text: str, first: str = "", rest: str | None = None, columns: int = COLUMNS) -> str:
    """The text in lines of at most `columns`, but for words that are longer by themselves.

    Args:
        text: the words; a newline in it stays one.
        first: what stands before the first line.
        rest: what stands before the others; as many spaces as `first` is long if not given.
        columns: the longest line, in characters.
    """
    rest = " " * len(first) if rest is None else rest
    measure = _width if _ODD.search(first + text) else len
    lines: list[str] = []
    for words in text.split("\n"):
        line, empty = rest if lines else first, True
        width = measure(line)
        for unit, gap in _units(words):
            longer = width + len(gap) + measure(unit)
            if empty:
                line, width, empty = line + unit, longer - len(gap), False
            elif longer <= columns:
                line, width = line + gap + unit, longer
            else:
                lines.append(line)
                line, width = rest + unit, measure(rest) + measure(unit)
        if not empty:
            lines.append(line)
    return "\n".join(lines)


def _units(text: str) -> Iterator[tuple[str, str]]:
    """What is not broken, each with the space that stands before it.

    Words; and of Chinese and Japanese, which have no spaces, single characters.
    """
    has_wide = _HAS_WIDE.search(text)
    for word in _SPACES.split(text.strip(" \t")):
        if has_wide:
            gap = " "
            for unit in filter(None, _BETWEEN.split(word)):
                yield unit, gap
                gap = ""
        elif word:
            yield word, " "


def underlined(text: str, line: str = "-", columns: int = COLUMNS) -> str:
    """A heading with a line below it as long as its longest line."""
    heading = wrapped(text, columns=columns)
    longest = max((_width(row) for row in heading.split("\n")), default=0)
    return f"{heading}\n{line * min(longest, columns)}"


def text_blocks(html: str, links: NumberedLinks) -> str:
    """An editor's HTML as paragraphs and lists."""
    return _blocks(blocks(html), links, "", "")


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a plain text: what an empty line divides."""
    found: list[list[str]] = [[]]
    for line in text.split("\n"):
        if words := line.strip():
            found[-1].append(words)
        elif found[-1]:
            found.append([])
    return [" ".join(lines) for lines in found if lines]


def table_text(table: Table) -> str:
    """A table in aligned columns, or as `Header: value` lines where the columns do not fit."""
    rows = grid(table)
    body = [_one_line(row) for row in rows.body]
    header = _one_line(rows.header)
    widths = [
        max((_width(row[place]) for row in [header, *body] if row), default=0)
        for place in range(rows.columns)
    ]
    if sum(widths) + len(_GAP) * (len(widths) - 1) <= COLUMNS:
        text = _aligned(header, body, widths, numeric_columns(table))
    else:
        text = "\n\n".join(_labelled(header, row) for row in body)
    return text


def _aligned(
    header: Sequence[str], body: Sequence[Sequence[str]], widths: Sequence[int], right: set[int]
) -> str:
    def line(row: Sequence[str]) -> str:
        cells = (
            " " * (width - _width(cell)) + cell
            if place in right
            else cell + " " * (width - _width(cell))
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        return _GAP.join(cells).rstrip()

    head = [line(header), _GAP.join("-" * width for width in widths)] if header else []
    return "\n".join([*head, *(line(row) for row in body)])


def _labelled(header: Sequence[str], row: Sequence[str]) -> str:
    labels = header or [""] * len(row)
    return "\n".join(
        wrapped(f"{label}: {cell}" if label else cell, rest="  ")
        for label, cell in zip(labels, row, strict=True)
        if cell or label
    )


def _blocks(items: Sequence[Block], links: NumberedLinks, first: str, rest: str) -> str:
    """The blocks, `first` before the very first line, `rest` before the others."""
    parts: list[str] = []
    tight = all(not isinstance(block, Paragraph) for block in items[1:])
    for block in items:
        opening = rest if parts else first
        if isinstance(block, Paragraph):
            parts.append(wrapped(_words(block.runs, links), opening, rest))
        else:
            labels = [
                f"{number}. " if block.ordered else "- "
                for number in range(1, len(block.items) + 1)
            ]
            indent = max(map(len, labels))
            item_texts: list[str] = []
            for label, item in zip(labels, block.items, strict=True):
                start = (rest if item_texts else opening) + label.rjust(indent)
                item_texts.append(_blocks(item, links, start, rest + " " * indent))
            parts.append("\n".join(item_texts))
    return ("\n" if tight and rest else "\n\n").join(parts)


def _words(runs: Sequence[Run], links: NumberedLinks) -> str:
    words = ""
    for place, run in enumerate(runs):
        words += run.text
        following = runs[place + 1].href if place + 1 < len(runs) else ""
        if run.href and run.href != following:
            address = run.href.removeprefix("mailto:")
            if words.endswith(address):
                continue
            words = f"{words.rstrip(' ')} {links.number(run.href)}" + " " * words.endswith(" ")
    return words


def _one_line(row: Sequence[str]) -> list[str]:
    return [" ".join(cell.split()) for cell in row]


def _width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
