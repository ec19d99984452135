"""The top of a note page: headline, byline, date, and the issue the note was printed in.

The masthead stands above them, and they are printed a second time below; what is left
after both are taken away is an opening without a heading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from notes.importing.bylines import LONGEST_BYLINE, authors_named_in
from notes.importing.dates import date_in, read_date
from notes.importing.page_lines import Kind, Line, issue_line_in, kind_of
from notes.importing.parsed import NoteFormatError, ParsedAuthor, fitting
from notes.names import name_key

_ANCHORS = {Kind.ISSUE_LINE, Kind.DATE, Kind.EARLIER}


@dataclass(frozen=True, slots=True)
class Head:
    """What the top of the page says. `opening` is text above the first heading."""

    subject: str
    claim: str
    authors: tuple[ParsedAuthor, ...]
    date: date
    printed_under: str
    opening: tuple[Line, ...]
    warnings: tuple[str, ...]


def read_head(lines: Sequence[Line], below: Line, source_name: str) -> Head:
    """Read what stands above the first section.

    Args:
        lines: the lines above it that have words.
        below: the line of its heading.
        source_name: the file's name, for messages.

    Raises:
        NoteFormatError: if a part is missing; with the line where it was expected.
    """
    kinds = [(kind_of(line.text), line) for line in lines]
    top, rest = _split_at_anchor(kinds)
    if not top:
        raise NoteFormatError(
            source_name,
            "no headline was found above the first section; expected a subject that ends with "
            "a colon, and the claim on the next line.",
            below.number,
        )
    if not rest:
        raise NoteFormatError(
            source_name,
            "no date was found under the headline; expected one like 29 June 2025.",
            top[0].number,
        )
    byline_is_on_top = rest[0][0] is not Kind.ISSUE_LINE
    start = _start_of_headline(top)
    skipped, top = top[:start], top[start:]
    subject, claim, bylines = _headline(top, source_name, may_end_in_byline=byline_is_on_top)
    day, day_warnings = _date(rest, source_name)
    headline_keys = {name_key(text) for text in (subject, claim, f"{subject} {claim}")}
    headline_keys |= {name_key(line.text) for line in top if line not in bylines}
    bylines = bylines or _byline_below(rest, headline_keys)
    authors, author_warnings = _authors(bylines, rest[0][1], source_name)
    known = headline_keys | {name_key(line.text) for line in bylines}
    opening = [
        line for kind, line in rest if kind is Kind.WORDS and name_key(line.text) not in known
    ]
    printed_under, issue_warnings = _printed_under(rest, day)
    warnings = [
        *(f"line {line.number}: “{line.text}” above the headline was left out" for line in skipped),
        *day_warnings,
        *author_warnings,
        *issue_warnings,
    ]
    if opening:
        warnings.append(
            f"line {opening[0].number}: text stands above the first section heading; it was kept "
            "as an opening without one"
        )
    return Head(
        subject=fitting(subject, "subject", source_name, top[0].number),
        claim=fitting(claim, "claim", source_name, top[0].number),
        authors=authors,
        date=day,
        printed_under=printed_under,
        opening=tuple(opening),
        warnings=tuple(warnings),
    )


def _split_at_anchor(
    kinds: Sequence[tuple[Kind, Line]],
) -> tuple[list[Line], list[tuple[Kind, Line]]]:
    """The words right above the first date or issue line, and everything from that line on."""
    words: list[Line] = []
    for place, (kind, line) in enumerate(kinds):
        if kind is Kind.FURNITURE:
            words = []
        elif kind is Kind.WORDS:
            words.append(line)
        elif kind in _ANCHORS and words:
            return words, list(kinds[place:])
    return words, []


def _start_of_headline(top: Sequence[Line]) -> int:
    """The place of the subject, which ends with a colon or has one before the claim."""
    ending = [place for place, line in enumerate(top) if line.text.endswith(":")]
    inside = [place for place, line in enumerate(top) if ": " in line.text]
    return next(iter(ending or inside), 0)


def _headline(
    top: Sequence[Line], source_name: str, *, may_end_in_byline: bool
) -> tuple[str, str, list[Line]]:
    """Subject, claim, and the byline if it stands right below them."""
    subject, _, first = top[0].text.partition(": ")
    claim = [first] if first else []
    below = list(top[1:])
    # With the claim still to come, a single line below the subject is that, not a byline.
    has_byline = may_end_in_byline and len(below) + len(claim) > 1
    bylines = [below.pop()] if has_byline else []
    subject = subject.removesuffix(":").strip()
    joined = " ".join([*claim, *(line.text for line in below)]).strip()
    if not subject or not joined:
        raise NoteFormatError(
            source_name,
            "the headline has one part; expected a subject that ends with a colon, and the claim "
            "on the next line.",
            top[0].number,
        )
    return subject, joined, bylines


def _date(rest: Sequence[tuple[Kind, Line]], source_name: str) -> tuple[date, list[str]]:
    """The date on a line of its own; else that of the issue line."""
    for kind, line in rest:
        if kind is Kind.DATE:
            day = read_date(line.text)
            if day is None:
                raise NoteFormatError(
                    source_name, f"{line.text} is no day of the calendar.", line.number
                )
            return day, []
    for kind, line in rest:
        if kind in _ANCHORS and (day := date_in(line.text)):
            warning = f"line {line.number}: no date of its own; the issue line's was taken"
            return day, [warning]
    raise NoteFormatError(
        source_name,
        "no date was found under the headline; expected one like 29 June 2025.",
        rest[0][1].number,
    )


def _byline_below(rest: Sequence[tuple[Kind, Line]], headline_keys: set[str]) -> list[Line]:
    """The authors' lines: what stands above the date, else the first line below it."""
    dates = [place for place, (kind, _) in enumerate(rest) if kind is Kind.DATE]
    names = [
        (place, line)
        for place, (kind, line) in enumerate(rest)
        if kind is Kind.WORDS
        and name_key(line.text) not in headline_keys
        and len(line.text) <= LONGEST_BYLINE
        and not line.text.endswith((".", "?", "!", ":"))
    ]
    above = [line for place, line in names if dates and place < dates[0]]
    return above or [line for _, line in names[:1]]


def _authors(
    bylines: Sequence[Line], headline_end: Line, source_name: str
) -> tuple[tuple[ParsedAuthor, ...], list[str]]:
    """The authors in order, each once. `Name | what is said` gives an affiliation or biography."""
    authors: dict[str, ParsedAuthor] = {}
    warnings: list[str] = []
    for line in bylines:
        for author in authors_named_in(line.text):
            if name_key(author.name) in authors:
                warnings.append(f"line {line.number}: {author.name} stands in the byline twice")
                continue
            fitting(author.name, "author's name", source_name, line.number)
            fitting(author.affiliation, "affiliation", source_name, line.number)
            authors[name_key(author.name)] = author
    if not authors:
        raise NoteFormatError(
            source_name,
            "no author was found under the headline; expected the names on a line of their own "
            "above the date.",
            headline_end.number,
        )
    return tuple(authors.values()), warnings


def _printed_under(rest: Sequence[tuple[Kind, Line]], day: date) -> tuple[str, list[str]]:
    """The issue line, and what contradicts it on the page."""
    found = [(line.number, issue_line_in(line.text)) for kind, line in rest if kind in _ANCHORS]
    found = [(number, text) for number, text in found if text]
    if not found:
        return "", ["no issue line like “#317 Vol 7, No 26, 29 June 2025” was found"]
    first = found[0][1]
    warnings = [
        f"line {number}: the issue line is another one than above"
        for number, text in found[1:]
        if name_key(text) != name_key(first)
    ]
    printed = date_in(first)
    if printed and printed != day:
        warnings.append(f"the issue line is dated {printed:%d %B %Y}, the note {day:%d %B %Y}")
    return first, warnings
