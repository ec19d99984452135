"""Words of a Word document with what of their look a note can show, and their HTML."""

from __future__ import annotations

import html
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple


class Marks(NamedTuple):
    """How words look, as far as a note can show it."""

    bold: bool = False
    italic: bool = False
    raised: str = ""
    link: str = ""


class Piece(NamedTuple):
    """Words that look alike."""

    text: str
    marks: Marks = Marks()


def trimmed(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Without the space at both ends."""
    kept = list(pieces)
    while kept and not kept[0].text.strip():
        kept.pop(0)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        kept[0] = kept[0]._replace(text=kept[0].text.lstrip())
        kept[-1] = kept[-1]._replace(text=kept[-1].text.rstrip())
    return tuple(kept)


def joined(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Word cuts words into many pieces; those that look alike are one here."""
    return tuple(
        Piece("".join(piece.text for piece in alike), marks)
        for marks, alike in groupby(pieces, key=attrgetter("marks"))
    )


def marked(piece: Piece) -> str:
    """The words with their marks, in the HTML that a rich text block keeps."""
    text = "<br/>".join(html.escape(line, quote=False) for line in piece.text.split("\n"))
    marks = piece.marks
    for tag in (marks.raised, "i" if marks.italic else "", "b" if marks.bold else ""):
        if tag and piece.text.strip():
            text = f"<{tag}>{text}</{tag}>"
    return f'<a href="{html.escape(marks.link)}">{text}</a>' if marks.link else text
