"""Issues and alerts that went out, told in one line each."""

from datetime import UTC, date, datetime

import pytest


@pytest.fixture
def make_issue(twtw):
    """An issue with notes in it; published unless told otherwise."""
    from issues.models import Issue, IssueEntry, IssueSerial

    def make(serials, notes, *, day=date(2025, 6, 29), published=True):
        issue = Issue.objects.create(
            publication=twtw,
            volume=twtw.volumes.get(number=7),
            date=day,
            published_at=datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
            if published
            else None,
        )
        for serial in serials:
            IssueSerial.objects.create(publication=twtw, issue=issue, serial=serial)
        for position, note in enumerate(notes):
            IssueEntry.objects.create(issue=issue, note=note, position=position)
        return issue

    return make


@pytest.fixture
def make_alert(alerts):
    """An alert of a note; sent at the given time, or not at all."""
    from delivery.models import Mailing
    from issues.models import Edition

    def make(note, at=None):
        edition = Edition.objects.create(
            publication=alerts, note=note, subject="GP Alert", html="…", text="…", sha256="0" * 64
        )
        if at:
            mailing = Mailing.objects.create(edition=edition, transport="outbox", chunk_size=100)
            Mailing.objects.filter(pk=mailing.pk).update(frozen_at=at)
        return edition

    return make
