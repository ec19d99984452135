"""From a wish to a subscription: what is asked, what is kept, and what never changes unasked."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscribers.braking import current
from subscribers.confirming import Standing, ask_again, confirm, standing_of
from subscribers.erasing import erase
from subscribers.errors import AddressError, SubscriberError
from subscribers.leaving import end_subscription
from subscribers.models import (
    Consent,
    Reader,
    ServiceMail,
    SignUp,
    Subscription,
    Suppression,
    Wording,
)
from subscribers.signing_up import checked_name, sign_up
from subscribers.suppressing import suppress
from subscribers.wordings import together, wording_of
from tests.subscribers.statements import without_values

pytestmark = pytest.mark.django_db

ANN = "Ann@example.org"
A_FORM = {"form": "the page", "source": "subscribe page"}


def ask(*publications, address=ANN, **more):
    return sign_up(address, publications, **{**A_FORM, **more})


def states():
    return dict(Subscription.objects.values_list("publication__slug", "state"))


def mails():
    return list(ServiceMail.objects.order_by("pk").values_list("kind", flat=True))


def age(made, days):
    SignUp.objects.filter(pk=made.pk).update(asked_at=made.asked_at - timedelta(days=days))


# Signing up


def test_a_wish_of_somebody_new_waits_and_one_mail_asks_to_confirm_it(twtw, alerts):
    made = ask(twtw, alerts, name="Ann  Reader", wording="I agree.", network="a hash")
    reader = Reader.objects.get()
    assert (reader.address, reader.key, reader.name) == (ANN, "ann@example.org", "Ann Reader")
    assert states() == {"twtw": "pending", "gp-alerts": "pending"}
    assert (made.form, made.source, made.network) == ("the page", "subscribe page", "a hash")
    assert made.wording.text == "I agree."
    mail = ServiceMail.objects.get()
    assert (mail.kind, mail.reader, mail.sign_up) == ("confirm", reader, made)
    assert (mail.publication, mail.address, mail.state) == (twtw, "", "waiting")
    assert mail.subscription is None
    assert not Consent.objects.exists()
    assert standing_of(made) == Standing.OPEN


@pytest.mark.parametrize("state", ["confirmed", "ended", "pending"])
def test_what_a_reader_has_stays_as_it_is_at_the_sign_up(subscribe, twtw, alerts, state):
    before = subscribe(twtw, ANN, name="Ann", state=state)
    fields = Subscription.objects.filter(pk=before.pk).values().get()
    ask(twtw, alerts, address="ANN@example.org", wording="I agree.")
    assert Subscription.objects.filter(pk=before.pk).values().get() == fields
    assert Reader.objects.get().address == ANN
    assert not Consent.objects.exists()
    assert mails() == ["confirm"]


def test_who_gets_all_of_it_already_is_told_so(subscribe, twtw, alerts):
    had = subscribe(twtw, ANN)
    ask(twtw)
    mail = ServiceMail.objects.get()
    assert (mail.kind, mail.subscription) == ("subscribed_already", had)


def test_anothers_word_names_only_who_has_confirmed_nothing(subscribe, twtw, alerts):
    for state, name in [("confirmed", "Ann"), ("ended", "Ann"), ("pending", "Eve")]:
        Reader.objects.all().delete()
        subscribe(alerts, ANN, name="Ann", state=state)
        ask(twtw, name="Eve")
        assert Reader.objects.get().name == name
        ask(twtw)
        assert Reader.objects.get().name == name


@pytest.mark.parametrize("name", ["x" * 201, "Win at https://example.com/", "a\0b", "\ud800"])
def test_a_name_that_is_none_is_left_out(twtw, name):
    ask(twtw, name=name)
    assert Reader.objects.get().name == ""
    with pytest.raises(SubscriberError, match="Write the name"):
        checked_name(name)


@pytest.mark.parametrize(
    "name", ["", "Ann", "Jean-Luc d’Or, Jr.", "安", "  Ann \n Reader ", "x" * 200]
)
def test_a_name_is_kept_on_one_line(name):
    assert checked_name(name) == " ".join(name.split())


def test_what_is_no_address_or_no_publication_is_refused_and_nothing_is_kept(twtw):
    with pytest.raises(AddressError):
        ask(twtw, address="ann")
    with pytest.raises(SubscriberError, match="at least one"):
        ask()
    assert not Reader.objects.exists()
    assert not ServiceMail.objects.exists()


def test_the_same_publication_twice_is_one(twtw):
    assert ask(twtw, twtw).subscriptions.count() == 1


def test_where_nothing_was_shown_nothing_is_kept_of_it(twtw):
    assert ask(twtw).wording is None


def test_a_new_wish_withdraws_the_older_one_and_takes_its_publications_along(twtw, alerts):
    first = ask(twtw, wording="The weekly: each week.\n\nI agree.")
    second = ask(alerts, wording="Alerts: now and then.\n\nI agree.")
    first.refresh_from_db()
    assert standing_of(first) == Standing.WITHDRAWN
    assert second.subscriptions.count() == 2
    assert second.wording.text == "The weekly: each week.\n\nI agree.\n\nAlerts: now and then."
    confirm(second.pk)
    assert states() == {"twtw": "confirmed", "gp-alerts": "confirmed"}


def test_of_a_wish_whose_link_has_expired_nothing_is_taken_along(twtw, alerts):
    first = ask(twtw, wording="The weekly.")
    age(first, 8)
    second = ask(alerts, wording="Alerts.")
    assert list(second.subscriptions.values_list("publication__slug", flat=True)) == ["gp-alerts"]
    assert second.wording.text == "Alerts."
    first.refresh_from_db()
    assert first.withdrawn_at is not None


@pytest.mark.parametrize("fate", ["confirmed", "left", "had left before"])
def test_nothing_is_taken_along_that_does_not_wait_any_more(subscribe, twtw, alerts, fate):
    if fate == "had left before":
        subscribe(twtw, ANN, state="ended")
        first = ask(alerts)
    else:
        first = ask(twtw)
    if fate == "confirmed":
        confirm(first.pk)
    elif fate == "left":
        end_subscription(first.subscriptions.get().pk, "unsubscribe link")
    assert ask(alerts).subscriptions.get().publication == alerts
    first.refresh_from_db()
    assert (standing_of(first) == Standing.CONFIRMED) == (fate == "confirmed")
    assert (first.withdrawn_at is None) == (fate == "confirmed")


def test_a_wish_is_its_own_readers_alone(subscribe, twtw, alerts):
    subscribe(twtw, "cem@example.org", name="Cem")
    waits = ask(alerts, address="bob@example.org", name="Bob", wording="Alerts.")
    made = ask(twtw, name="Ann", wording="The weekly.")
    waits.refresh_from_db()
    assert standing_of(waits) == Standing.OPEN
    assert list(Reader.objects.order_by("name").values_list("name", flat=True)) == [
        *("Ann", "Bob", "Cem"),
    ]
    subscription = made.subscriptions.get()
    assert (subscription.reader.name, subscription.publication) == ("Ann", twtw)
    assert made.wording.text == "The weekly."


def test_the_time_of_a_wish_begins_when_its_mail_leaves(twtw, alerts):
    first = ask(twtw)
    age(first, 8)
    SignUp.objects.filter(pk=first.pk).update(mailed_at=timezone.now() - timedelta(days=3))
    assert ask(alerts).subscriptions.count() == 2


def test_a_mail_can_be_told_to_wait_and_then_the_brake_does_not_count_it(twtw, settings):
    settings.SIGN_UPS_AN_HOUR = 1
    due = timezone.now() + timedelta(hours=1)
    for number in range(3):
        ask(twtw, address=f"ann{number}@example.org", due_at=due)
    assert set(ServiceMail.objects.values_list("due_at", flat=True)) == {due}
    assert current() is None
    for number in range(2):
        ask(twtw, address=f"ann{number}@example.org")
    assert current() is not None


def known_as(fate, subscribe, alerts, twtw):
    address = f"{fate.replace(' ', '.')}@example.org"
    if fate in {"pending", "confirmed", "ended"}:
        subscribe(alerts, address, state=fate)
        subscribe(twtw, address, state=fate)
    elif fate == "suppressed":
        subscribe(alerts, address)
        suppress(address, Suppression.Reason.COMPLAINED)
    elif fate == "asked":
        ask(alerts, address=address, wording="Alerts.")
    elif fate == "erased":
        erase(subscribe(alerts, address).reader)
    return address


def test_it_is_the_same_work_whoever_asks(subscribe, twtw, alerts):
    wording_of("I agree.")
    work = {}
    for fate in ("unknown", "pending", "confirmed", "ended", "suppressed", "asked", "erased"):
        address = known_as(fate, subscribe, alerts, twtw)
        with CaptureQueriesContext(connection) as queries:
            ask(twtw, address=address, name="Ann", wording="I agree.")
        work[fate] = [without_values(query["sql"]) for query in queries]
    assert len(work["unknown"]) > 10
    for statements in work.values():
        assert statements == work["unknown"]


# Confirming


def test_confirming_makes_it_true_with_the_evidence_and_a_welcome(twtw, alerts):
    made = ask(twtw, alerts, wording="I agree.", network="at home")
    confirmed = confirm(made.pk, "at work")
    assert standing_of(confirmed) == Standing.CONFIRMED
    for subscription in Subscription.objects.all():
        assert subscription.state == "confirmed"
        assert subscription.confirmed_at == confirmed.confirmed_at
        consent = subscription.consents.get()
        assert (consent.act, consent.source, consent.form) == (
            *("given", "subscribe page", "the page"),
        )
        assert (consent.asked_at, consent.at) == (made.asked_at, confirmed.confirmed_at)
        assert (consent.wording.text, consent.network) == ("I agree.", "at work")
    assert mails() == ["confirm", "welcome"]
    welcome = ServiceMail.objects.get(kind="welcome")
    assert welcome.subscription.publication == welcome.publication
    assert welcome.sign_up == made
    assert Reader.objects.get().heard_from_at == confirmed.confirmed_at


def test_the_network_of_the_wish_stands_in_for_one_that_is_not_known(twtw):
    confirm(ask(twtw, network="at home").pk)
    assert Consent.objects.get().network == "at home"


def test_confirming_is_a_word_for_nobody_else(twtw):
    waits = ask(twtw, address="bob@example.org")
    confirm(ask(twtw).pk)
    waits.refresh_from_db()
    assert standing_of(waits) == Standing.OPEN
    assert waits.reader.heard_from_at is None
    assert waits.subscriptions.get().state == "pending"


def test_confirming_twice_is_confirming_once(twtw):
    made = ask(twtw)
    first = confirm(made.pk)
    assert confirm(made.pk).confirmed_at == first.confirmed_at
    assert Consent.objects.count() == 1
    assert mails() == ["confirm", "welcome"]


def test_a_link_used_again_after_leaving_subscribes_nobody_anew(twtw):
    made = ask(twtw)
    confirm(made.pk)
    end_subscription(Subscription.objects.get().pk, "unsubscribe link")
    assert standing_of(confirm(made.pk)) == Standing.CONFIRMED
    assert states() == {"twtw": "ended"}


def test_leaving_withdraws_what_was_not_confirmed_yet(twtw):
    made = ask(twtw)
    end_subscription(Subscription.objects.get().pk, "unsubscribe link")
    assert standing_of(confirm(made.pk)) == Standing.WITHDRAWN
    assert states() == {"twtw": "ended"}


def test_who_had_left_comes_back_by_confirming_anew(subscribe, twtw):
    subscribe(twtw, ANN, state="ended")
    confirm(ask(twtw).pk)
    subscription = Subscription.objects.get()
    assert (subscription.state, subscription.ended_at) == ("confirmed", None)
    assert Consent.objects.get().act == "given"


def test_what_is_confirmed_already_gets_no_second_consent(subscribe, twtw, alerts):
    had = subscribe(twtw, ANN)
    confirm(ask(twtw, alerts).pk)
    assert Consent.objects.get().subscription.publication == alerts
    assert Subscription.objects.get(pk=had.pk).confirmed_at == had.confirmed_at
    assert ServiceMail.objects.get(kind="welcome").publication == alerts


def test_who_gets_all_of_it_meanwhile_is_not_welcomed_twice(twtw):
    made = ask(twtw)
    Subscription.objects.update(state="confirmed", confirmed_at=timezone.now())
    assert standing_of(confirm(made.pk)) == Standing.CONFIRMED
    assert mails() == ["confirm"]
    assert not Consent.objects.exists()


@pytest.mark.parametrize("reason", [one for one in Suppression.Reason if one != "erased"])
def test_a_suppressed_address_confirms_nothing(twtw, reason):
    made = ask(twtw)
    suppress(ANN, reason)
    assert standing_of(confirm(made.pk)) == Standing.SUPPRESSED
    assert states() == {"twtw": "pending"}
    assert Suppression.objects.exists()
    Suppression.objects.all().delete()
    assert standing_of(confirm(made.pk)) == Standing.CONFIRMED


def test_who_was_erased_comes_back_by_confirming_anew(subscribe, twtw):
    erase(subscribe(twtw, ANN).reader)
    assert Suppression.objects.get().reason == "erased"
    made = ask(twtw)
    assert Suppression.objects.exists()
    assert standing_of(confirm(made.pk)) == Standing.CONFIRMED
    assert not Suppression.objects.exists()
    assert states() == {"twtw": "confirmed"}


def test_who_complained_before_being_erased_stays_suppressed(subscribe, twtw):
    suppress(ANN, Suppression.Reason.COMPLAINED)
    erase(subscribe(twtw, ANN).reader)
    assert standing_of(confirm(ask(twtw).pk)) == Standing.SUPPRESSED
    assert states() == {"twtw": "pending"}


def test_what_has_been_forgotten_is_nothing(twtw):
    made = ask(twtw)
    Reader.objects.all().delete()
    assert confirm(made.pk) is None


def test_the_mail_can_be_asked_for_again(twtw):
    made = ask(twtw)
    ask_again(made)
    first, again = ServiceMail.objects.order_by("pk")
    assert (again.kind, again.sign_up, again.reader) == ("confirm", made, made.reader)
    assert again.publication == first.publication


def test_a_wish_whose_publication_is_no_more_can_be_asked_about_again(twtw):
    made = ask(twtw)
    made.subscriptions.clear()
    ask_again(made)
    assert ServiceMail.objects.latest("pk").publication is None


def test_nobody_is_asked_again_who_has_been_erased_meanwhile(twtw):
    made = ask(twtw)
    ask(twtw, address="bob@example.org")
    Reader.objects.filter(pk=made.reader_id).delete()
    ask_again(made)
    assert ServiceMail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_however_many_sign_up_and_confirm_at_the_same_time_it_is_done_once(twtw, alerts):
    def ask_once(number):
        try:
            return ask((twtw, alerts)[number % 2], wording="I agree.").pk
        finally:
            connection.close()

    def confirm_once(pk):
        try:
            confirm(pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(ask_once, range(8)))
        list(pool.map(confirm_once, made * 2))
    assert Reader.objects.count() == 1
    assert states() == {"twtw": "confirmed", "gp-alerts": "confirmed"}
    assert Consent.objects.count() == 2
    assert Wording.objects.count() == 1
    assert ServiceMail.objects.filter(kind="confirm").count() == 8


# Wordings


def test_words_are_kept_once(django_assert_num_queries):
    for _ in range(2):
        with django_assert_num_queries(2):
            kept = wording_of("I agree – ja.")
    assert Wording.objects.get() == kept
    assert wording_of("I agree.") != kept


def test_texts_are_put_together_without_saying_anything_twice():
    assert together("A.\n\nC.", "", "B.\n\nC.") == "A.\n\nC.\n\nB."
    assert together() == together("") == ""
