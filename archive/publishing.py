"""What is public: issues and alerts that were mailed, as they were mailed, and their errata.

An edition keeps what it was rendered from, and every public page shows that, whatever
has been renamed, edited or replaced since; a correction stands beside the words that it
corrects. What was not mailed does not exist for a reader, so that no address of the site
tells what is being written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT
from django.shortcuts import get_object_or_404
from django.urls import reverse

from issues.correcting import anchor
from issues.models import Edition, Issue, Publication
from rendering.content import NoteContent, PublicationContent
from rendering.dates import readers_date
from rendering.keeping import alert_from_json, issue_from_json

RECENT = 12
ERRATA = "corrections__note"


@dataclass(frozen=True, slots=True)
class Erratum:
    """A correction as readers see it: HTML of an editor, and the day printed with it."""

    anchor: str
    html: str
    day: date


@dataclass(frozen=True, slots=True)
class Appearance:
    """A note as it was mailed, with where and when, and what was wrong in it.

    `line` is like `The World This Week #317, Vol 7, No 26` or `GP Alerts, 26 June 2025`.
    """

    publication: PublicationContent
    note: NoteContent
    line: str
    path: str
    at: datetime
    in_issue: bool
    errata: tuple[Erratum, ...]


@dataclass(frozen=True, slots=True)
class ListedIssue:
    """An issue in a list; `line` is `#317 Vol 7, No 26, 29 June 2025`."""

    line: str
    path: str


@dataclass(frozen=True, slots=True)
class ListedAlert:
    """An alert in a list; `day` is the one on which it was sent, in its publication's zone."""

    subject: str
    claim: str
    path: str
    day: date


@dataclass(frozen=True, slots=True)
class Shelf:
    """A publication with its latest issues or alerts, the newest first.

    `contents` are the notes of the latest issue.
    """

    publication: Publication
    issues: list[ListedIssue]
    contents: tuple[NoteContent, ...]
    alerts: list[ListedAlert]


def mailed_issue(publication: str, serial: int) -> Edition:
    """The edition of the mailed issue that took a serial; any serial of a combined one will do.

    Raises:
        Http404: if there is none.
    """
    found = _mailed_issues().filter(publication__slug=publication).prefetch_related(ERRATA)
    return get_object_or_404(found, issue__taken_serials__serial=serial)


def errata_of(edition: Edition) -> dict[str, tuple[Erratum, ...]]:
    """What was wrong in an edition, the first correction first, by the slugs of its notes."""
    found: dict[str, tuple[Erratum, ...]] = {}
    for correction in edition.corrections.all():
        slug = correction.note.slug
        one = Erratum(anchor(correction), correction.text, correction.day)
        found[slug] = (*found.get(slug, ()), one)
    return found


def appearances(slug: str) -> list[Appearance]:
    """Where the note with this slug went out, the first time first; empty if nowhere yet."""
    carried = Q(note__slug=slug) | Q(issue__entries__note__slug=slug)
    found = _mailed().filter(carried).select_related("issue", "note").prefetch_related(ERRATA)
    places = (_appearance(edition, slug) for edition in found)
    return sorted((place for place in places if place), key=lambda place: place.at)


def shelves() -> list[Shelf]:
    """Every publication that has something to show: the numbered ones first."""
    found = (
        _shelf(publication) for publication in Publication.objects.order_by("-numbered", "name")
    )
    return [shelf for shelf in found if shelf.issues or shelf.alerts]


def neighbours(edition: Edition) -> tuple[ListedIssue | None, ListedIssue | None]:
    """The mailed issues before and after the one of an edition."""
    issue = _issue(edition)
    others = _listed(_mailed_issues().filter(publication=edition.publication_id))
    before = others.filter(issue__date__lt=issue.date).order_by("-issue__date").first()
    after = others.filter(issue__date__gt=issue.date).order_by("issue__date").first()
    return _in_list(before) if before else None, _in_list(after) if after else None


def issue_path(edition: Edition) -> str:
    """The address of an edition's issue: that of its first serial."""
    return reverse("archive:issue", args=[edition.publication.slug, _issue(edition).serials[0]])


def _mailed() -> QuerySet[Edition]:
    # The mail itself is long, and no page shows it.
    return (
        Edition.objects.filter(mailing__isnull=False)
        .select_related("publication", "mailing")
        .defer("html", "text")
    )


def _mailed_issues() -> QuerySet[Edition]:
    return _mailed().filter(issue__isnull=False).select_related("issue")


def _listed(editions: QuerySet[Edition]) -> QuerySet[Edition]:
    """Editions of issues with what a list says of them, and not their whole content."""
    return (
        editions.defer("html", "text", "content")
        .annotate(line=KT("content__line"))
        .prefetch_related("issue__taken_serials")
    )


def _shelf(publication: Publication) -> Shelf:
    issues = list(
        _listed(_mailed_issues().filter(publication=publication)).order_by("-issue__date")[:RECENT]
    )
    alerts = (
        _mailed()
        .filter(note__isnull=False, publication=publication)
        .select_related("note")
        .defer("html", "text", "content")
        .annotate(subject_part=KT("content__note__subject"), claim=KT("content__note__claim"))
        .order_by("-mailing__frozen_at", "-pk")
    )
    return Shelf(
        publication=publication,
        issues=[_in_list(edition) for edition in issues],
        contents=issue_from_json(issues[0].content).notes if issues else (),
        alerts=[
            ListedAlert(alert.subject_part, alert.claim, _alert_path(alert), _day(alert))
            for alert in alerts[:RECENT]
        ],
    )


def _in_list(edition: Edition) -> ListedIssue:
    line: str = edition.line  # type: ignore[attr-defined] # annotated by `_listed`
    return ListedIssue(line, issue_path(edition))


def _appearance(edition: Edition, slug: str) -> Appearance | None:
    """A note's place in an edition; None for one that was put into the issue later on."""
    at, errata = edition.mailing.frozen_at, errata_of(edition).get(slug, ())
    if edition.issue is None:
        alert = alert_from_json(edition.content)
        line = f"{alert.publication.name}, {readers_date(_day(edition))}"
        return Appearance(
            *(alert.publication, alert.note, line, _alert_path(edition), at),
            in_issue=False,
            errata=errata,
        )
    issue = issue_from_json(edition.content)
    note = next((note for note in issue.notes if note.slug == slug), None)
    if note is None:
        return None
    line = f"{issue.publication.name} {_cited(issue.line)}"
    return Appearance(
        *(issue.publication, note, line, issue_path(edition), at), in_issue=True, errata=errata
    )


def _issue(edition: Edition) -> Issue:
    assert edition.issue is not None  # noqa: S101 - asked of editions of issues only
    return edition.issue


def _alert_path(edition: Edition) -> str:
    assert edition.note is not None  # noqa: S101 - asked of editions of alerts only
    return reverse("archive:alert", args=[edition.note.slug])


def _day(edition: Edition) -> date:
    return edition.mailing.frozen_at.astimezone(edition.publication.zone).date()


def _cited(line: str) -> str:
    """An issue as a citation names it: its line without the date.

    >>> _cited("#317 Vol 7, No 26, 29 June 2025")
    '#317, Vol 7, No 26'
    >>> _cited("#331 & 332, Vol 7, No 40 & 41, 26 October 2025")
    '#331 & 332, Vol 7, No 40 & 41'
    """
    serials, rest = line.rsplit(", ", 1)[0].split(" Vol ")
    return f"{serials.removesuffix(',')}, Vol {rest}"
