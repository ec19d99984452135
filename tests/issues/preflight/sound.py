"""An issue in which preflight finds nothing, and ways to spoil it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from issues.preflight import Finding
from issues.preflight.facts import Identity, IssueRendering, NoteFacts, Numbering, Sender
from rendering.content import NoteContent, Section, Text
from rendering.mail import render_issue
from tests.issues.preflight.documented import documented_codes
from tests.rendering.samples import ISSUE, PORTS, RIVER

NUMBERING = Numbering(
    identity=Identity("#318 Vol 7, No 27, 6 July 2025", (318,), 7, date(2025, 7, 6)),
    numbers=(27,),
    first_serial_of_volume=292,
    volume_begins_on=date(2025, 1, 1),
    weekday=6,
    before=Identity("#317 Vol 7, No 26, 29 June 2025", (317,), 7, date(2025, 6, 29)),
)


def sound(*notes: NoteContent, **changes: Any) -> IssueRendering:
    """The facts of an issue with these notes (or the samples), rendered, with some changed."""
    contents = notes or (RIVER, replace(PORTS, countries=("NR",)))
    issue = replace(
        ISSUE,
        notes=contents,
        **{
            name: changes.pop(name)
            for name in ("regions", "introduction", "cover", "preview_text", "subject_line")
            if name in changes
        },
    )
    rendering = render_issue(issue)
    facts = IssueRendering(
        publication=issue.publication,
        subject=rendering.subject,
        preview_text=issue.preview_text,
        rendering=rendering,
        notes=tuple(
            NoteFacts(content, fix=f"/desk/notes/{place}/", photo_fix=f"/desk/pictures/{place}/")
            for place, content in enumerate(contents, start=1)
        ),
        sender=Sender("The World This Week", "weekly@newsroom.example", "editors@newsroom.example"),
        introduction=issue.introduction,
        regions=issue.regions,
        cover=issue.cover,
        numbering=NUMBERING,
        site_url="https://weekly.newsroom.example",
        view_url=issue.url,
        really_sent=True,
        fix="/desk/issue/",
        publication_fix="/desk/publication/",
    )
    return replace(facts, **changes)


def saying(html: str, note: NoteContent = RIVER) -> NoteContent:
    """The note with one more paragraph or list in its first section."""
    first, *others = note.sections
    return replace(note, sections=(Section(first.heading, (*first.parts, Text(html))), *others))


# A blocker where mail really leaves (or from a threshold on), and a warning else.
MILDER = frozenset(
    {
        "no-postal-address", "example-sender", "free-mail-sender", "link-private", "spam-score",
    }
)  # fmt: skip


def codes(found: Iterable[Finding]) -> list[str]:
    """The codes of what was found, in order; each has the level that editors are told."""
    findings = list(found)
    for finding in findings:
        level = documented_codes()[finding.code]
        allowed = {level, "warning"} if finding.code in MILDER else {level}
        assert finding.level in allowed, f"{finding.code} is a {finding.level}"
    return [finding.code for finding in findings]
