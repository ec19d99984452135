"""A reader's story tells all that happened, in order, with its proof, and no address."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers import stories
from subscribers.changes import note_change
from subscribers.confirming import confirm
from subscribers.leaving import end_subscription, give_reason
from subscribers.models import AddressChange, Consent, ReaderChange, ServiceMail
from subscribers.signing_up import sign_up
from subscribers.stories import story_of

pytestmark = pytest.mark.django_db
ADDRESS = "ann@example.org"


@pytest.fixture
def reader(twtw):
    """Signed up, confirmed, left with a reason, changed things."""
    asked = sign_up(
        ADDRESS,
        [twtw],
        form="institute",
        source="the institute's foot",
        wording="I agree to one mail a week.",
        network="a1" * 32,
    )
    confirm(asked.pk, "b2" * 32)
    subscription = asked.subscriptions.get()
    end_subscription(subscription.pk, "unsubscribe link")
    give_reason(subscription.pk, Consent.Reason.TOO_MUCH, "A mail a month, please")
    note_change(asked.reader, ReaderChange.Kind.PAUSED, "For four weeks.", by="Ada")
    AddressChange.objects.create(
        reader=asked.reader, address="new@example.org", asked_at=timezone.now()
    )
    return asked.reader


def told(reader, what):
    (entry,) = (entry for entry in story_of(reader).entries if entry.what == what)
    return entry


def test_a_consent_is_told_with_its_proof(reader, twtw):
    entry = told(reader, f"Agreed to get {twtw}")
    assert entry.details == (
        "the institute's foot",
        "Basis: the person agreed.",
        "Form: institute.",
        "Network: b2b2b2b2b2b2.",
    )
    assert [moment.what for moment in entry.moments] == ["Asked for"]
    assert entry.shown == "I agree to one mail a week."


def test_that_somebody_left_is_told_with_their_reason(reader, twtw):
    entry = told(reader, f"Left {twtw}")
    assert entry.details == (
        "unsubscribe link",
        "Their reason: too much mail.",
        "“A mail a month, please”",
    )


def test_a_sign_up_is_told_with_what_came_of_it(reader, twtw):
    entry = told(reader, f"Asked for {twtw}")
    assert "Confirmed" in [moment.what for moment in entry.moments]
    assert "Not confirmed." not in entry.details
    sign_up(ADDRESS, [twtw], form="page", source="the subscribe page")
    newest = next(one for one in story_of(reader).entries if one.what == f"Asked for {twtw}")
    assert newest.details == ("the subscribe page", "Not confirmed.", "Form: page.")


def test_mails_changes_and_moves_are_told(reader, twtw):
    mail = ServiceMail.objects.get(kind=ServiceMail.Kind.WELCOME)
    left_at = timezone.now()
    ServiceMail.objects.filter(pk=mail.pk).update(
        state=ServiceMail.State.REFUSED, answer="550 Mailbox full", ended_at=left_at
    )
    entry = told(reader, "Mail that welcomes")
    assert entry.at == left_at
    assert entry.details == ("Refused.", "550 Mailbox full", f"In the name of {twtw}.")
    assert told(reader, "Paused").details == ("For four weeks.", "By Ada.")
    move = told(reader, "Asked to be mailed at another address")
    assert move.details == ("Not confirmed there.",)
    assert told(reader, "Came on the list").at == reader.created_at


def test_the_newest_is_told_first_and_no_address_anywhere(reader):
    entries = story_of(reader).entries
    assert [one.at for one in entries] == sorted((one.at for one in entries), reverse=True)
    assert "@" not in str(entries)


def test_of_what_is_too_much_the_newest_is_told_and_the_rest_counted(reader, monkeypatch):
    monkeypatch.setattr(stories, "MOST", 2)
    now = timezone.now()
    ReaderChange.objects.bulk_create(
        ReaderChange(
            reader=reader, kind=ReaderChange.Kind.NAME, at=now + timedelta(days=n), sentence=str(n)
        )
        for n in range(5)
    )
    story = story_of(reader)
    names = [one.details for one in story.entries if one.what == "Changed the name"]
    assert names == [("4",), ("3",)]
    # One change is the pause of before.
    assert story.left_out == 4
