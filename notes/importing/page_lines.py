"""What the lines of the institute's note pages are: furniture, an issue line, a heading, words.

One line at a time and by its form alone; `page_text` puts them together.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import NamedTuple

from notes.importing.dates import looks_like_a_date


class Line(NamedTuple):
    """A line that has words, without the space around it, and its number in the file."""

    number: int
    text: str


class Kind(Enum):
    """What a line before the first section is."""

    WORDS = auto()
    FURNITURE = auto()
    ARTICLE_NUMBER = auto()
    ISSUE_LINE = auto()
    DATE = auto()
    EARLIER = auto()


# `#317 Vol 7, No 26`, in all punctuations that were printed.
_ISSUE_LINE = re.compile(r"\bVol(?:ume)?\.?\s?\d+\b.*\b(?:Nos?|Issue)\.?\s?\d+", re.IGNORECASE)
_LONGEST_ISSUE_LINE = 120
_EARLIER = re.compile(
    r"The following (?:note|comment|commentary|article) was (?:earlier |first |originally )?"
    r"published (?:in|as part of)\s*:?\s*(?P<where>.*)",
    re.IGNORECASE,
)
_ARTICLE_NUMBER = re.compile(r"(?:[A-Z][a-z]+ \d{4} \| )?CWA\s*#\s*\d+.{0,30}")
_FURNITURE = re.compile(
    r"TWTW Notes?|GP (?:Short )?Notes?|GP Alerts?|The World This Week"
    r"|NIAS Course on [^.]{1,60}"
    r"|National Institute of Advanced Studies(?:\s*\(NIAS\))?(?:,[^.]{0,40})?"
    r"|Indian Institute of Science(?: Campus)?(?:,[^.]{0,40})?"
    r"|For any further information or to subscribe\b.*"
    r"|Print(?: Bookmark)?|Bookmark",
    re.IGNORECASE,
)
_END = re.compile(r"Print Bookmark|Print|Bookmark|PREVIOUS COMMENTS", re.IGNORECASE)
_ABOUT = re.compile(r"About the Authors?\s*:?", re.IGNORECASE)
_SOURCES = re.compile(r"(?:Sources?|References|Endnotes|Bibliography)\s*:?", re.IGNORECASE)
_PHOTO = re.compile(
    r"(?:Photo|Image|Picture)\s*(?:Source|Credit|Courtesy)s?\s*:\s*(?P<source>.*)", re.IGNORECASE
)

THREE_QUESTIONS = ("What happened?", "What is the background?", "What does it mean?")
_OTHER_HEADINGS = ("In the news", "Issues at large", "In perspective")
_HEADINGS = {
    heading: re.compile(pattern, re.IGNORECASE)
    for heading, pattern in zip(
        THREE_QUESTIONS + _OTHER_HEADINGS,
        (
            r"What happened\s*(?P<mark>[?:]?)",
            r"What(?: is|['’]s| are) the backgrounds?\s*(?P<mark>[?:]?)",
            r"What does (?:it|this) mean\s*(?P<mark>[?:]?)",
            r"In the news\s*(?P<mark>:?)",
            r"Issues at large\s*(?P<mark>:?)",
            r"In perspective\s*(?P<mark>:?)",
        ),
        strict=True,
    )
}
_LIST_ITEM = re.compile(r"(?:\d{1,2}[.)]|[-*•–])\s")
# Longer lines are whole paragraphs; a run of shorter ones is one paragraph, cut into lines.
_LONGEST_WRAPPED_LINE = 100


def words_only(lines: Sequence[str]) -> list[Line]:
    """The lines that have words. No-break and zero-width spaces at their ends go with the rest."""
    stripped = (line.strip().strip("\u200b\ufeff").strip() for line in lines)
    return [Line(number, text) for number, text in enumerate(stripped, start=1) if text]


def kind_of(text: str) -> Kind:
    """What a line before the first section is."""
    if _EARLIER.match(text):
        return Kind.EARLIER
    if len(text) <= _LONGEST_ISSUE_LINE and _ISSUE_LINE.search(text):
        return Kind.ISSUE_LINE
    if looks_like_a_date(text):
        return Kind.DATE
    if _ARTICLE_NUMBER.fullmatch(text):
        return Kind.ARTICLE_NUMBER
    return Kind.FURNITURE if _FURNITURE.fullmatch(text) else Kind.WORDS


def issue_line_in(text: str) -> str:
    """The issue line that a line is or quotes (`… was earlier published in …`); "" for none."""
    found = _EARLIER.match(text)
    line = found["where"].strip() if found else text
    return line if _ISSUE_LINE.search(line) else ""


def ends_the_note(text: str) -> bool:
    """Whether the note is over here, and what follows is the page's."""
    return bool(_END.fullmatch(text) or _ARTICLE_NUMBER.fullmatch(text))


def is_furniture(text: str) -> bool:
    """Whether a line belongs to the page and not to the note."""
    return kind_of(text) in {Kind.FURNITURE, Kind.EARLIER}


def is_about_the_author(text: str) -> bool:
    """Whether the biographies begin below."""
    return bool(_ABOUT.fullmatch(text))


def is_sources_heading(text: str) -> bool:
    """Whether the note's sources are listed below."""
    return bool(_SOURCES.fullmatch(text))


def photo_source_in(text: str) -> str | None:
    """`AFP/BBC` for `Photo Source: AFP/BBC`; None for another line."""
    found = _PHOTO.fullmatch(text)
    return found["source"].strip() if found else None


def heading_in(text: str) -> tuple[str, str] | None:
    """The heading that a line is or begins with, and the words after it; None for another line.

    >>> heading_in("WHAT HAPPENED")
    ('What happened?', '')
    >>> heading_in("What happened? On 22 June, a visit began.")
    ('What happened?', 'On 22 June, a visit began.')
    """
    for heading, pattern in _HEADINGS.items():
        if found := pattern.match(text):
            rest = text[found.end() :].strip()
            if not rest or found["mark"]:
                return heading, rest
    return None


def paragraphs(lines: Sequence[Line]) -> Iterator[str]:
    """The paragraphs, each as one line; every word is kept.

    An empty line ends one. Lines right below each other are one paragraph if they are short
    as in text that was cut into lines, and one paragraph each if any of them is long.
    """
    for block in _blocks(lines):
        wrapped = all(len(line.text) <= _LONGEST_WRAPPED_LINE for line in block)
        if not wrapped:
            yield from (line.text for line in block)
            continue
        current: list[str] = []
        for line in block:
            if current and _LIST_ITEM.match(line.text):
                yield " ".join(current)
                current = []
            current.append(line.text)
        yield " ".join(current)


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    block: list[Line] = []
    for line in lines:
        if block and line.number != block[-1].number + 1:
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def as_html(texts: Sequence[str]) -> str:
    """Paragraphs as a rich text block keeps them."""
    return "".join(f"<p>{html.escape(text, quote=False)}</p>" for text in texts)
