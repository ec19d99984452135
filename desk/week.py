"""What an editor needs to know of a publication at a glance."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from delivery.counting import Counts, counts
from delivery.models import Mailing
from delivery.standing import Standing, standing
from issues.approval import approval_in_force
from issues.models import Approval, Issue, Publication
from notes.models import Note


@dataclass(frozen=True)
class Week:
    """One numbered publication: its open issue, its drafts, its last mailing."""

    publication: Publication
    issue: Issue | None
    approval: Approval | None
    drafts: int
    mailing: Mailing | None
    counts: Counts | None
    standing: Standing | None


def weeks() -> list[Week]:
    """Every numbered publication's week."""
    return [_week(publication) for publication in Publication.objects.filter(numbered=True)]


def _week(publication: Publication) -> Week:
    issue = publication.issues.open().first()
    mailing = (
        Mailing.objects.filter(edition__publication=publication, edition__correction__isnull=True)
        .select_related("edition__publication")
        .first()
    )
    reached = counts(mailing) if mailing else None
    notes = Note.objects.filter(publication=publication)
    return Week(
        publication=publication,
        issue=issue,
        approval=approval_in_force(issue) if issue else None,
        drafts=notes.exclude(pk__in=Note.objects.approved()).count(),
        mailing=mailing,
        counts=reached,
        standing=standing(mailing, reached, timezone.now()) if mailing and reached else None,
    )
