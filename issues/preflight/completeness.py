"""What a machine can see before an issue is approved.

`preflight` is a list of small checks; each looks at one thing and says what it
found, how bad it is and where. Blockers stop the approval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings

from issues.models import Issue, IssueSerial, Weekday
from rendering.content import Rendering
from rendering.dates import printed_date

EXAMPLE_DOMAINS = ("@example.org", "@example.com", "@example.net")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# Gmail shows no more of a mail than this and hides the rest behind a link.
CLIPPED_AT_BYTES = 102_000
SUBJECT_SHOWN_ON_A_PHONE = 78


class Level(StrEnum):
    BLOCKER = "blocker"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or odd. `place` names the note or part it was found in."""

    code: str
    level: Level
    place: str
    sentence: str


def preflight(issue: Issue, rendering: Rendering) -> list[Finding]:
    """Everything found in an issue and its rendering, the worst first."""
    found = [finding for check in CHECKS for finding in check(issue, rendering)]
    order = list(Level)
    return sorted(found, key=lambda finding: order.index(finding.level))


def _has_notes(issue: Issue, _: Rendering) -> Iterator[Finding]:
    if not issue.entries.exists():
        yield Finding("no-notes", Level.BLOCKER, "issue", "It has no approved note.")


def _notes_are_approved(issue: Issue, _: Rendering) -> Iterator[Finding]:
    for entry in issue.entries.select_related("note"):
        if not entry.note.is_approved:
            yield Finding(
                "not-approved",
                Level.BLOCKER,
                str(entry.note),
                f"“{entry.note}” was edited and is not approved again; approve it, or take it "
                "out with `twtw issue prepare`.",
            )


def _fit_to_leave(issue: Issue, _: Rendering) -> Iterator[Finding]:
    """Placeholders are harmless in the outbox; at a real transport they stop the issue."""
    level = Level.WARNING if settings.DELIVERY_TRANSPORT == "outbox" else Level.BLOCKER
    publication = issue.publication
    if not publication.postal_address:
        yield Finding(
            "no-postal-address",
            level,
            "publication",
            f"{publication} has no postal address, which a mailing to many must carry.",
        )
    if publication.sender_address.endswith(EXAMPLE_DOMAINS):
        yield Finding(
            "example-sender",
            level,
            "publication",
            f"The sender of {publication} is still an example address.",
        )
    site = urlsplit(settings.SITE_URL)
    if level is Level.BLOCKER and (site.scheme != "https" or site.hostname in LOOPBACK):
        yield Finding(
            "site-not-public",
            level,
            "TWTW_SITE_URL",
            f"The links lead to {settings.SITE_URL}; readers need an https address of yours, "
            "and one-click unsubscribing does too (RFC 8058).",
        )


def _on_the_weekday(issue: Issue, _: Rendering) -> Iterator[Finding]:
    usual = Weekday(issue.publication.weekday)
    if issue.date.weekday() != usual:
        actual = Weekday(issue.date.weekday())
        yield Finding(
            "other-weekday",
            Level.WARNING,
            "issue",
            f"{printed_date(issue.date)} is a {actual.label}; "
            f"{issue.publication} comes out on {usual.label}s.",
        )


def _no_serial_skipped(issue: Issue, _: Rendering) -> Iterator[Finding]:
    first = issue.serials[0]
    before = (
        IssueSerial.objects.filter(publication=issue.publication, serial__lt=first)
        .order_by("-serial")
        .first()
    )
    if before is not None and before.serial != first - 1:
        yield Finding(
            "serial-skipped",
            Level.WARNING,
            "issue",
            f"It takes #{first}, but the issue before it is #{before.serial}.",
        )


def _authors_and_pictures(issue: Issue, _: Rendering) -> Iterator[Finding]:
    for entry in issue.entries.select_related("note__photo"):
        note = entry.note
        authors = note.authors_in_order()
        if not authors:
            yield Finding("no-author", Level.WARNING, str(note), f"“{note}” names no author.")
        for author in authors:
            if author.biography_on(note.date) is None:
                yield Finding(
                    "no-bio",
                    Level.WARNING,
                    str(note),
                    f"“{note}”: nothing is said about its author {author}.",
                )
        if note.photo and not note.photo.description:
            yield Finding(
                "no-alternative-text",
                Level.WARNING,
                str(note),
                f"“{note}”: its picture has no alternative text.",
            )
        if note.photo and not (note.photo.credit or note.photo_source):
            yield Finding(
                "no-credit", Level.WARNING, str(note), f"“{note}”: its picture has no credit."
            )


def _shown_whole(_: Issue, rendering: Rendering) -> Iterator[Finding]:
    size = len(rendering.html.encode())
    if size > CLIPPED_AT_BYTES:
        yield Finding(
            "clipped",
            Level.WARNING,
            "mail",
            f"The mail has {size // 1000} kB; Gmail hides what comes after "
            f"{CLIPPED_AT_BYTES // 1000} kB.",
        )
    if len(rendering.subject) > SUBJECT_SHOWN_ON_A_PHONE:
        yield Finding(
            "long-subject",
            Level.HINT,
            "subject line",
            f"The subject line has {len(rendering.subject)} characters; phones show about "
            f"{SUBJECT_SHOWN_ON_A_PHONE}.",
        )


Check = Callable[[Issue, Rendering], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (
    _has_notes,
    _notes_are_approved,
    _fit_to_leave,
    _on_the_weekday,
    _no_serial_skipped,
    _authors_and_pictures,
    _shown_whole,
)
