"""Who is in a mailing is decided once, before anything leaves."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from delivery.counting import counts
from delivery.errors import DeliveryError
from delivery.freezing import start_alert_mailing, start_issue_mailing
from delivery.models import Mailing
from issues.approval import approval_in_force, approve_issue
from issues.assembling import assemble
from issues.editions import make_alert
from issues.errors import NotApproved
from issues.models import Edition, Issue
from notes.approval import approve
from subscribers.models import Suppression
from tests.delivery.fates import agree

pytestmark = pytest.mark.django_db


def test_every_subscription_becomes_a_row_and_the_exclusions_have_reasons(
    alert, alerts, twtw, subscribe, pigeon
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

    mailing = start_alert_mailing(*alert, pigeon(chunk_size=2))

    rows = mailing.recipients.values_list("subscription__reader__key", "exclusion", "chunk_number")
    assert list(rows) == [
        ("anna@example.org", "", 1),
        ("ben@example.org", "", 1),
        ("zoe@example.org", "", 2),
        ("left@example.org", "unsubscribed", None),
        ("silent@example.org", "unconfirmed", None),
        ("bounced@example.org", "suppressed", None),
        ("left-and-bounced@example.org", "suppressed", None),
    ]
    chunks = mailing.chunks.values_list("number", "state", "size")
    assert list(chunks) == [(1, "pending", 2), (2, "pending", 1)]
    assert agree(mailing, counts(mailing))
    assert (mailing.transport, mailing.chunk_size) == ("pigeon", 2)
    assert counts(mailing).sentence() == (
        "7 candidates, 4 excluded (2 suppressed, 1 unsubscribed, 1 not confirmed), "
        "0 accepted, 3 pending"
    )


def test_chunks_are_full_but_for_the_last_whoever_is_excluded_between(alert, readers, pigeon):
    subscriptions = readers(25)
    for subscription in subscriptions[::5]:
        subscription.state = "ended"
        subscription.save()
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=8))
    frozen = mailing.recipients.filter(exclusion="").order_by("pk")
    assert list(frozen.values_list("chunk_number", flat=True)) == [1] * 8 + [2] * 8 + [3] * 4


def test_chunks_are_written_down_in_the_order_of_their_numbers(alert, readers, pigeon):
    readers(100)
    if connection.vendor == "postgresql":
        # Else only now and then, with what its statistics tell it, does it group by hashes.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_sort = off")
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=1))
    numbers = mailing.chunks.order_by("pk").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 101))


def test_a_subscription_made_after_the_freeze_is_not_in_it(
    alert, alerts, readers, subscribe, pigeon
):
    readers(3)
    mailing = start_alert_mailing(*alert, pigeon())
    subscribe(alerts, "late@example.org")
    assert start_alert_mailing(*alert, pigeon()) == mailing
    assert mailing.recipients.count() == 3


def test_a_mailing_to_nobody_is_not_begun_and_can_be_once_there_are_readers(
    alert, alerts, subscribe, readers, pigeon
):
    subscribe(alerts, "gone@example.org", state="ended")
    with pytest.raises(DeliveryError, match="no confirmed reader"):
        start_alert_mailing(*alert, pigeon())
    assert not Mailing.objects.exists()
    assert not Edition.objects.exists()
    readers(2)
    assert counts(start_alert_mailing(*alert, pigeon())).frozen == 2


def test_an_issue_for_nobody_stays_unpublished_and_approved(twtw, write_note, pigeon):
    issue = assemble(twtw, write_note().date).issue
    approve_issue(issue, "An Editor")
    with pytest.raises(DeliveryError, match="nothing is published"):
        start_issue_mailing(issue, pigeon())
    issue.refresh_from_db()
    assert not issue.is_published
    assert approval_in_force(issue) is not None


def test_the_number_of_statements_does_not_depend_on_the_number_of_readers(
    alerts, make_alert_note, readers, pigeon
):
    readers(1)
    # The first rendering fills caches.
    first, second, third = (make_alert_note(number) for number in (1, 2, 3))
    start_alert_mailing(alerts, first, pigeon())
    with CaptureQueriesContext(connection) as for_one:
        start_alert_mailing(alerts, second, pigeon(chunk_size=1000))
    readers(3_000, first=2)
    with CaptureQueriesContext(connection) as for_many:
        mailing = start_alert_mailing(alerts, third, pigeon(chunk_size=1000))
    assert mailing.chunks.count() == 4
    assert mailing.recipients.count() == 3_001
    assert len(for_many) == len(for_one)


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


def test_an_alert_goes_out_in_the_words_that_are_approved_at_the_freeze(alert, readers, pigeon):
    readers(1)
    publication, note = alert
    make_alert(publication, note)
    note.claim = "Corrected before anything left"
    note.save_revision()
    with pytest.raises(NotApproved):
        start_alert_mailing(*alert, pigeon())
    assert not Mailing.objects.exists()
    mailing = start_alert_mailing(publication, approve(note), pigeon())
    assert "Corrected before anything left" in mailing.edition.html


def test_an_alert_that_was_begun_stays_as_it_is_whatever_is_edited_after(alert, readers, pigeon):
    readers(1)
    _, note = alert
    mailing = start_alert_mailing(*alert, pigeon())
    note.refresh_from_db()
    note.claim = "Not approved yet"
    note.save_revision()
    again = start_alert_mailing(*alert, pigeon())
    assert again == mailing
    assert again.edition.sha256 == mailing.edition.sha256


@pytest.mark.django_db(transaction=True)
def test_an_alert_that_can_not_be_frozen_leaves_nothing_behind(alert, pigeon):
    class Broken(pigeon):
        name = None

    with pytest.raises(IntegrityError):
        start_alert_mailing(*alert, Broken())
    assert not Edition.objects.exists()
    assert not Mailing.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_however_many_start_an_alert_at_once_there_is_one_mailing(alert, readers, pigeon):
    readers(50)
    assert len(started_by_eight(lambda: start_alert_mailing(*alert, pigeon()))) == 1
    assert Mailing.objects.get().recipients.count() == 50


@pytest.mark.django_db(transaction=True)
def test_however_many_start_an_issue_at_once_there_is_one_mailing(
    twtw, write_note, readers, pigeon
):
    readers(50, publication=twtw)
    issue = assemble(twtw, write_note().date).issue
    approve_issue(issue, "An Editor")

    def start():
        return start_issue_mailing(Issue.objects.get(pk=issue.pk), pigeon())

    assert len(started_by_eight(start)) == 1
    mailing = Mailing.objects.get()
    assert mailing.recipients.count() == 50
    assert Issue.objects.get().published_at == mailing.frozen_at


def started_by_eight(start):
    """The mailings that eight threads get who start one at the same time."""
    together = threading.Barrier(8)

    def work(_):
        try:
            together.wait(timeout=30)
            return start().pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return set(pool.map(work, range(8)))
