"""Issues and alerts that went out, told in one line each."""

from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache


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


@pytest.fixture
def world(write_note, make_issue, make_alert, subscribe, twtw, alerts):
    """An issue with everything that a note can hold, an alert, and a reader of both.

    Gives the reader, and the paths of the pages that there are then.
    """
    from notes.approval import approve
    from notes.models import NoteSource
    from subscribers.links import preferences_url, unsubscribe_url
    from tests.archive.pictures import a_picture

    # Wagtail caches renditions by the picture's number, which comes again after a rollback.
    cache.clear()
    note = write_note("Russia and Mali bilateral agreements", "The growing presence of Russia")
    picture = a_picture()
    note.photo = picture
    note.photo_source = "An Agency"
    cells = [["", "Before the agreements", "After"], ["Number of flights", "1,200", "3,400"]]
    table = {"data": cells, "first_row_is_table_header": True, "first_col_is_header": True}
    many = {**table, "data": [[f"Column{number}" for number in range(12)], ["1"] * 12]}
    parts = [
        (
            "text",
            "<p>A <a href='https://example.org/'>link</a> in a text.</p><ul><li>One</li></ul>",
        ),
        ("quote", {"text": "We said so.", "attribution": "A minister"}),
        ("figure", {"picture": picture, "caption": "The river."}),
        ("table", {**table, "table_caption": "Flights"}),
        ("table", many),
    ]
    note.body.append(("section", {"heading": "What else?", "parts": parts}))
    note.sources = [
        NoteSource(outlet="An Agency", title="A report", url="https://example.org/report")
    ]
    note.save_revision()
    approve(note)
    twtw.postal_address = alerts.postal_address = "1 Long Road, Chennai 600001, India"
    twtw.save()
    alerts.colour = "#ffe600"
    alerts.save()
    urgent = write_note("A" * 60, "A headline with one very long word in it")
    make_issue([317], [note, write_note("The US", "A strike"), urgent])
    make_issue([318], [write_note("Next", "Week")], day=date(2025, 7, 6))
    make_alert(urgent, at=datetime(2025, 7, 2, tzinfo=UTC))
    subscribe(alerts, "ann.reader@example.org")
    subscription = subscribe(twtw, "ann.reader@example.org")
    # Read before a browser is started: Django keeps its database from a thread with an event loop.
    unsubscribe = urlsplit(unsubscribe_url(subscription.pk)).path
    return subscription.reader, {
        "home": "/",
        "issue": "/issues/twtw/317/",
        "note": f"/notes/{note.slug}/",
        "alert": f"/alerts/{urgent.slug}/",
        "preferences": urlsplit(preferences_url(subscription.pk)).path,
        "unsubscribe": unsubscribe,
        "damaged": f"{unsubscribe[:-9]}/",
    }


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
