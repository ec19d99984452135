"""Whether anything is missing: notes and their approval, authors, sections, sources, words.

What pictures must carry is in `pictures`, what was left in the words by mistake in `leftovers`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from issues.preflight import leftovers, pictures
from issues.preflight.facts import IssueRendering, NoteFacts
from issues.preflight.findings import Finding, Level
from issues.preflight.words import passages_of
from notes.names import name_key
from rendering.content import Figure, Part, Quote, Section, Table, Takeaways, Text
from rendering.richtext import blocks

_TEAM = re.compile(
    r"\b(team|staff|desk|editors?|editorial|bureau|newsroom|correspondents?|reporters?|agencies)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\d\s?%|\d\s(?:per\s?cent|percent)\b"
    r"|(?:(?<![\d.,])\d[\d.,]*+|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|"
    r"twelve|hundreds?))"
    r"[\s-](?:million|billion|trillion|crore|lakh)\b"
    r"|(?:[$€£¥₹]|\b(?:US\$|USD|EUR|GBP|INR|Rs\.?))\s?\d"
    r"|\d\s?(?:dollars?|euros?|pounds?|rupees?|yuan|yen|USD|EUR|GBP|INR)\b"
    r"|(?<![\d.,/-])\d{1,3}(?:,\d{2,3})+(?!\d)"
    # Four and more digits, but no year, and no number of a document.
    r"|(?<!Resolution )(?<!No )(?<!No\. )(?<!#)(?<![\d.,/-])"
    r"(?!(?:1[0-9]|20|21)\d\d(?!\d))\d{4,}(?![\d/-])"
)

_Check = Callable[[IssueRendering], Iterator[Finding]]


def _notes(issue: IssueRendering) -> Iterator[Finding]:
    if not issue.notes:
        yield Finding(
            "no-notes",
            Level.BLOCKER,
            "issue",
            "It has no note; approve one, or add one.",
            issue.fix,
        )
    for note in issue.notes:
        if not note.is_approved:
            yield Finding(
                "not-approved",
                Level.BLOCKER,
                note.headline,
                "The note was edited and is not approved again; approve it, or take it out of "
                "the issue.",
                note.fix,
            )


def _readers(issue: IssueRendering) -> Iterator[Finding]:
    if issue.doubt_about_readers:
        yield Finding(
            "segment-unclear",
            Level.BLOCKER,
            "issue",
            issue.doubt_about_readers,
            issue.readers_fix,
        )


def _authors(issue: IssueRendering) -> Iterator[Finding]:
    for note in issue.notes:
        names = [author.name for author in note.content.authors]
        if not any(name.strip() for name in names):
            yield Finding(
                "no-author",
                Level.WARNING,
                note.headline,
                "The note names no author; choose who wrote it.",
                note.fix,
            )
            continue
        if all(_TEAM.search(name) for name in names):
            yield Finding(
                "team-byline",
                Level.HINT,
                note.headline,
                f"The byline is “{', '.join(names)}” and no person; name who wrote the note.",
                note.fix,
            )
        for author in note.content.authors:
            if not author.biography.strip() and not _TEAM.search(author.name):
                yield Finding(
                    "no-bio",
                    Level.WARNING,
                    note.headline,
                    f"Nothing is said about its author {author.name}; write a biography.",
                    note.fix,
                )


def _author_twice(issue: IssueRendering) -> Iterator[Finding]:
    known = {
        name_key(spelt): name_key(spellings[0]) for spellings in issue.names for spelt in spellings
    }
    for note in issue.notes:
        seen: dict[str, str] = {}
        for author in note.content.authors:
            key = name_key(author.name)
            person = _heard(known.get(key, key))
            if person and person in seen:
                yield Finding(
                    "author-twice",
                    Level.WARNING,
                    note.headline,
                    f"The byline names one person twice: “{seen[person]}” and “{author.name}”; "
                    "take one out.",
                    note.fix,
                )
            seen.setdefault(person, author.name)


def _heard(key: str) -> str:
    """What is left of a name when neither the order of its parts, nor an `h` after a consonant,
    nor a doubled letter tells two apart: `Anandhan` and `Anandan`."""
    return " ".join(
        sorted(
            re.sub(r"(.)\1", r"\1", re.sub(r"(?<=[bcdfgjklmnpqrstvz])h", "", part))
            for part in key.split()
        )
    )


def _countries(issue: IssueRendering) -> Iterator[Finding]:
    for note in issue.notes:
        if not note.content.countries:
            yield Finding(
                "no-country",
                Level.HINT,
                note.headline,
                "The note is about no country; choose those under which readers will look for it.",
                note.fix,
            )


def _sections(issue: IssueRendering) -> Iterator[Finding]:
    for note in issue.notes:
        have = [_alike(section.heading) for section in note.content.sections]
        wanted = {_alike(heading): heading for heading in note.headings}
        for key, heading in wanted.items():
            if key not in have:
                yield Finding(
                    "missing-section",
                    Level.WARNING,
                    note.headline,
                    f"The section “{heading}” is missing; write it, or choose another form.",
                    note.fix,
                )
        order = [key for key in have if key in wanted]
        if len(set(order)) < len(order):
            twice = next(wanted[key] for key in order if order.count(key) > 1)
            yield Finding(
                "section-twice",
                Level.WARNING,
                note.headline,
                f"The section “{twice}” stands there twice.",
                note.fix,
            )
        elif order != [key for key in wanted if key in have]:
            right = ", ".join(f"“{heading}”" for key, heading in wanted.items() if key in have)
            yield Finding(
                "section-order",
                Level.WARNING,
                note.headline,
                f"Its sections are in another order than {right}.",
                note.fix,
            )


def _alike(heading: str) -> str:
    return "".join(char for char in heading.casefold() if char.isalnum())


def _sources(issue: IssueRendering) -> Iterator[Finding]:
    for note in issue.notes:
        if note.content.sources:
            continue
        for passage in passages_of(note):
            says = passage.kind in {"paragraph", "cell", "quotation"}
            found = _FIGURE.search(passage.text) if says else None
            if found and not any(run.href for run in passage.runs):
                yield Finding(
                    "no-source",
                    Level.HINT,
                    passage.place,
                    f"It quotes a figure, “{_around(passage.text, *found.span())}”, and the note "
                    "names no source; add one, or link it.",
                    note.fix,
                )
                break


def _around(text: str, start: int, end: int) -> str:
    """What was found, with the rest of its first and last word and a word beside it."""
    start = text.rfind(" ", 0, max(text.rfind(" ", 0, start), 0)) + 1
    following = re.match(r"\S*(?: \S+)?", text[end:])
    return text[start : end + (following.end() if following else 0)].strip(" .,;:")


def _empty(issue: IssueRendering) -> Iterator[Finding]:
    for note in issue.notes:
        if not note.content.sections:
            yield _empty_part(note, note.headline, "The note has a headline and no text; write it.")
        for section in note.content.sections:
            yield from _empty_section(note, section)
    for region in issue.regions:
        if not region.briefs or any(not blocks(brief) for brief in region.briefs):
            yield Finding(
                "empty-part",
                Level.WARNING,
                f"briefs › {region.name}",
                f"A brief under “{region.name}” has no words; write it, or take it out.",
                issue.fix,
            )


def _empty_section(note: NoteFacts, section: Section) -> Iterator[Finding]:
    place = f"{note.headline} › {section.heading}" if section.heading else note.headline
    empty = [missing for part in section.parts if (missing := _what_is_missing(part))]
    if len(empty) == len(section.parts):
        named = f"The section “{section.heading}”" if section.heading else "A section"
        yield Finding(
            "empty-section",
            Level.WARNING,
            place,
            f"{named} has no words under its heading; write them, or take it out.",
            note.fix,
        )
        return
    for sentence in dict.fromkeys(empty):
        yield _empty_part(note, place, sentence)


def _empty_part(note: NoteFacts, place: str, sentence: str) -> Finding:
    return Finding("empty-part", Level.WARNING, place, sentence, note.fix)


def _what_is_missing(part: Part) -> str:
    """What a part of a note lacks to be one, as a sentence; empty if nothing."""
    match part:
        case Text(html):
            return "" if blocks(html) else "A text is empty; write it, or take it out."
        case Quote(text):
            return "" if text.strip() else "A quotation has no words; write them, or take it out."
        case Table(header, rows):
            has_words = any(cell.strip() for row in (header, *rows) for cell in row)
            return "" if has_words else "A table has nothing in its cells; fill it, or take it out."
        case Takeaways(points):
            if points and all(point.lead.strip() for point in points):
                return ""
            return "A takeaway has no first words that say what it is; write them, or take it out."
        case Figure():
            return ""


CHECKS: tuple[_Check, ...] = (
    _notes,
    _readers,
    _authors,
    _author_twice,
    _countries,
    _sections,
    _sources,
    _empty,
    *pictures.CHECKS,
    *leftovers.CHECKS,
)
