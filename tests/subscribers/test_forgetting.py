"""What is forgotten of readers, when, and what stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.batches import delete_in_batches, update_in_batches
from subscribers.forgetting import (
    forget_address_changes,
    forget_inbound_mails,
    forget_networks,
    forget_service_mails,
    forget_tallies,
    forget_unconfirmed,
)
from subscribers.models import (
    AddressChange,
    Consent,
    InboundMail,
    Reader,
    ReaderChange,
    ServiceMail,
    SignUp,
    Subscription,
    Tally,
)
from subscribers.reconfirming import begin, cancel
from subscribers.signing_up import sign_up
from tests.subscribers.reconfirmation import silent

pytestmark = pytest.mark.django_db

NOW = timezone.now()
NETWORK = "a" * 64


@pytest.fixture(autouse=True)
def _kept(settings):
    settings.KEEP_UNCONFIRMED = timedelta(days=30)
    settings.KEEP_NETWORKS = timedelta(days=90)
    settings.KEEP_EVENTS = timedelta(days=30)


def ago(days):
    return NOW - timedelta(days=days)


@pytest.fixture
def wish(twtw):
    """A wish that was written down some days ago, and whose mail left or waits."""

    def make(address="ada@example.org", *, asked=31, mailed=None, waits=False, publication=twtw):
        made = sign_up(address, [publication], form="page", source="the page", network=NETWORK)
        SignUp.objects.filter(pk=made.pk).update(
            asked_at=ago(asked), mailed_at=None if mailed is None else ago(mailed)
        )
        if not waits:
            made.mails.update(state="sent", ended_at=ago(mailed or asked))
        Reader.objects.filter(pk=made.reader_id).update(created_at=ago(asked))
        Subscription.objects.filter(sign_ups=made).update(created_at=ago(asked))
        return made

    return make


class TestTheUnconfirmed:
    def test_who_has_not_confirmed_in_time_is_forgotten_with_all_that_belongs_to_them(self, wish):
        wish(mailed=31)
        assert forget_unconfirmed(NOW) == 3
        for model in (SignUp, Subscription, Reader, ServiceMail):
            assert model.objects.count() == 0
        assert forget_unconfirmed(NOW) == 0

    def test_the_time_begins_when_the_mail_left(self, wish):
        wish(asked=60, mailed=29)
        assert forget_unconfirmed(NOW) == 0
        assert forget_unconfirmed(NOW + timedelta(days=2)) == 3

    def test_who_has_still_to_be_asked_is_kept(self, wish):
        wish(asked=60, waits=True)
        assert forget_unconfirmed(NOW) == 0
        assert Reader.objects.count() == 1

    def test_the_mail_that_waits_for_one_keeps_no_other(self, wish):
        waits = wish(asked=60, waits=True)
        wish("bo@example.org", mailed=31)
        assert forget_unconfirmed(NOW) == 3
        assert SignUp.objects.get() == waits

    def test_nothing_is_forgotten_before_its_time(self, twtw, subscribe):
        subscribe(twtw, "ada@example.org", state="pending")
        Reader.objects.create(address="bo@example.org")
        assert forget_unconfirmed(NOW) == 0
        assert forget_unconfirmed(NOW + timedelta(days=31)) == 3

    def test_who_is_still_to_confirm_stays_a_reader_even_if_there_is_nothing_to_get(self, wish):
        made = wish(asked=40, mailed=5)
        Subscription.objects.all().delete()
        assert forget_unconfirmed(NOW) == 0
        assert SignUp.objects.get() == made

    def test_the_operator_sets_the_time(self, wish, settings):
        wish(asked=20, mailed=20)
        assert forget_unconfirmed(NOW) == 0
        settings.KEEP_UNCONFIRMED = timedelta(days=8)
        assert forget_unconfirmed(NOW) == 3

    def test_a_later_wish_keeps_what_it_is_about(self, wish):
        wish(mailed=40)
        wish(asked=5, mailed=5)
        Reader.objects.update(created_at=ago(40))
        Subscription.objects.update(created_at=ago(40))
        assert forget_unconfirmed(NOW) == 1
        assert SignUp.objects.count() == Subscription.objects.count() == 1

    @pytest.mark.parametrize("state", ["confirmed", "ended"])
    def test_who_ever_confirmed_anything_stays_a_reader(self, wish, alerts, subscribe, state):
        subscribe(alerts, "ada@example.org", state=state)
        wish(mailed=31)
        Subscription.objects.update(created_at=ago(100))
        assert forget_unconfirmed(NOW) == 2
        assert Subscription.objects.get().publication == alerts
        assert Reader.objects.count() == 1

    def test_who_has_left_and_asked_again_has_still_left(self, wish, twtw, subscribe):
        own = subscribe(twtw, "ada@example.org", state="ended")
        Consent.objects.create(subscription=own, act="withdrawn", source="a link", at=ago(100))
        wish(mailed=31)
        assert forget_unconfirmed(NOW) == 1
        assert Subscription.objects.get().state == "ended"

    def test_what_was_confirmed_is_kept(self, wish):
        wish(mailed=31)
        SignUp.objects.update(confirmed_at=ago(30))
        Subscription.objects.update(state="confirmed", confirmed_at=ago(30))
        assert forget_unconfirmed(NOW) == 0

    def test_a_pending_subscription_with_a_consent_is_kept(self, twtw, subscribe):
        own = subscribe(twtw, "ada@example.org", state="pending")
        Consent.objects.create(subscription=own, act="withdrawn", source="a link", at=ago(100))
        Subscription.objects.update(created_at=ago(100))
        assert forget_unconfirmed(NOW) == 0


def test_hashed_networks_are_emptied_wherever_they_are(wish, twtw, subscribe):
    own = subscribe(twtw, "bo@example.org")
    for days in (91, 89):
        moment = ago(days)
        Consent.objects.create(
            subscription=own, act="given", source="a", at=moment, network=NETWORK
        )
        ReaderChange.objects.create(reader=own.reader, kind="name", at=moment, network=NETWORK)
        AddressChange.objects.create(
            reader=own.reader, address="b@example.org", asked_at=moment, network=NETWORK
        )
    wish("cy@example.org", asked=91)
    wish("di@example.org", asked=89)
    assert forget_networks(NOW) == 4
    for model in (Consent, ReaderChange, AddressChange, SignUp):
        networks = list(model.objects.order_by("pk").values_list("network", flat=True))
        assert networks == ["", NETWORK]
    assert forget_networks(NOW) == 0


def test_mails_that_have_ended_are_forgotten(twtw, subscribe):
    reader = subscribe(twtw, "ada@example.org").reader
    for ended in (31, 29, None):
        ServiceMail.objects.create(
            kind="welcome",
            reader=reader,
            due_at=ago(40),
            state="sent" if ended else "waiting",
            ended_at=ended and ago(ended),
        )
    assert forget_service_mails(NOW) == 1
    assert ServiceMail.objects.filter(ended_at__lt=ago(30)).count() == 0


def test_the_mails_of_a_reconfirmation_stay_until_its_end(twtw):
    (own,) = silent(twtw)
    run = begin(twtw, 3, "Ann", ago(50))
    old = ServiceMail.objects.create(
        kind="still_wanted",
        reader=own.reader,
        publication=twtw,
        subscription=own,
        due_at=ago(50),
        state="sent",
        ended_at=ago(50),
    )
    for kind, days in [("still_wanted", 60), ("welcome", 45)]:
        ServiceMail.objects.create(
            kind=kind, reader=own.reader, due_at=ago(days), state="sent", ended_at=ago(days)
        )
    assert forget_service_mails(NOW) == 2
    assert ServiceMail.objects.get() == old
    cancel(run, NOW)
    assert forget_service_mails(NOW) == 1
    assert not ServiceMail.objects.filter(pk=old.pk).exists()


def test_counts_changes_of_address_and_mails_that_came_in_are_forgotten(twtw, subscribe):
    reader = subscribe(twtw, "ada@example.org").reader
    for days in (1, 3):
        Tally.objects.create(kind="network", subject="x", begins_at=ago(days))
    for days in (29, 31):
        AddressChange.objects.create(reader=reader, address="b@example.org", asked_at=ago(days))
    for days in (89, 91):
        InboundMail.objects.create(digest=str(days), came_by="x", verdict="left", at=ago(days))
    forgotten = (forget_tallies, forget_address_changes, forget_inbound_mails)
    assert [forget(NOW) for forget in forgotten] == [1, 1, 1]
    assert [forget(NOW) for forget in forgotten] == [0, 0, 0]


def test_batches_take_every_row_once_and_are_transactions_of_their_own(
    monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr("subscribers.batches.BATCH", 4)
    Tally.objects.bulk_create(
        Tally(kind="network", subject=str(number), begins_at=NOW) for number in range(10)
    )
    assert update_in_batches(Tally.objects.exclude(subject="3"), count=7) == 9
    assert Tally.objects.filter(count=7).count() == 9
    # Which ones, their locks and then these, three times, and that there are no more; each in a
    # savepoint here.
    with django_assert_num_queries(16):
        assert delete_in_batches(Tally.objects.all()) == 10
    assert Tally.objects.count() == 0
