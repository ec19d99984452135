"""Rich text as its passages: each paragraph's or item's words, and where they stand in the HTML.

An edit of the words changes text alone. Tags, links and every other character stay as they were
written, byte for byte.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Literal

# Matched from a place on, one after the other, so that nothing of the source is ever skipped.
_TOKEN = re.compile(
    r"""(?P<tag><(?:[/!]?[a-zA-Z](?:[^<>"']|"[^"]*"|'[^']*')*+)>)
    | (?P<entity>&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});)
    | (?P<words>[^<&]++|[<&])""",
    re.VERBOSE,
)
_TAG_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_INLINE = frozenset({"a", "abbr", "b", "em", "i", "span", "strong", "sub", "sup", "u"})


@dataclass(frozen=True, slots=True)
class Piece:
    """Words in the source between `start` and `end`: as they are, as an entity, or a line break."""

    start: int
    end: int
    words: str
    kind: Literal["plain", "entity", "break"]


@dataclass(frozen=True, slots=True)
class Passage:
    """The words that stand together in one block of a rich text."""

    pieces: list[Piece] = field(default_factory=list)

    @property
    def words(self) -> str:
        return "".join(piece.words for piece in self.pieces)


def passages(source: str) -> list[Passage]:
    """The blocks that have words, in order.

    >>> [passage.words for passage in passages("<p>Gold &amp; <b>iron</b></p><p></p><p>Salt</p>")]
    ['Gold & iron', 'Salt']
    """
    return [passage for passage in _blocks(source) if passage.pieces]


def edited(source: str, passage: int, start: int, end: int, meant: str) -> str:
    """The source with other words in place of those between `start` and `end` of a passage.

    Args:
        passage: its place among the `passages`.
        start: where in its words the edit begins; likewise `end`, behind it.
        meant: plain words.

    Raises:
        IndexError: if there is no such passage.
    """
    found = passages(source)[passage]
    # The words that stay are left where they are: the first may be bold, the last in a link.
    odd = found.words[start:end]
    ahead = _alike(odd, meant)
    behind = _alike(odd[ahead:][::-1], meant[ahead:][::-1])
    return _replaced(source, found, start + ahead, end - behind, meant[ahead : len(meant) - behind])


def _alike(one: str, other: str) -> int:
    """With how many characters both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _replaced(source: str, passage: Passage, start: int, end: int, meant: str) -> str:
    parts, last, offset, is_written = [], 0, 0, False
    for piece in passage.pieces:
        first, behind = max(start - offset, 0), min(end - offset, len(piece.words))
        offset += len(piece.words)
        is_touched = first < behind or (start == end and first == behind and not is_written)
        # A line break is a tag, and stays.
        if not is_touched or piece.kind == "break":
            continue
        words = "" if is_written else meant
        is_written = True
        parts += [source[last : piece.start], _with(piece, source, first, behind, words)]
        last = piece.end
    return "".join([*parts, source[last:]])


def _with(piece: Piece, source: str, first: int, behind: int, meant: str) -> str:
    meant = html.escape(meant, quote=False)
    if piece.kind == "plain":
        return (
            source[piece.start : piece.start + first]
            + meant
            + source[piece.start + behind : piece.end]
        )
    before, after = piece.words[:first], piece.words[behind:]
    return html.escape(before, quote=False) + meant + html.escape(after, quote=False)


def _blocks(source: str) -> Iterator[Passage]:
    passage = Passage()
    for token in _TOKEN.finditer(source):
        start, end = token.span()
        if token["tag"] is None:
            if token["entity"] is None:
                passage.pieces.append(Piece(start, end, token[0], "plain"))
            else:
                passage.pieces.append(Piece(start, end, html.unescape(token[0]), "entity"))
            continue
        named = _TAG_NAME.match(token[0])
        name = named[1].lower() if named else ""
        if name == "br":
            passage.pieces.append(Piece(start, end, "\n", "break"))
        elif name not in _INLINE:
            yield passage
            passage = Passage()
    yield passage
