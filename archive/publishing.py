"""What is public: issues that were published, and notes that went out in one or as an alert.

Everything else does not exist for a reader, so that no address of the site tells
what is being written.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse

from issues.models import Edition, Issue, Publication
from notes.models import Note
from rendering.dates import printed_date

RECENT = 12


@dataclass(frozen=True, slots=True)
class Appearance:
    """Where and when a note went out. `line` is like `The World This Week #317, Vol 7, No 26`.

    `day` is that of the issue, or the one on which the alert was sent in its publication's zone.
    """

    publication: Publication
    note: Note
    line: str
    path: str
    day: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Shelf:
    """A publication with its latest issues or alerts, the newest first."""

    publication: Publication
    issues: list[Issue]
    alerts: list[Appearance]


def published_issue(publication: str, serial: int) -> Issue:
    """The published issue that took a serial; for a combined one any of its serials will do.

    Raises:
        Http404: if there is none.
    """
    issues = Issue.objects.published().select_related("publication", "volume")
    return get_object_or_404(issues, publication__slug=publication, taken_serials__serial=serial)


def sent_alerts() -> QuerySet[Edition]:
    """The alerts that have a mailing, the newest first."""
    return (
        Edition.objects.filter(note__isnull=False, mailing__isnull=False)
        .select_related("publication", "note", "mailing")
        .order_by("-mailing__frozen_at", "-pk")
    )


def appearances(note: Note) -> list[Appearance]:
    """Where a note went out, the first time first; empty if nowhere yet."""
    issues = (
        Issue.objects.published().filter(entries__note=note).select_related("publication", "volume")
    )
    alerts = sent_alerts().filter(note=note)
    return sorted(
        [
            *(_in_issue(note, issue, issue.published_at) for issue in issues if issue.published_at),
            *map(_as_alert, alerts),
        ],
        key=lambda appearance: appearance.at,
    )


def shelves() -> list[Shelf]:
    """Every publication that has something to show: the numbered ones first."""
    found = [
        Shelf(
            publication,
            list(_recent_issues(publication)),
            [
                _as_alert(edition)
                for edition in sent_alerts().filter(publication=publication)[:RECENT]
            ],
        )
        for publication in Publication.objects.order_by("-numbered", "name")
    ]
    return [shelf for shelf in found if shelf.issues or shelf.alerts]


def neighbours(issue: Issue) -> tuple[Issue | None, Issue | None]:
    """The published issues before and after an issue."""
    others = (
        Issue.objects.published()
        .filter(publication=issue.publication_id)
        .select_related("publication", "volume")
    )
    return (
        others.filter(date__lt=issue.date).order_by("-date").first(),
        others.filter(date__gt=issue.date).order_by("date").first(),
    )


def issue_path(issue: Issue) -> str:
    """An issue's own address: that of its first serial."""
    return reverse("archive:issue", args=[issue.publication.slug, issue.serials[0]])


def _recent_issues(publication: Publication) -> Iterable[Issue]:
    return (
        publication.issues.published()
        .select_related("publication", "volume")
        .prefetch_related("taken_serials", "entries__note__authors__person")
        .order_by("-date")[:RECENT]
    )


def _in_issue(note: Note, issue: Issue, at: datetime) -> Appearance:
    line = f"{issue.publication} {_cited(issue)}"
    return Appearance(issue.publication, note, line, issue_path(issue), issue.date, at)


def _as_alert(edition: Edition) -> Appearance:
    note, at = edition.note, edition.mailing.frozen_at
    assert note is not None  # noqa: S101 - `sent_alerts` leaves no other
    day = at.astimezone(edition.publication.zone).date()
    line = f"{edition.publication}, {printed_date(day)}"
    path = reverse("archive:alert", args=[note.slug])
    return Appearance(edition.publication, note, line, path, day, at)


def _cited(issue: Issue) -> str:
    """An issue as a citation names it: its line without the date, `#317, Vol 7, No 26`."""
    serials, rest = issue.line.removesuffix(f", {printed_date(issue.date)}").split(" Vol ")
    return f"{serials.removesuffix(',')}, Vol {rest}"
