"""What was typed into a text although the machine prints it, or half of it: the issue line, the
byline, the date, a headline of two lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from issues.preflight.facts import IssueRendering, NoteFacts
from issues.preflight.findings import Finding, Level
from issues.preflight.words import passages_of
from notes.importing.dates import read_date
from notes.importing.page_lines import issue_line_in
from notes.names import name_key
from rendering.content import NoteContent, Takeaways, Text
from rendering.richtext import Block, Paragraph, blocks

_LONGEST_LINE = 160
_LONGEST_HALF = 60
_TYPED = frozenset({"headline", "heading", "paragraph"})

# What an issue line is made of, besides the publication's name.
_OF_AN_ISSUE_LINE = re.compile(
    r"the following (?:note|comment|commentary|article) was (?:earlier |first |originally )?"
    r"published (?:in|as part of)"
    r"|\b(?:vol(?:ume)?s?|nos?|issues?|serials?|and)\b|\b\d{1,2}(?:st|nd|rd|th)\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
    r"|\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b",
    re.IGNORECASE,
)


def _issue_line(issue: IssueRendering) -> Iterator[Finding]:
    names = {issue.publication.name.lower(), issue.publication.short_name.lower()} - {""}
    for note in issue.notes:
        for passage in passages_of(note):
            if passage.kind in _TYPED and _is_issue_line(passage.text, names):
                yield Finding(
                    "issue-line-typed",
                    Level.WARNING,
                    passage.place,
                    f"“{passage.text.strip()}” is typed into the note; delete it, the issue prints "
                    "its own line.",
                    passage.fix,
                )


def _is_issue_line(text: str, names: set[str]) -> bool:
    """Whether nothing but a publication's name, serials, a volume, numbers and a date is left."""
    if len(text) > _LONGEST_LINE or not issue_line_in(text):
        return False
    rest = text.lower()
    for name in sorted(names, key=len, reverse=True):
        rest = rest.replace(name, " ")
    return not any(char.isalpha() for char in _OF_AN_ISSUE_LINE.sub(" ", rest))


def _byline(issue: IssueRendering) -> Iterator[Finding]:
    for note in issue.notes:
        authors = {name_key(author.name) for author in note.content.authors}
        for passage in passages_of(note):
            if passage.kind not in _TYPED or len(passage.text) > _LONGEST_LINE:
                continue
            if what := _what_is_printed_anyway(passage.text, note, authors):
                yield Finding(
                    "byline-typed",
                    Level.HINT,
                    passage.place,
                    f"“{passage.text.strip()}” is {what}, which is printed above the note; delete "
                    "it here.",
                    passage.fix,
                )


_BY = re.compile(r"\s*by:?\s+(?=\S)", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:[,&|;/]|\band\b)\s*")


def _what_is_printed_anyway(text: str, note: NoteFacts, authors: set[str]) -> str:
    if read_date(text.strip(" .|")) == note.content.date:
        return "the note’s date"
    keys = {name_key(part) for part in _BETWEEN.split(_BY.sub("", text, count=1))} - {""}
    return "the byline" if keys and keys <= authors else ""


# The end of an item or of a link, after a colon; looked for before the text is taken apart.
_ENDS_IN_COLON = re.compile(r":\s*(?:</\w{1,10}>\s*){0,6}</(?:li|a)>", re.IGNORECASE)


def _half_headline(issue: IssueRendering) -> Iterator[Finding]:
    for note in issue.notes:
        for heading, html in _texts(note.content):
            if not _ENDS_IN_COLON.search(html):
                continue
            for half in dict.fromkeys(_halves(blocks(html))):
                yield Finding(
                    "half-headline",
                    Level.HINT,
                    f"{note.headline} › {heading}" if heading else note.headline,
                    f"“{half}” looks like the first line of a headline in two; add the second.",
                    note.fix,
                )


def _texts(note: NoteContent) -> Iterator[tuple[str, str]]:
    for section in note.sections:
        for part in section.parts:
            if isinstance(part, Text):
                yield section.heading, part.html
            elif isinstance(part, Takeaways):
                yield from ((section.heading, point.html) for point in part.points)


def _halves(items: tuple[Block, ...], *, in_list: bool = False) -> Iterator[str]:
    """Links that end in a colon, and items of a list that have nothing else but such a line."""
    for block in items:
        if isinstance(block, Paragraph):
            whole = "".join(run.text for run in block.runs).strip()
            ends = (run.text.strip() for run in block.runs if run.href)
            for words in (*([whole] if in_list and len(items) == 1 else []), *ends):
                if words.endswith(":") and len(words) <= _LONGEST_HALF:
                    yield words
        else:
            for item in block.items:
                yield from _halves(item, in_list=True)


CHECKS = (_issue_line, _byline, _half_headline)
