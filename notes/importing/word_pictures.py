"""The pictures of a Word document: their captions and credits, and which of them can be used.

One that can't be is left out of the draft, and said; a document with more of them than a
note can have is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath

from notes.importing.parsed import MOST_CHARACTERS, NoteFormatError, PictureFile
from notes.importing.pictures import LARGEST_BYTES, CheckedPicture, PictureError, checked
from notes.importing.word_archive import WordArchive
from notes.importing.word_blocks import Block, Paragraph, Shown
from notes.importing.word_styles import Role

MOST_PICTURES = 30
# Three pictures of the largest kind; each takes half a second to look at.
MOST_PIXELS_TOGETHER = 120_000_000
_LONGEST_CAPTION = 300
_CREDIT = re.compile(
    r"(?:^|(?<=[.;)\s]))\(?(?:photo|image|picture|photograph|source|credit|courtesy)"
    r"(?:\s*(?:source|credit|courtesy|by))?s?\s*:\s*(?P<credit>[^:]+?)\)?$",
    re.IGNORECASE,
)
_BY_ITSELF = ("automatically generated", "ai-generated content may be incorrect")
_AI = re.compile(r"\bAI[- ]generated\b", re.IGNORECASE)
_DRAWINGS = (".emf", ".wmf", ".emz", ".wmz", ".svg")


def with_captions(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks, each picture with the caption and the credit right below it."""
    place = 0
    while place < len(blocks):
        block = blocks[place]
        place += 1
        if not isinstance(block, Shown):
            yield block
            continue
        caption, credit = "", ""
        while place < len(blocks) and not credit:
            said = _said_below(blocks[place])
            if said is None or (said[0] and caption):
                break
            caption, credit = caption or said[0], said[1]
            place += 1
            if not credit and not caption:
                break
        yield replace(block, caption=caption, credit=credit)


def _said_below(block: Block) -> tuple[str, str] | None:
    """The caption and the credit that a paragraph is; None if it is text."""
    if not isinstance(block, Paragraph):
        return None
    line = block.line
    found = _CREDIT.search(line)
    if found and len(found["credit"]) <= MOST_CHARACTERS["picture's credit"]:
        words = line[: found.start()].strip()
        if block.style.role is Role.CAPTION or len(words) <= _LONGEST_CAPTION:
            return words, found["credit"].strip()
    return (line, "") if block.style.role is Role.CAPTION else None


class Enclosed:
    """Takes pictures out of the archive; `warnings` say which need a look, and why."""

    def __init__(self, archive: WordArchive) -> None:
        self._archive = archive
        self._looked_at: dict[str, CheckedPicture | str] = {}
        self._pixels = 0
        self._number = 0
        self.warnings: list[str] = []

    def take(self, shown: Shown) -> PictureFile | None:
        """A picture as a note names it; None if it can't be used."""
        self._number += 1
        called = f"picture {self._number}"
        if shown.drawn.is_outside:
            self._look(called, "is not in the file, which only links to it; it was left out")
            return None
        found = self._checked(shown.drawn.target)
        if isinstance(found, str):
            self._look(called, f"{found.removesuffix('.')}; it was left out")
            return None
        alt = self._alt(shown, called)
        if not shown.credit:
            self._look(called, "has no credit; ask for it")
        return PictureFile(
            file=called,
            alt=alt,
            credit=shown.credit,
            ai_generated=bool(_AI.search(f"{shown.caption} {shown.credit}")),
            enclosed=replace(found, name=self._name(found)),
        )

    def _alt(self, shown: Shown, called: str) -> str:
        alt = " ".join(shown.alt.split())
        if not alt:
            self._look(called, "has no alternative text")
        elif alt.lower().rstrip(".").endswith(_BY_ITSELF):
            self._look(called, "has an alternative text that Word wrote by itself")
        most = MOST_CHARACTERS["picture's alternative text"]
        if len(alt) > most:
            self._look(called, f"has an alternative text that was cut to {most} characters")
        return alt[:most].strip()

    def _checked(self, target: str) -> CheckedPicture | str:
        if target not in self._looked_at:
            self._looked_at[target] = self._look_at(target)
        return self._looked_at[target]

    def _look_at(self, target: str) -> CheckedPicture | str:
        if target.lower().endswith(_DRAWINGS):
            return "is a drawing of a kind that mail can't show; save it as PNG"
        try:
            content = self._archive.read(target, LARGEST_BYTES)
            found = checked(PurePath(target).name, content, MOST_PIXELS_TOGETHER - self._pixels)
        except (NoteFormatError, PictureError) as refusal:
            return (
                str(refusal)
                if isinstance(refusal, PictureError)
                else "is lost, damaged or larger than 10 MB"
            )
        self._pixels += found.pixels
        return found

    def _name(self, found: CheckedPicture) -> str:
        stem = PurePath(self._archive.source_name).stem
        return f"{stem} {self._number}{PurePath(found.name).suffix}"

    def _look(self, called: str, sentence: str) -> None:
        self.warnings.append(f"{called} {sentence}")


def check_number(blocks: Sequence[Block], archive: WordArchive) -> None:
    """
    Raises:
        NoteFormatError: if a document has too many pictures to be a note.
    """
    number = sum(isinstance(block, Shown) for block in blocks)
    if number > MOST_PICTURES:
        raise archive.error(
            f"it has {number:,} pictures, and {MOST_PICTURES} are allowed; take some out."
        )
