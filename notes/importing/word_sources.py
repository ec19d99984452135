"""Turns footnotes, endnotes and lists of references into a note's sources.

What can be told apart for certain goes into its own field; everything else stays in the
title, word for word, and is for a person to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from notes.importing.dates import date_in, read_date
from notes.importing.parsed import MOST_CHARACTERS, ParsedSource
from notes.importing.word_blocks import LONGEST_ADDRESS, Paragraph

_ADDRESS = re.compile(r"https?://[^\s<>\"“”]+", re.IGNORECASE)
_DATE = (
    r"(?:[0-9]{1,2}(?:st|nd|rd|th)? [A-Za-z]+\.?,? [0-9]{4}|[A-Za-z]+\.? [0-9]{1,2},? [0-9]{4}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2})"
)
_ACCESSED = re.compile(
    rf"[(\[]?\s*(?:last )?(?:accessed|retrieved|viewed)(?: on)?:?\s+(?P<day>{_DATE})\s*[)\]]?",
    re.IGNORECASE,
)
# `“A title,” An Outlet, 23 June 2025`
_QUOTED = re.compile(
    r"[“\"‘'](?P<title>.+)[”\"’'][,.]?\s+(?:in\s+)?(?P<outlet>[^,;:()“”\"]{2,120}?)"
    rf"\s*[,;(]\s*(?P<day>{_DATE})\s*\)?"
)
# A title and an address; longer ones are no entries, and would only take long to look through.
_LONGEST_ENTRY = 1_500
_LEADING_NUMBER = re.compile(r"\[?[0-9]{1,3}[\].)]\s+")


@dataclass(slots=True)
class Sources:
    """The sources in order, each once; remarks that are none, as text; what needs a look."""

    found: dict[ParsedSource, None] = field(default_factory=dict)
    remarks: list[Paragraph] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def read(self, paragraphs: Sequence[Paragraph], what: str) -> None:
        """Read one footnote, or one entry of a list.

        Args:
            paragraphs: its paragraphs.
            what: what it is to a person, like `footnote 3`.
        """
        text = " ".join(paragraph.line for paragraph in paragraphs)
        text = _LEADING_NUMBER.sub("", text, count=1) if text[:1] in "[0123456789" else text
        if not text:
            self.warnings.append(f"{what} is empty")
            return
        if len(text) > _LONGEST_ENTRY:
            self._keep_as_text(paragraphs, what)
            return
        address = next(iter(_addresses(paragraphs, text)), "")
        source, is_told = _source(text, address)
        if len(source.title) > MOST_CHARACTERS["source's title"]:
            self._keep_as_text(paragraphs, what)
            return
        self.found[source] = None
        if not address:
            self.warnings.append(f"{what} has no address: “{text[:60]}”")
        if not is_told:
            self.warnings.append(
                f"{what}: its outlet can't be told; all of it is the title: “{text[:60]}”"
            )

    def _keep_as_text(self, paragraphs: Sequence[Paragraph], what: str) -> None:
        self.remarks += paragraphs
        self.warnings.append(f"{what} is too long for a source; it stands at the end as text")


def _addresses(paragraphs: Sequence[Paragraph], text: str) -> Iterator[str]:
    for paragraph in paragraphs:
        for piece in paragraph.pieces:
            if piece.marks.link.lower().startswith(("http://", "https://")):
                yield piece.marks.link
    yield from (_whole(found[0]) for found in _ADDRESS.finditer(text))


def _whole(address: str) -> str:
    """An address without the stop of the sentence that it ends."""
    plain = address.rstrip(".,;:!?’'")
    return plain if plain.count("(") == plain.count(")") else plain.rstrip(")")


def _source(text: str, address: str) -> tuple[ParsedSource, bool]:
    """The source, and whether its outlet could be told."""
    url = (
        address if len(address) <= min(LONGEST_ADDRESS, MOST_CHARACTERS["source's address"]) else ""
    )
    accessed = _ACCESSED.search(text)
    rest = _ACCESSED.sub("", text)
    rest = rest.replace(address, "") if url else rest
    rest = re.sub(r"(?:\bat|\bvia|\bURL|\bAvailable at)?:?\s*$", "", rest.strip(" ,.;()<>[]"))
    rest = rest.strip(" ,.;()<>[]")
    read_on = read_date(accessed["day"]) if accessed else None
    if accessed and read_on is None:
        rest = text
    quoted = _QUOTED.fullmatch(rest)
    published = read_date(quoted["day"]) if quoted else None
    if quoted and published and len(quoted["outlet"]) <= MOST_CHARACTERS["source's outlet"]:
        title = quoted["title"].strip().rstrip(",")
        outlet = quoted["outlet"].strip()
        return ParsedSource(outlet, title, url, published, read_on), True
    return ParsedSource("", rest or text, url, _published(rest), read_on), False


def _published(text: str) -> date | None:
    """The one date of a text that says no other."""
    days = re.findall(_DATE, text)
    return date_in(text) if len(days) == 1 else None
