"""What was left in the words by mistake: placeholders of writers, marks of mailing programs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from issues.preflight.facts import IssueRendering
from issues.preflight.findings import Finding, Level
from issues.preflight.page import page, shown
from issues.preflight.words import Passage, passages
from rendering.marks import Mark

_LEFT_OPEN = re.compile(
    r"\b(?:TK){2,}\b|\bx{3,}\b|\bX{4,}\b|\bX{2,}(?=\s?(?:%|per cent|million|billion))"
    r"|\b(?i:lorem ipsum|dolor sit amet)\b|\bLorem\b|\?{3,}|_{4,}"
    r"|\[(?i:insert|add|fill in|to come|to be added|to be confirmed|placeholder)\b[^\]]*\]"
)
# They stand in names, too (a bank, initials): not where a name goes on after them.
_INITIALS = re.compile(r"\b(?:TK|TBC|TBD|TBA)\b(?!\s+[A-Z][a-z])(?![-.’']\w)")
_MARKS = re.compile(
    r"\[%[^\]]*%?\]?|\{\{[^}]*\}{0,2}|\}\}|\{%[^}]*%?\}?|%\}|\*\|[A-Z0-9_:]+\|\*"
    r"|%recipient\.[\w.]*%?|%%[\w]+%%|<%[^>]*%?>?|\$\{\w+\}"
)
_LINKS = {"a": "href", "img": "src"}

_Check = Callable[[IssueRendering], Iterator[Finding]]


def _placeholders(issue: IssueRendering) -> Iterator[Finding]:
    names = {
        word
        for name in (*issue.places, *(spelt for person in issue.names for spelt in person))
        for word in re.findall(r"\w+", name)
    }
    for passage in passages(issue):
        if found := _LEFT_OPEN.search(passage.text) or _initials(passage, names):
            yield Finding(
                "placeholder",
                Level.BLOCKER,
                passage.place,
                f"“{_near(passage.text, found)}” holds a place for something to come; write it, "
                "or take it out.",
                passage.fix,
            )


def _initials(passage: Passage, names: set[str]) -> re.Match[str] | None:
    if passage.kind == "source":
        return None
    known = names | {
        word
        for author in (passage.note.content.authors if passage.note else ())
        for word in author.name.split()
    }
    return next(
        (found for found in _INITIALS.finditer(passage.text) if found[0] not in known), None
    )


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


CHECKS: tuple[_Check, ...] = (_placeholders, _unresolved)
