"""The alerts that an issue names: those mailed since the issue before.

Who gets alerts with the weekly finds them there, and everybody else sees what they missed. What
is mailed after an issue was last put together is left to the next one, so that no alert changes
the words of an issue that is approved.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from issues.models import Edition, Issue
from rendering.content import AlertMention

# Before the first issue there was none: its week counts.
A_WEEK = timedelta(days=7)


def alerts_of(issue: Issue) -> tuple[AlertMention, ...]:
    """What an issue says of each alert, in the order in which they were mailed.

    An alert whose note stands in the issue itself is not named beside it.
    """
    if issue.alerts_until is None:
        return ()
    mailed = (
        Edition.objects.filter(
            note__isnull=False,
            rendered_at__gt=_since(issue, issue.alerts_until),
            rendered_at__lte=issue.alerts_until,
        )
        .exclude(note__in=issue.entries.values("note"))
        .select_related("publication", "note")
        .order_by("rendered_at", "pk")
    )
    return tuple(
        _mention(edition, edition.note.slug) for edition in mailed if edition.note is not None
    )


def _since(issue: Issue, until: datetime) -> datetime:
    previous = (
        issue.publication.issues.published().filter(date__lt=issue.date).order_by("-date").first()
    )
    if previous is None:
        return until - A_WEEK
    # One that was put together before alerts were named says only when it left.
    return previous.alerts_until or previous.published_at or until - A_WEEK


def _mention(edition: Edition, slug: str) -> AlertMention:
    headline = edition.content["note"]
    return AlertMention(
        publication=edition.publication.name,
        subject=headline["subject"],
        claim=headline["claim"],
        date=edition.rendered_at.astimezone(edition.publication.zone).date(),
        url=f"{settings.SITE_URL}{reverse('archive:alert', args=[slug])}",
    )
