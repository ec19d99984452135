"""Decided by a person: never to be mailed, to be mailed again, a subscription ended."""

import pytest

from subscribers.by_hand import allow_again, end_by_hand, suppress_by_hand
from subscribers.erased import is_suppressed
from subscribers.erasing import erase
from subscribers.errors import SubscriberError
from subscribers.leaving import end_subscription
from subscribers.models import Consent, Reader, ReaderChange, Subscription, Suppression
from subscribers.suppressing import suppress

pytestmark = pytest.mark.django_db
Reason = Suppression.Reason
ADDRESS = "ann@example.org"


@pytest.fixture
def subscription(twtw, subscribe):
    return subscribe(twtw, ADDRESS)


def test_a_suppression_says_who_decided_and_why_and_so_does_the_readers_story(subscription):
    row = suppress_by_hand("ANN@example.org", Reason.BY_REQUEST, "By telephone", by="Ada")
    assert (row.key, row.reason, row.source) == (ADDRESS, Reason.BY_REQUEST, "Ada: By telephone")
    change = ReaderChange.objects.get()
    assert (change.kind, change.by) == (ReaderChange.Kind.SUPPRESSED, "Ada")
    assert change.sentence == "Asked never to be mailed: By telephone"


def test_an_address_without_a_reader_can_be_suppressed():
    suppress_by_hand(ADDRESS, Reason.BY_REQUEST, "By letter", by="Ada")
    assert is_suppressed(ADDRESS)
    assert not Reader.objects.exists()


def test_a_weightier_reason_takes_the_place_of_a_lighter_and_not_the_other_way_round():
    suppress(ADDRESS, Reason.BLOCKED)
    suppress_by_hand(ADDRESS, Reason.COMPLAINED, "By letter", by="Ada")
    with pytest.raises(SubscriberError, match=r"already \(reported a mail as spam\)"):
        suppress_by_hand(ADDRESS, Reason.BOUNCED, "By letter", by="Ada")
    assert is_suppressed(ADDRESS).reason == Reason.COMPLAINED


def test_the_address_of_who_was_erased_is_not_written_down_again(subscription):
    erase(subscription.reader)
    row = suppress_by_hand(ADDRESS, Reason.COMPLAINED, "By letter", by="Ada")
    assert ADDRESS not in (row.key, row.source)
    assert Suppression.objects.get() == row


def test_an_address_that_is_allowed_again_may_be_mailed_and_the_story_says_why(subscription):
    suppress(ADDRESS, Reason.BOUNCED)
    row = Suppression.objects.get()
    allowed = allow_again(row.pk, Reason.BOUNCED, "The mailbox works again", by="Ada")
    assert (allowed.reader, allowed.reason) == (subscription.reader, Reason.BOUNCED)
    assert is_suppressed(ADDRESS) is None
    change = ReaderChange.objects.get()
    assert (change.kind, change.sentence) == ("allowed", "The mailbox works again")


def test_what_is_decided_about_one_address_is_noted_of_nobody_else(twtw, subscribe):
    subscribe(twtw, "aaron@example.org")
    reader = subscribe(twtw, ADDRESS).reader
    first, own, last = (
        suppress_by_hand(address, Reason.BOUNCED, "By letter", by="Ada")
        for address in ("bob@example.org", ADDRESS, "cem@example.org")
    )
    allow_again(own.pk, Reason.BOUNCED, "It works again", by="Ada")
    assert set(Suppression.objects.all()) == {first, last}
    assert list(ReaderChange.objects.values_list("reader", "kind")) == [
        (reader.pk, "suppressed"),
        (reader.pk, "allowed"),
    ]


def test_what_is_longer_than_any_address_is_told_so():
    with pytest.raises(SubscriberError, match="longer than any address"):
        suppress_by_hand("a" * 250 + "@example.org", Reason.BOUNCED, "By letter", by="Ada")


def test_who_decided_about_another_reason_or_too_late_is_told_so():
    suppress(ADDRESS, Reason.BOUNCED)
    row = Suppression.objects.get()
    suppress(ADDRESS, Reason.COMPLAINED)
    with pytest.raises(SubscriberError, match=r"another reason now \(reported a mail as spam\)"):
        allow_again(row.pk, Reason.BOUNCED, "It works again", by="Ada")
    assert allow_again(row.pk, Reason.COMPLAINED, "It was a slip", by="Ada").reader is None
    with pytest.raises(SubscriberError, match="somebody has allowed it again meanwhile"):
        allow_again(row.pk, Reason.COMPLAINED, "It was a slip", by="Ada")


def test_a_subscription_that_is_ended_for_a_reader_says_who_wrote_it_down(subscription):
    end_by_hand(subscription, "By telephone", by="Ada")
    subscription.refresh_from_db()
    assert subscription.state == Subscription.State.ENDED
    consent = subscription.consents.get()
    assert (consent.act, consent.source) == (Consent.Act.WITHDRAWN, "By telephone")
    assert consent.by == "Ada"


def test_a_subscription_that_the_reader_ended_meanwhile_is_left_alone(subscription):
    end_subscription(subscription.pk, "unsubscribe link")
    with pytest.raises(SubscriberError, match="it has ended meanwhile"):
        end_by_hand(subscription, "By telephone", by="Ada")
    assert subscription.consents.get().by == ""


@pytest.mark.parametrize("sentence", ["", "From ann@example.org", "x" * 301, "A \x00"])
def test_nothing_is_decided_without_a_fit_sentence(subscription, sentence):
    suppress("other@example.org", Reason.BOUNCED)
    row = Suppression.objects.get()
    for decide in (
        lambda: suppress_by_hand(ADDRESS, Reason.BY_REQUEST, sentence, by="Ada"),
        lambda: allow_again(row.pk, Reason.BOUNCED, sentence, by="Ada"),
        lambda: end_by_hand(subscription, sentence, by="Ada"),
    ):
        with pytest.raises(SubscriberError):
            decide()
    subscription.refresh_from_db()
    assert subscription.state == Subscription.State.CONFIRMED
    assert Suppression.objects.get() == row
    assert not ReaderChange.objects.exists()
