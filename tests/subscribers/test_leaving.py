"""The readers' own pages: one click to leave, and no click by accident."""

import re

import pytest
from django.test import Client

from subscribers.leaving import end_subscription, end_subscriptions
from subscribers.links import preferences_url, unsubscribe_url
from subscribers.models import Consent, Reader, Subscription

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


ONE_CLICK = {
    "a form": (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
    "multipart": (
        b"--frontier\r\n"
        b'Content-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
        b"One-Click\r\n--frontier--\r\n",
        "multipart/form-data; boundary=frontier",
    ),
    "nothing": (b"", "application/x-www-form-urlencoded"),
    "a broken multipart": (b"--", "multipart/form-data"),
}


@pytest.mark.parametrize(("body", "content_type"), ONE_CLICK.values(), ids=ONE_CLICK.keys())
def test_a_one_click_post_ends_the_subscription_at_once(
    mail_program, subscription, body, content_type
):
    response = mail_program.post(path_of(unsubscribe_url(subscription.pk)), body, content_type)
    assert response.status_code == 200
    assert "You have left The World This Week" in response.content.decode()
    assert_private(response)
    ended = Subscription.objects.get()
    assert ended.state == "ended"
    assert list(ended.consents.values_list("act", "source", "at")) == [
        ("withdrawn", "unsubscribe link", ended.ended_at)
    ]


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
    assert mail_program.post(path).status_code == 200
    assert not end_subscription(subscription.pk, "again")
    assert Subscription.objects.get().ended_at == ended_at
    assert Consent.objects.count() == 1


def test_many_end_in_as_few_statements_as_one(subscribe, twtw, django_assert_num_queries):
    before, first, second = (subscribe(twtw, f"{name}@example.org") for name in "abc")
    end_subscription(before.pk, "earlier")
    sources = {before.pk: "again", first.pk: "a form", second.pk: "an event", 999999: "nobody"}
    with django_assert_num_queries(5):  # two of them begin and end the block
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
    assert "You are not subscribed" in response.content.decode()
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


def test_the_preferences_show_what_the_reader_gets_and_mask_the_address(
    mail_program, subscription, subscribe, alerts
):
    subscribe(alerts, "ann.reader@example.org", state="ended")
    subscribe(alerts, "somebody.else@example.org")
    page = mail_program.get(path_of(preferences_url(subscription.pk))).content.decode()
    assert "a…@example.org" in page
    assert "somebody" not in page
    assert page.count("</li>") == 2
    assert page.count('name="publication"') == 1
    assert "Leave all" not in page


def test_one_publication_can_be_left_and_the_other_kept(
    mail_program, subscription, subscribe, alerts
):
    other = subscribe(alerts, "ann.reader@example.org")
    stranger = subscribe(alerts, "somebody.else@example.org")
    response = mail_program.post(
        path_of(preferences_url(subscription.pk)), {"publication": "gp-alerts"}
    )
    assert "You have left GP Alerts." in response.content.decode()
    assert_private(response)
    assert [state(one) for one in (subscription, other, stranger)] == [
        "confirmed",
        "ended",
        "confirmed",
    ]
    assert Consent.objects.get().source == "preferences page"


def test_everything_can_be_left_at_once(mail_program, subscription, subscribe, alerts):
    other = subscribe(alerts, "ann.reader@example.org", state="pending")
    response = mail_program.post(path_of(preferences_url(subscription.pk)), {"all": "1"})
    assert "You have left GP Alerts, The World This Week." in response.content.decode()
    assert [state(one) for one in (subscription, other)] == ["ended", "ended"]


def test_a_post_that_names_nothing_known_changes_nothing(mail_program, subscription):
    response = mail_program.post(
        path_of(preferences_url(subscription.pk)), {"publication": "no-such"}
    )
    assert response.status_code == 200
    assert state(subscription) == "confirmed"


def test_other_methods_are_refused(mail_program, subscription):
    assert mail_program.put(path_of(unsubscribe_url(subscription.pk))).status_code == 405
    assert state(subscription) == "confirmed"
