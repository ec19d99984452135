"""What was left in the words by mistake: placeholders of writers, marks of mailing programs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from issues.preflight.facts import IssueRendering, NoteFacts
from issues.preflight.findings import Finding, Level
from issues.preflight.page import page, shown
from issues.preflight.words import Passage, passages, passages_of
from rendering.marks import Mark

_LEFT_OPEN = re.compile(
    r"\b(?:TK){2,}\b|(?<!p\. )\bx{3,}\b(?![–-])|\bX{4,}\b"
    r"|\bX{2,}(?=\s?(?:%|per cent|million|billion))"
    r"|\b(?i:lorem ipsum|dolor sit amet)\b|\bLorem\b"
    # More than the one word: a quotation may have “[insert]” for another.
    r"|\[(?i:insert|fill in|placeholder)\s[^\[\]]*\]"
)
# Whole brackets, and not in a quotation, where they stand for words that were said otherwise.
_IN_BRACKETS = re.compile(
    r"\[(?i:insert|fill in|placeholder|to come|to be (?:added|confirmed)|add\s[^\[\]]*)\]"
)
# They stand in names, too (a bank, a flight, a currency): not where a name or a number goes on.
_TK = re.compile(r"(?<!\d )\bTK\b(?!\.?\s?\d)(?!\s+[A-Z][a-z])(?![-.’']\w)")
# What is a broadcaster or a bank as often as not, and what is merely a doubt.
_MAYBE = re.compile(
    r"(?:^|[:–—(\[]\s?|\b(?:is|are|was|were|be|remains?|still|date|day|time|place|venue|location|"
    r"name|title|number|figure|details|speakers?)\s)(?P<initials>TBC|TBD|TBA)(?=[.,;:!?)\]–—]|$)"
    r"|(?<![^\W\d_])(?<![!?’”\"'])\?{3,}|(?<!\w)_{4,}(?!\w)|\$\{\w+\}"
)
# Initials after the name that they stand for, and before it.
_INTRODUCED = re.compile(r"\((?P<after>TK|TB[ACD])\)|\b(?P<before>TK|TB[ACD])\s\(")
_LONGEST_NAME = 80
_MARKS = re.compile(
    r"\[%\s?[A-Za-z_][\w .:|-]*%\]|\[%[a-z_]\w*|\{\{[^}]*\}{0,2}|\}\}"
    r"|\{%[^{}%]*%\}|\{%-?\s*(?:if|for|else|end\w*|include|block|set)\b"
    r"|\*\|[A-Z0-9_:]+\|\*|%recipient\.[\w.]*%?|%%[\w]+%%|<%=|<%[^<>%]*%>"
)
_QUOTES = {"“": "”", "«": "»", "„": "“"}
_LONGEST_SINGLE = 300
_LINKS = {"a": "href", "img": "src"}

_Check = Callable[[IssueRendering], Iterator[Finding]]


def _placeholders(issue: IssueRendering) -> Iterator[Finding]:
    for passage, known in _written(issue):
        if found := (
            _LEFT_OPEN.search(passage.text)
            or _left_in_brackets(passage)
            or next((tk for tk in _TK.finditer(passage.text) if tk[0] not in known), None)
        ):
            yield Finding(
                "placeholder",
                Level.BLOCKER,
                passage.place,
                f"“{_near(passage.text, found)}” holds a place for something to come; write it, "
                "or take it out.",
                passage.fix,
            )


def _maybe_placeholders(issue: IssueRendering) -> Iterator[Finding]:
    for passage, known in _written(issue):
        for found in _MAYBE.finditer(passage.text):
            if found["initials"] not in known:
                yield Finding(
                    "maybe-placeholder",
                    Level.WARNING,
                    passage.place,
                    f"“{_near(passage.text, found)}” may hold a place for something to come; if "
                    "so, write it.",
                    passage.fix,
                )
                break


def _written(issue: IssueRendering) -> Iterator[tuple[Passage, set[str]]]:
    """What is our own to write, with the words that are known to be names there.

    The title of somebody else's piece is printed as they print it.
    """
    names = {
        word
        for name in (*issue.places, *(spelt for person in issue.names for spelt in person))
        for word in re.findall(r"\w+", name)
    }
    of_notes = {id(note): names | _names_of(note) for note in issue.notes}
    for passage in passages(issue):
        if passage.kind != "source":
            yield passage, of_notes.get(id(passage.note), names)


def _names_of(note: NoteFacts) -> set[str]:
    """The words of its authors' names, and the initials that it says what they stand for."""
    of_authors = {word for author in note.content.authors for word in author.name.split()}
    return of_authors.union(*(_introduced(passage.text) for passage in passages_of(note)))


def _introduced(text: str) -> Iterator[str]:
    for found in _INTRODUCED.finditer(text):
        name = text[max(found.start() - _LONGEST_NAME, 0) : found.start()]
        if found["before"]:
            yield found["before"]
        elif "".join(re.findall(r"\b[A-Z]", name)).endswith(found["after"]):
            yield found["after"]


def _left_in_brackets(passage: Passage) -> re.Match[str] | None:
    return next(
        (
            found
            for found in _IN_BRACKETS.finditer(passage.text)
            if not _is_in_quotation(passage, found)
        ),
        None,
    )


def _is_in_quotation(passage: Passage, found: re.Match[str]) -> bool:
    """Whether it stands for some of the words of a quotation, and not for all of them."""
    before, after = passage.text[: found.start()].strip(), passage.text[found.end() :].strip(" .,")
    if passage.kind == "quotation":
        return bool(before or after)
    if before[-1:] in {*_QUOTES, "‘", '"'} and after[:1] in {"”", "»", "“", "’", '"'}:
        return False
    is_open = before.count('"') % 2 == 1 or any(
        before.rfind(opening) > before.rfind(closing) for opening, closing in _QUOTES.items()
    )
    # An apostrophe is none of the marks that close.
    single = before.rfind("‘", -_LONGEST_SINGLE)
    return is_open or (single >= 0 and not re.search(r"’(?!\w)", before[single:]))


def _unresolved(issue: IssueRendering) -> Iterator[Finding]:
    told = set()
    for passage in passages(issue):
        if found := _MARKS.search(passage.text):
            told.add(found[0])
            yield _mark(found[0], passage.place, passage.fix)
    for place, text in _rendered(issue):
        found = _MARKS.search(text)
        if found and not any(found[0] in mark or mark in found[0] for mark in told):
            told.add(found[0])
            yield _mark(found[0], place, issue.fix)


def _mark(mark: str, place: str, fix: str) -> Finding:
    shown = mark if len(mark) <= 40 else f"{mark[:40]}…"
    return Finding(
        "unresolved-mark",
        Level.BLOCKER,
        place,
        f"“{shown}” is a mark of a mailing program that nothing is put in place of here; write "
        "what readers are to see.",
        fix,
    )


def _rendered(issue: IssueRendering) -> Iterator[tuple[str, str]]:
    """What readers get to see and follow, without our own marks."""
    yield "subject line", _without_ours(issue.rendering.subject)
    root = page(issue.rendering.html)
    for passage in shown(root):
        yield "mail", _without_ours(passage)
    for element in root.walk():
        if address := element.attributes.get(_LINKS.get(element.tag, ""), ""):
            yield "mail › link", unquote(_without_ours(address))
    yield "text part", _without_ours(issue.rendering.text)


def _without_ours(text: str) -> str:
    for mark in Mark:
        text = text.replace(mark, "")
    return text


def _near(text: str, found: re.Match[str]) -> str:
    """What was found with a few words around it."""
    before = " ".join(text[: found.start()].split()[-3:])
    after = " ".join(text[found.end() :].split()[:3])
    joint = " " if text[: found.start()].endswith(" ") else ""
    return f"{before}{joint}{found[0]}{' ' if text[found.end() :][:1].isspace() else ''}{after}"


CHECKS: tuple[_Check, ...] = (_placeholders, _maybe_placeholders, _unresolved)
