"""Who is in a mailing is decided once, before anything leaves."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from delivery.counting import counts
from delivery.errors import DeliveryError
from delivery.freezing import start_alert_mailing, start_issue_mailing
from delivery.models import Mailing
from issues.approval import approve_issue
from issues.assembling import assemble
from issues.errors import NotApproved
from subscribers.models import Suppression

pytestmark = pytest.mark.django_db


def test_every_subscription_becomes_a_row_and_the_exclusions_have_reasons(
    edition, alerts, twtw, subscribe, pigeon
):
    for name in ("anna", "ben", "zoe"):
        subscribe(alerts, f"{name}@example.org", name=name.title())
    subscribe(alerts, "left@example.org", state="ended")
    subscribe(alerts, "silent@example.org", state="pending")
    subscribe(alerts, "bounced@example.org")
    subscribe(alerts, "left-and-bounced@example.org", state="ended")
    Suppression.objects.create(key="bounced@example.org", reason="bounced")
    Suppression.objects.create(key="left-and-bounced@example.org", reason="bounced")
    subscribe(twtw, "reads-only-the-weekly@example.org")

    mailing = start_alert_mailing(edition, pigeon(chunk_size=2))

    rows = mailing.recipients.values_list("key", "state", "exclusion", "chunk_number")
    assert list(rows) == [
        ("anna@example.org", "pending", "", 1),
        ("ben@example.org", "pending", "", 1),
        ("zoe@example.org", "pending", "", 2),
        ("left@example.org", "excluded", "unsubscribed", None),
        ("silent@example.org", "excluded", "unconfirmed", None),
        ("bounced@example.org", "excluded", "suppressed", None),
        ("left-and-bounced@example.org", "excluded", "suppressed", None),
    ]
    assert [(c.number, c.state) for c in mailing.chunks.all()] == [(1, "pending"), (2, "pending")]
    assert (mailing.transport, mailing.chunk_size) == ("pigeon", 2)
    assert counts(mailing).sentence() == (
        "7 candidates, 4 excluded (2 suppressed, 1 unsubscribed, 1 not confirmed), "
        "0 accepted, 3 pending"
    )


def test_chunks_are_full_but_for_the_last_whoever_is_excluded_between(edition, readers, pigeon):
    subscriptions = readers(25)
    for subscription in subscriptions[::5]:
        subscription.state = "ended"
        subscription.save()
    mailing = start_alert_mailing(edition, pigeon(chunk_size=8))
    frozen = mailing.recipients.filter(state="pending").order_by("pk")
    assert list(frozen.values_list("chunk_number", flat=True)) == [1] * 8 + [2] * 8 + [3] * 4


def test_a_subscription_made_after_the_freeze_is_not_in_it(
    edition, alerts, readers, subscribe, pigeon
):
    readers(3)
    mailing = start_alert_mailing(edition, pigeon())
    subscribe(alerts, "late@example.org")
    assert start_alert_mailing(edition, pigeon()) == mailing
    assert mailing.recipients.count() == 3


def test_a_mailing_to_nobody_has_no_chunks(edition, pigeon):
    mailing = start_alert_mailing(edition, pigeon())
    assert not mailing.chunks.exists()
    assert counts(mailing).sentence() == "0 candidates, 0 accepted"


def test_the_number_of_statements_does_not_depend_on_the_number_of_readers(
    make_edition, readers, pigeon
):
    first, second = make_edition(1), make_edition(2)
    with CaptureQueriesContext(connection) as for_nobody:
        start_alert_mailing(first, pigeon(chunk_size=1000))
    readers(20_000)
    with CaptureQueriesContext(connection) as for_many:
        mailing = start_alert_mailing(second, pigeon(chunk_size=1000))
    assert mailing.chunks.count() == 20
    assert mailing.recipients.count() == 20_000
    assert len(for_many) == len(for_nobody)


def test_an_issue_goes_out_as_it_was_approved_and_is_published_with_it(
    twtw, write_note, readers, pigeon
):
    write_note()
    issue = assemble(twtw, write_note(claim="Another").date).issue
    approval = approve_issue(issue, "An Editor")
    readers(2, publication=twtw)
    mailing = start_issue_mailing(issue, pigeon())
    assert mailing.edition == approval.edition
    assert issue.published_at == mailing.frozen_at
    assert all(entry.note.live for entry in issue.entries.all())
    assert start_issue_mailing(issue, pigeon()) == mailing
    assert Mailing.objects.count() == 1


def test_an_issue_without_approval_gets_no_mailing(twtw, write_note, pigeon):
    issue = assemble(twtw, write_note().date).issue
    with pytest.raises(NotApproved):
        start_issue_mailing(issue, pigeon())
    assert not Mailing.objects.exists()
    issue.refresh_from_db()
    assert not issue.is_published


def test_an_edit_after_approval_voids_it_for_good_and_nothing_is_frozen(twtw, write_note, pigeon):
    note = write_note()
    issue = assemble(twtw, note.date).issue
    approval = approve_issue(issue, "An Editor")
    note.claim = "Changed behind the approver's back"
    note.save_revision()
    with pytest.raises(NotApproved, match="changed since"):
        start_issue_mailing(issue, pigeon())
    approval.refresh_from_db()
    assert approval.voided_at is not None
    assert not Mailing.objects.exists()


def test_an_issues_edition_is_not_sent_as_an_alert(twtw, write_note, pigeon):
    issue = assemble(twtw, write_note().date).issue
    edition = approve_issue(issue, "An Editor").edition
    with pytest.raises(DeliveryError, match="is no alert"):
        start_alert_mailing(edition, pigeon())


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_however_many_start_it_at_once_there_is_one_mailing(edition, readers, pigeon):
    readers(50)

    def start(_):
        try:
            return start_alert_mailing(edition, pigeon()).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        started = set(pool.map(start, range(8)))
    assert len(started) == 1
    assert Mailing.objects.get().recipients.count() == 50
