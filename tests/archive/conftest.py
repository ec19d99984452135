"""Issues and alerts that went out, told in one line each."""

from datetime import UTC, date, datetime

import pytest


@pytest.fixture
def make_issue(twtw):
    """An issue with notes in it; mailed unless told otherwise."""
    from issues.content import issue_content
    from issues.models import Issue, IssueEntry, IssueSerial

    def make(serials, notes, *, day=date(2025, 6, 29), published=True):
        issue = Issue.objects.create(publication=twtw, volume=twtw.volumes.get(number=7), date=day)
        for serial in serials:
            IssueSerial.objects.create(publication=twtw, issue=issue, serial=serial)
        for position, note in enumerate(notes):
            IssueEntry.objects.create(issue=issue, note=note, position=position)
        edition = keep(twtw, issue_content(issue), issue=issue)
        if published:
            issue.published_at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
            issue.save()
            mail(edition, issue.published_at)
        return issue

    return make


@pytest.fixture
def make_alert(alerts):
    """An alert of a note; sent at the given time, or not at all."""
    from issues.content import alert_content

    def make(note, at=None):
        edition = keep(alerts, alert_content(alerts, note), note=note)
        if at:
            mail(edition, at)
        return edition

    return make


def keep(publication, content, **of):
    """An edition as approving makes one; the pages show its content, not its bytes."""
    from issues.models import Edition
    from rendering.keeping import to_json

    return Edition.objects.create(
        publication=publication,
        subject=content.subject_line,
        html="…",
        text="…",
        sha256="0" * 64,
        content=to_json(content),
        **of,
    )


def mail(edition, at):
    from delivery.models import Mailing

    mailing = Mailing.objects.create(edition=edition, transport="outbox", chunk_size=100)
    Mailing.objects.filter(pk=mailing.pk).update(frozen_at=at)
