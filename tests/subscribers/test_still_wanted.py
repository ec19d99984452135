"""The page that asks a silent reader: a GET changes nothing, an answer counts once."""

from datetime import timedelta

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from subscribers.grants import Grant, grant_token
from subscribers.leaving import end_subscription
from subscribers.models import Consent, ReaderChange, ReconfirmationAsk, Subscription
from subscribers.reconfirming import STILL_WANTED, begin
from subscribers.still_wanted import SOURCE, Answer, answer_to, leave, stay
from tests.subscribers.reconfirmation import BEGUN, SILENT, silent

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(twtw):
    """A question whose mail has left."""
    silent(twtw)
    run = begin(twtw, 3, "Ann", BEGUN)
    run.asks.update(asked_at=BEGUN + timedelta(minutes=1))
    return run.asks.get()


@pytest.fixture
def page(ask):
    return reverse("subscribers:still-wanted", args=[grant_token(Grant.STILL_WANTED, ask.pk)])


def let_go(ask):
    now = timezone.now()
    ReconfirmationAsk.objects.update(let_go_at=now)
    Subscription.objects.update(state="ended", ended_at=now)
    Consent.objects.create(
        subscription=ask.subscription, act="withdrawn", source="did not answer", at=now
    )


def state():
    return Subscription.objects.get().state


def heading(response):
    return response.content.decode().partition("<h1>")[2].partition("</h1>")[0]


def test_a_get_asks_and_changes_nothing(client, ask, page):
    for method in (client.get, client.head, client.options):
        assert method(page).status_code == 200
    shown = client.get(page)
    assert heading(shown) == "Do you still want this?"
    assert "r…@twtw.example.org" in shown.content.decode()
    assert "reader0@" not in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert shown["Referrer-Policy"] == "no-referrer"
    assert Consent.objects.count() == ReaderChange.objects.count() == 0


def test_yes_is_taken_down_with_what_was_shown_and_once(client, ask, page):
    for _ in range(2):
        answered = client.post(page, {"answer": "stay"})
        assert (answered.status_code, answered.url) == (303, page)
    assert heading(client.get(page)) == "You stay"
    consent = Consent.objects.get()
    assert (consent.act, consent.form) == ("given", STILL_WANTED)
    assert consent.asked_at == BEGUN + timedelta(minutes=1)
    assert consent.wording.text.startswith("If you say yes, The World This Week goes on")
    assert len(consent.network) == 64
    assert ReaderChange.objects.get().kind == "still wanted"
    ask.refresh_from_db()
    assert ask.answered_at is not None
    assert ask.subscription.reader.heard_from_at is not None


def test_no_ends_it_at_once(client, ask, page):
    assert client.post(page, {"answer": "leave"}).status_code == 303
    assert heading(client.get(page)) == "You have left"
    assert state() == "ended"
    assert Consent.objects.get().act == "withdrawn"


def test_an_answer_needs_no_cookie_and_comes_with_any_origin(ask, page):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert strict.post(page, {"answer": "stay"}, headers={"origin": "null"}).status_code == 303
    assert ReconfirmationAsk.objects.get().answered_at is not None


def test_who_was_let_go_may_come_back_by_it(client, ask, page):
    let_go(ask)
    assert heading(client.get(page)) == "Do you want this again?"
    client.post(page, {"answer": "stay"})
    assert state() == "confirmed"
    assert heading(client.get(page)) == "You stay"
    acts = Consent.objects.order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["withdrawn", "given"]


def test_who_left_by_a_word_of_their_own_does_not(client, ask, page):
    end_subscription(ask.subscription_id, "a link")
    client.post(page, {"answer": "stay"})
    assert state() == "ended"
    assert heading(client.get(page)) == "You have left"


def test_nor_who_came_back_and_left_after_being_let_go(client, ask, page):
    let_go(ask)
    stay(ask.pk, "words")
    end_subscription(ask.subscription_id, "a link")
    assert stay(ask.pk, "words") is Answer.LEFT
    assert state() == "ended"


def test_nor_who_left_by_a_word_of_their_own_after_being_let_go(client, ask, page):
    let_go(ask)
    for _ in range(2):
        assert not end_subscription(ask.subscription_id, "a link")
    acts = Consent.objects.order_by("pk").values_list("source", flat=True)
    assert list(acts) == ["did not answer", "a link"]
    assert heading(client.get(page)) == "You have left"
    client.post(page, {"answer": "stay"})
    assert state() == "ended"


def test_who_left_by_a_word_of_their_own_has_left_once(ask):
    for _ in range(2):
        end_subscription(ask.subscription_id, "a link")
    assert Consent.objects.count() == 1


def test_what_one_says_after_being_let_go_counts_for_nobody_else(twtw):
    silent(twtw, 2)
    one, other = begin(twtw, 3, "Ann", BEGUN).asks.all()
    let_go(one)
    end_subscription(one.subscription_id, "a link")
    assert Consent.objects.get(source="a link").subscription_id == one.subscription_id
    asks = ReconfirmationAsk.objects.select_related("subscription")
    assert answer_to(asks.get(pk=one.pk)) is Answer.LEFT
    assert answer_to(asks.get(pk=other.pk)) is Answer.LET_GO


@pytest.mark.parametrize("was_let_go", [True, False])
def test_who_stays_says_so_for_nobody_else(twtw, was_let_go):
    silent(twtw, 2)
    run = begin(twtw, 3, "Ann", BEGUN)
    run.asks.update(asked_at=BEGUN)
    one, other = run.asks.all()
    if was_let_go:
        let_go(one)
    before = Subscription.objects.values().get(pk=one.subscription_id)
    assert stay(other.pk, "words") is Answer.STAYS
    assert Subscription.objects.values().get(pk=one.subscription_id) == before
    assert run.asks.get(pk=one.pk).answered_at is None
    consent = Consent.objects.get(act="given")
    assert (consent.subscription, consent.source) == (other.subscription, SOURCE)
    assert ReaderChange.objects.get().reader_id == other.subscription.reader_id
    kept = Subscription.objects.get(pk=other.subscription_id)
    assert (kept.state, kept.ended_at) == ("confirmed", None)
    assert kept.confirmed_at == (consent.at if was_let_go else SILENT)


def test_who_leaves_says_so_for_nobody_else(twtw):
    silent(twtw, 2)
    one, other = begin(twtw, 3, "Ann", BEGUN).asks.all()
    leave(other.pk, "n" * 64)
    assert Subscription.objects.get(state="ended").pk == other.subscription_id
    assert Subscription.objects.get(state="confirmed").pk == one.subscription_id
    assert Consent.objects.get().network == "n" * 64


def test_who_came_back_and_was_let_go_again_may_come_back_by_the_later_question(ask, twtw):
    let_go(ask)
    end_subscription(ask.subscription_id, "a link")
    Subscription.objects.update(state="confirmed", ended_at=None)
    ReconfirmationAsk.objects.update(let_go_at=None)
    let_go(ask)
    assert stay(ask.pk, "words") is Answer.STAYS
    assert state() == "confirmed"


def test_a_reader_who_was_erased_leaves_nothing_to_answer(client, ask, page):
    ask.subscription.reader.delete()
    assert client.get(page).status_code == 410
    assert client.post(page, {"answer": "stay"}).status_code == 410
    assert stay(ask.pk, "words") is None
    leave(ask.pk)
    assert Subscription.objects.count() == 0


def test_an_old_link_answers_nothing(client, ask, page, monkeypatch):
    later = timezone.now() + timedelta(days=61)
    monkeypatch.setattr(signing.time, "time", later.timestamp)
    for answer in (client.get(page), client.post(page, {"answer": "stay"})):
        assert answer.status_code == 410
        assert heading(answer) == "This link has expired"
    assert Consent.objects.count() == 0
    assert answer_to(ask) is Answer.OPEN


@pytest.mark.parametrize("body", [{}, {"answer": ""}, {"answer": "\0"}, {"answer": "x" * 10**6}])
def test_anything_else_is_refused_and_changes_nothing(client, ask, page, body):
    refused = client.post(page, body)
    assert refused.status_code == 400
    assert heading(refused) == "Do you still want this?"
    assert Consent.objects.count() == 0


def test_a_body_that_is_no_form_is_refused(client, ask, page):
    for kind, body in (("application/json", b'{"answer": "stay"}'), ("multipart/form-data", b"-")):
        assert client.post(page, body, content_type=kind).status_code == 400
    assert Consent.objects.count() == 0


def test_a_link_for_something_else_or_a_changed_one_is_damaged(client, ask, page):
    other = grant_token(Grant.CONFIRM, ask.pk)
    for token in (other, "1", "%00", page.split("/")[-2][:-1] + "~"):
        found = client.post(f"/still-wanted/{token}/", {"answer": "stay"})
        assert found.status_code == 404
    assert Consent.objects.count() == 0
