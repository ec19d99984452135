"""The top of a Word document: headline, byline, date, countries, the picture above the text.

What is missing is no error in a draft: it is said in `warnings`. A line that is none of
these is text, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from notes.importing.bylines import authors_named_in, looks_like_names, names_behind_by
from notes.importing.countries import country_code, nearest_country
from notes.importing.dates import date_in, looks_like_a_date, read_date
from notes.importing.headlines import is_whole, two_parts
from notes.importing.page_lines import Kind, issue_line_in, kind_of, photo_source_in
from notes.importing.parsed import MOST_CHARACTERS, ParsedAuthor
from notes.importing.word_blocks import Block, Paragraph, Shown
from notes.importing.word_outline import (
    Outline,
    is_bold_line,
    is_running_text,
    is_styled,
)
from notes.importing.word_styles import Role
from notes.names import name_key

_COUNTRIES = re.compile(r"(?:Countries|Country)\s*:\s*(?P<names>.+)", re.IGNORECASE)
_DATE = re.compile(r"Dated?\s*:\s*(?P<day>.+)", re.IGNORECASE)
_LONGEST_DATE_LINE = 80
# Lines below the first paragraph of text are looked at only so far.
_HEAD = 12


@dataclass(slots=True)
class Head:
    """What the top says. `rest` is everything else, in order."""

    headline: list[str] = field(default_factory=list)
    authors: list[ParsedAuthor] = field(default_factory=list)
    day: date | None = None
    countries: tuple[str, ...] = ()
    printed_under: str = ""
    photo_source: str = ""
    rest: list[Block] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def subject(self) -> str:
        return two_parts(self.headline)[0]

    @property
    def claim(self) -> str:
        return two_parts(self.headline)[1]


def split_at_headline(blocks: Sequence[Block], plain: Outline) -> tuple[list[str], list[Block]]:
    """The headline's lines as the styles mark it, and everything else.

    Without a title's or a heading's style the first line that is no date or the like is it.

    Args:
        blocks: the document.
        plain: an outline that knows only the headings of the section schemas.
    """
    top = [block for block in blocks if isinstance(block, Paragraph)][:_HEAD]
    place = _place_of_headline(top, plain)
    if place is None:
        return [], list(blocks)
    lines = [top[place]]
    for block, below in pairwise([*top[place + 1 :], None]):
        is_second_title = _is_title(lines[-1]) and block is not None and _is_title(block)
        if block is None or not (is_second_title or _may_be_claim(block, below, lines, plain)):
            break
        lines.append(block)
    taken = {id(line) for line in lines}
    return [line.line for line in lines], [block for block in blocks if id(block) not in taken]


def read_head(headline: list[str], blocks: Sequence[Block], outline: Outline) -> Head:
    """Read the lines around the headline.

    Args:
        headline: its lines.
        blocks: everything else in the document.
        outline: how its headings are marked.
    """
    head = Head(headline=headline)
    reading = _Reading(head, outline)
    for place, block in enumerate(blocks):
        if place >= _HEAD or outline.is_heading(block):
            head.rest += blocks[place:]
            break
        if not reading.takes(block):
            head.rest.append(block)
    reading.finish()
    return head


class _Reading:
    """Takes the lines of the head one by one."""

    def __init__(self, head: Head, outline: Outline) -> None:
        self._head = head
        self._outline = outline
        self._text_has_begun = False

    def takes(self, block: Block) -> bool:
        """Whether a block was a line of the head, which is then read."""
        if not isinstance(block, Paragraph):
            self._text_has_begun = self._text_has_begun or not isinstance(block, Shown)
            return False
        line = block.line
        kind = kind_of(line)
        if kind in {Kind.FURNITURE, Kind.ARTICLE_NUMBER}:
            self._head.warnings.append(f"“{line[:60]}” above the text was left out")
            return True
        if kind in {Kind.ISSUE_LINE, Kind.EARLIER}:
            self._head.printed_under = self._head.printed_under or issue_line_in(line)
            return True
        if self._names_a_day(line) or self._names_countries(line) or self._names_authors(line):
            return True
        source = photo_source_in(line)
        if source is not None:
            self._head.photo_source = self._head.photo_source or source
            return True
        self._text_has_begun = True
        return False

    def finish(self) -> None:
        """What the issue line says where nothing else does."""
        head = self._head
        if head.day is None and head.printed_under:
            head.day = date_in(head.printed_under)
            if head.day is not None:
                head.warnings.append("no date of its own; the issue line's was taken")

    def _names_a_day(self, line: str) -> bool:
        said = _DATE.fullmatch(line)
        text = said["day"] if said else line
        if said or looks_like_a_date(text):
            day = read_date(text)
            if day is None:
                self._head.warnings.append(f"{text[:40]} is no day of the calendar")
            self._head.day = self._head.day or day
            return True
        day = date_in(line)
        if self._text_has_begun or day is None or len(line) > _LONGEST_DATE_LINE:
            return False
        # `Ann Author, 2 March 2025` or `Bengaluru, 2 March 2025`.
        words = _without_date(line)
        self._head.day = self._head.day or day
        if not self._names_authors(words):
            self._head.warnings.append(f"“{words[:60]}” beside the date was left out")
        return True

    def _names_countries(self, line: str) -> bool:
        found = _COUNTRIES.fullmatch(line)
        if found is None:
            return False
        codes = []
        for name in re.split(r"[,;]|\s+and\s+", found["names"]):
            code = country_code(name.strip(" ."))
            if code is None:
                near = nearest_country(name)
                advice = f"; did you mean {near}?" if near else ""
                self._head.warnings.append(f"“{name.strip()[:60]}” is no country{advice}")
            else:
                codes.append(code)
        self._head.countries = tuple(dict.fromkeys([*self._head.countries, *codes]))
        return True

    def _names_authors(self, line: str) -> bool:
        behind_by = names_behind_by(line)
        if not behind_by and (self._text_has_begun or not looks_like_names(line)):
            return False
        known = {name_key(author.name) for author in self._head.authors}
        for author in authors_named_in(behind_by or line):
            if name_key(author.name) in known:
                self._head.warnings.append(f"{author.name} stands in the byline twice")
            elif len(author.name) <= MOST_CHARACTERS["author's name"]:
                self._head.authors.append(author)
                known.add(name_key(author.name))
        return True


def _without_date(line: str) -> str:
    """The words beside a date, without what parts them from it."""
    words = line.split()
    for length in (3, 1, 4):
        for start in range(len(words) - length + 1):
            if read_date(" ".join(words[start : start + length]).strip("()|,–—-")):
                rest = " ".join(words[:start] + words[start + length :])
                return rest.strip(" ,|–—-()")
    return line


def _place_of_headline(top: Sequence[Paragraph], plain: Outline) -> int | None:
    """Where the headline begins; None for a document without one."""
    for place, block in enumerate(top):
        if _is_title(block):
            return place
        if is_running_text(block):
            break
    first = next((number for number, block in enumerate(top) if _may_be_headline(block)), None)
    if first is None or plain.is_heading(top[first]) or not _opens(top, first):
        return None
    return first


def _is_title(block: Paragraph) -> bool:
    return block.style.role is Role.TITLE


def _may_be_headline(block: Paragraph) -> bool:
    """Whether it is none of the other lines of a note's top."""
    line = block.line
    other = _DATE.fullmatch(line) or _COUNTRIES.fullmatch(line) or photo_source_in(line) is not None
    return bool(name_key(line)) and kind_of(line) is Kind.WORDS and not other


def _opens(top: Sequence[Paragraph], place: int) -> bool:
    """Whether a line is the whole note's, and not the heading of its first section.

    It is, if it has two parts, or ends as the first of two does; if it is no heading, or the only
    one of its level; or if another line of the top is below it, and no text.
    """
    first = top[place]
    if first.line.endswith(":") or is_whole([first.line]):
        return True
    if not (is_styled(first) or is_bold_line(first)):
        return not is_running_text(first) and len(top) > place + 1
    below = top[place + 1 :]
    others = [
        block
        for block in below
        if (is_styled(block) and block.style.level <= first.style.level)
        or (not is_styled(first) and is_bold_line(block))
    ]
    return not others or not is_running_text(below[0])


def _may_be_claim(
    block: Paragraph, below: Paragraph | None, lines: Sequence[Paragraph], plain: Outline
) -> bool:
    """Whether it is the second line of a headline.

    Args:
        block: the paragraph right below the headline's `lines`.
        below: the one below that.
        plain: see `split_at_headline`.
    """
    line = block.line
    if is_whole([one.line for one in lines]) or plain.is_heading(block) or is_running_text(block):
        return False
    if not _may_be_headline(block) or date_in(line) or names_behind_by(line):
        return False
    if lines[0].line.endswith((":", "|")):
        return True
    stands_out = is_styled(block) or is_bold_line(block)
    if stands_out and below is not None and is_running_text(below):
        return False
    return stands_out or not looks_like_names(line)
