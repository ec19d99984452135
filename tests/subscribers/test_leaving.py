"""Leaving: one click to leave, no click by accident, and a reason if one likes."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from subscribers.confirming import confirm
from subscribers.leaving import (
    end_subscription,
    end_subscriptions,
    give_reason,
    leave_by_address,
)
from subscribers.links import preferences_url, unsubscribe_url
from subscribers.models import Consent, Reader, SignUp, Subscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail_program():
    """Sends what RFC 8058 says: no cookie, no token of a form."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def subscription(subscribe, twtw):
    return subscribe(twtw, "ann.reader@example.org", name="Ann Reader")


def path_of(url):
    return re.sub(r"^https?://[^/]+", "", url)


def state(subscription):
    return Subscription.objects.get(pk=subscription.pk).state


def assert_private(response):
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "ann.reader" not in response.content.decode()


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_changes_nothing(mail_program, subscription, method):
    for make in (unsubscribe_url, preferences_url):
        response = getattr(mail_program, method)(path_of(make(subscription.pk)))
        assert response.status_code == 200
        assert_private(response)
    assert state(subscription) == "confirmed"
    assert not Consent.objects.exists()


def test_the_page_of_the_link_has_one_form_with_one_button(mail_program, subscription):
    page = mail_program.get(path_of(unsubscribe_url(subscription.pk))).content.decode()
    assert page.count("<form") == page.count("<button") == 1
    assert 'name="List-Unsubscribe" value="One-Click"' in page


def test_leaving_twice_is_leaving_once(mail_program, subscription):
    path = path_of(unsubscribe_url(subscription.pk))
    assert mail_program.post(path).status_code == 200
    ended_at = Subscription.objects.get().ended_at
    assert ended_at is not None
    assert mail_program.post(path).status_code == 200
    assert not end_subscription(subscription.pk, "again")
    assert Subscription.objects.get().ended_at == ended_at
    assert Consent.objects.count() == 1


def test_many_end_in_as_few_statements_as_one(subscribe, twtw, django_assert_num_queries):
    before, first, second = (subscribe(twtw, f"{name}@example.org") for name in "abc")
    end_subscription(before.pk, "earlier")
    sources = {before.pk: "again", first.pk: "a form", second.pk: "an event", 999999: "nobody"}
    with django_assert_num_queries(7):  # two of them begin and end the block
        assert end_subscriptions(sources) == 2
    assert end_subscriptions(sources) == end_subscriptions({}) == 0
    assert {state(one) for one in (before, first, second)} == {"ended"}
    assert list(Consent.objects.order_by("pk").values_list("subscription", "source")) == [
        (before.pk, "earlier"),
        (first.pk, "a form"),
        (second.pk, "an event"),
    ]


def test_the_page_says_so_when_there_is_nothing_to_leave(mail_program, subscription):
    path = path_of(unsubscribe_url(subscription.pk))
    end_subscription(subscription.pk, "test")
    page = mail_program.get(path).content.decode()
    assert "You are not subscribed" in page
    assert "<button" not in page


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("make", [unsubscribe_url, preferences_url])
def test_the_link_of_an_erased_reader_still_answers(mail_program, subscription, make, method):
    path = path_of(make(subscription.pk))
    Reader.objects.all().delete()
    response = getattr(mail_program, method)(path)
    assert response.status_code == 200
    page = response.content.decode()
    # Nothing about whether mail comes: they may have subscribed again.
    assert "This link belongs to nobody any more" in page
    assert "not subscribed" not in page
    assert not Consent.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_damaged_link_says_what_to_do_and_does_nothing(mail_program, subscription, method):
    for path in (
        path_of(unsubscribe_url(subscription.pk))[:-4] + "/",
        path_of(preferences_url(subscription.pk)).replace("preferences", "unsubscribe"),
        path_of(unsubscribe_url(subscription.pk)).replace("unsubscribe", "preferences"),
    ):
        response = getattr(mail_program, method)(path)
        assert response.status_code == 404
        assert "Go back to the mail" in response.content.decode()
        assert_private(response)
    assert state(subscription) == "confirmed"


def test_other_methods_are_refused(mail_program, subscription):
    assert mail_program.put(path_of(unsubscribe_url(subscription.pk))).status_code == 405
    assert state(subscription) == "confirmed"


# What leaving brings along -----------------------------------------------------------------------


def test_leaving_keeps_where_it_came_from_and_who_wrote_it_down(subscription):
    assert end_subscription(subscription.pk, "a letter", "n" * 64, by="Ed Editor")
    consent = Consent.objects.get()
    assert (consent.source, consent.network, consent.by) == ("a letter", "n" * 64, "Ed Editor")


def test_the_network_of_a_click_is_kept_as_a_hash_alone(mail_program, subscription):
    mail_program.post(path_of(unsubscribe_url(subscription.pk)), REMOTE_ADDR="192.0.2.7")
    assert re.fullmatch(r"[0-9a-f]{64}", Consent.objects.get().network)


@pytest.fixture
def asked(subscribe, twtw, alerts):
    """A reader who asked for both publications and has confirmed neither."""
    wanted = [subscribe(one, "ann.reader@example.org", state="pending") for one in (twtw, alerts)]
    sign_up = SignUp.objects.create(
        reader=wanted[0].reader, form="page", source="page", asked_at=timezone.now()
    )
    sign_up.subscriptions.set(wanted)
    return sign_up


def test_leaving_ends_the_confirmation_links_that_are_still_about(asked):
    other = SignUp.objects.create(
        reader=asked.reader, form="page", source="page", asked_at=timezone.now()
    )
    end_subscription(asked.subscriptions.first().pk, "unsubscribe link")
    asked.refresh_from_db()
    other.refresh_from_db()
    assert asked.withdrawn_at is not None
    assert other.withdrawn_at is None
    confirm(asked.pk)
    assert set(Subscription.objects.values_list("state", flat=True)) == {"ended", "pending"}


def test_who_had_left_asks_again_and_leaves_by_an_old_mail_stays_away(asked):
    subscription = asked.subscriptions.first()
    Subscription.objects.filter(pk=subscription.pk).update(state="ended")
    assert not end_subscription(subscription.pk, "unsubscribe link")
    confirm(asked.pk)
    assert state(subscription) == "ended"


def test_what_was_confirmed_stays_in_the_record_of_the_sign_up(asked):
    SignUp.objects.update(confirmed_at=timezone.now())
    end_subscription(asked.subscriptions.first().pk, "unsubscribe link")
    assert SignUp.objects.get().withdrawn_at is None


def test_nobody_elses_wish_is_withdrawn(asked, subscribe, twtw):
    waits = subscribe(twtw, "bob@example.org", state="pending")
    wish = SignUp.objects.create(
        reader=waits.reader, form="page", source="page", asked_at=timezone.now()
    )
    wish.subscriptions.add(waits)
    end_subscription(asked.subscriptions.first().pk, "unsubscribe link")
    wish.refresh_from_db()
    assert wish.withdrawn_at is None


def test_the_record_says_when_a_wish_was_withdrawn_first(asked):
    first, second = asked.subscriptions.all()
    end_subscription(first.pk, "unsubscribe link")
    withdrawn_at = SignUp.objects.get().withdrawn_at
    end_subscription(second.pk, "unsubscribe link")
    assert SignUp.objects.get().withdrawn_at == withdrawn_at


# By address --------------------------------------------------------------------------------------


def test_a_mail_leaves_everything_or_what_it_names_for_its_own_sender(subscribe, twtw, alerts):
    own = [subscribe(one, "ann.reader@example.org") for one in (twtw, alerts)]
    other = subscribe(twtw, "bob@example.org")
    assert leave_by_address("Ann.Reader@EXAMPLE.org", "mail", [alerts]) == 1
    assert [state(one) for one in own] == ["confirmed", "ended"]
    assert leave_by_address("ann.reader@example.org", "mail") == 1
    assert leave_by_address("ann.reader@example.org", "mail") == 0
    assert leave_by_address("nobody@example.org", "mail") == 0
    assert leave_by_address("no address", "mail") == 0
    assert state(other) == "confirmed"
    assert set(Consent.objects.values_list("source", flat=True)) == {"mail"}


# Why ---------------------------------------------------------------------------------------------


@pytest.fixture
def left(mail_program, subscription):
    """The path of the link of somebody who has left by it."""
    path = path_of(unsubscribe_url(subscription.pk))
    assert 'name="reason"' in mail_program.post(path).content.decode()
    return path


def test_a_reason_is_kept_with_the_consent_that_was_taken_back_and_can_be_changed(
    mail_program, left
):
    page = mail_program.post(left, {"reason": "too much", "words": "Two a week\r\nare plenty."})
    assert "that was noted" in page.content.decode()
    assert Consent.objects.values_list("reason", "words").get() == (
        "too much",
        "Two a week\nare plenty.",
    )
    mail_program.post(left, {"reason": "other", "words": ""})
    assert Consent.objects.values_list("reason", "words").get() == ("other", "")
    mail_program.post(left, {"words": ""})
    assert Consent.objects.values_list("reason", "words").get() == ("", "")


@pytest.mark.parametrize(
    "fields",
    [
        {"reason": "because", "words": ""},
        {"reason": "other", "words": "x" * 501},
        {"reason": "other", "words": "a\0b"},
        {"reason": "\0", "words": ""},
    ],
)
def test_what_no_form_of_ours_sends_is_refused_in_a_sentence(mail_program, left, fields):
    response = mail_program.post(left, fields)
    assert response.status_code == 400
    assert "That was not noted." in response.content.decode()
    assert Consent.objects.values_list("reason", "words").get() == ("", "")


def test_a_reason_that_comes_late_ends_nothing_that_was_taken_up_since(
    mail_program, left, subscription
):
    Subscription.objects.update(state="confirmed")
    Consent.objects.create(subscription=subscription, act="given", source="form", at=timezone.now())
    mail_program.post(left, {"reason": "other", "words": "late"})
    assert state(subscription) == "confirmed"
    assert not Consent.objects.filter(words="late").exists()


def test_the_page_thanks_only_for_a_reason_that_could_be_kept(mail_program, left):
    Consent.objects.all().delete()
    page = mail_program.post(left, {"reason": "other", "words": "too late"}).content.decode()
    assert "You are unsubscribed" in page
    assert "that was noted" not in page


def test_a_reason_is_kept_with_nobody_elses_consent(left, subscribe, twtw):
    other = subscribe(twtw, "bob@example.org")
    end_subscription(other.pk, "a letter")
    own = Consent.objects.exclude(subscription=other).get()
    assert give_reason(own.subscription_id, "other", "mine")
    assert dict(Consent.objects.values_list("pk", "words"))[own.pk] == "mine"
    assert Consent.objects.filter(words="mine").count() == 1


def test_a_reason_needs_no_click_before_it_to_have_been_given(subscription):
    assert not give_reason(subscription.pk, "other", "never left")
    assert not give_reason(999, "other", "nobody")


def test_the_page_leads_to_the_preferences_until_their_links_were_ended(mail_program, left):
    link = path_of(preferences_url(Subscription.objects.get().pk))
    assert link not in mail_program.get(left).content.decode()
    assert link in mail_program.post(left).content.decode()
    Reader.objects.update(link_version=1)
    page = mail_program.post(left).content.decode()
    assert link not in page
    assert 'href="/preferences/"' in page
