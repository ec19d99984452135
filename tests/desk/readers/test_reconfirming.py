"""Re-confirmations at the desk: counted, confirmed by the number, watched, stopped."""

import pytest
from django.urls import reverse

from subscribers.leaving import end_subscription
from subscribers.models import Reconfirmation, ReconfirmationAsk
from subscribers.reconfirming import begin as begin_run
from tests.subscribers.reconfirmation import BEGUN, silent

pytestmark = pytest.mark.django_db

BEGIN = reverse("reconfirming:begin")


def text_of(response):
    return " ".join(response.content.decode().split())


def begin(client, readers, confirmed="", **fields):
    asked = {"publication": "twtw", "years": "3", "readers": readers, "confirmed": confirmed}
    return client.post(BEGIN, asked | fields)


def test_whom_it_would_ask_is_counted_before_anything_is_done(people, twtw):
    silent(twtw, 3)
    page = text_of(people.ada.get(BEGIN, {"publication": "twtw", "years": "3"}))
    assert "3 readers have not been heard from for 3 years." in page
    assert "3 readers get this." in page
    assert Reconfirmation.objects.count() == 0


def test_it_is_begun_and_kept_in_the_record_without_an_address(people, twtw, told, recorded):
    silent(twtw, 3)
    answer = begin(people.ada, 3)
    run = Reconfirmation.objects.get()
    assert answer.url == reverse("reconfirming:run", args=[run.pk])
    assert told(answer, people.ada) == [
        "3 readers are asked whether they still want The World This Week. The first mails leave "
        "within a quarter of an hour."
    ]
    assert recorded() == (
        "subscribers.reconfirm",
        "3 readers are asked whether they still want The World This Week.",
        "ada",
    )
    assert run.begun_by == "Ada"
    assert run.asks.count() == 3


@pytest.mark.parametrize(
    ("readers", "right", "wrong", "said"),
    [(100, "yes", "", "Tick the box"), (1000, "1,000", "100", "Type 1,000")],
)
def test_the_more_readers_the_more_is_asked(people, twtw, told, readers, right, wrong, said):
    silent(twtw, readers)
    refused = begin(people.ada, readers, wrong)
    assert refused.status_code == 409
    assert told(refused, people.ada)[0].startswith(said)
    assert Reconfirmation.objects.count() == 0
    begin(people.ada, readers, right)
    assert ReconfirmationAsk.objects.count() == readers


@pytest.mark.parametrize("seen", ["1", "", "x", "٣", "9" * 30, "\0"])
def test_another_number_than_was_shown_asks_anew(people, twtw, told, seen):
    silent(twtw, 30)
    refused = begin(people.ada, seen)
    assert refused.status_code == 409
    assert told(refused, people.ada)[0].startswith("Nothing was done")
    assert Reconfirmation.objects.count() == 0


@pytest.mark.parametrize(
    "fields", [{"publication": "nothing"}, {"publication": "\0"}, {"years": "6"}, {"years": "x"}]
)
def test_what_is_no_choice_is_refused_in_a_sentence(people, twtw, fields):
    for answer in (begin(people.ada, "1", **fields), people.ada.get(BEGIN, fields)):
        assert answer.status_code in (200, 400)
        assert "Choose one of" in text_of(answer) or "required" in text_of(answer)


def test_why_it_can_not_begin_is_said_at_once(people, twtw, told):
    asked = {"publication": "twtw", "years": "3"}
    page = text_of(people.ada.get(BEGIN, asked))
    assert "Nobody has been silent for so long; choose fewer years." in page
    assert "Ask them" not in page
    assert told(begin(people.ada, "0"), people.ada)[0].startswith("Nobody has been silent")
    silent(twtw)
    begin_run(twtw, 3, "Ann", BEGUN)
    page = text_of(people.ada.get(BEGIN, asked))
    assert "goes on already" in page
    assert "Ask them" not in page


def test_how_it_goes_is_shown_to_whoever_may_see_numbers(people, twtw):
    own = silent(twtw, 2)
    run = begin_run(twtw, 3, "Ann", BEGUN)
    end_subscription(own[0].pk, "a link")
    for client in (people.eve, people.paul, people.ada):
        page = text_of(client.get(reverse("reconfirming:run", args=[run.pk])))
        assert '<th scope="row">Left</th><td class="number">1</td>' in page
        assert '<th scope="row">All</th><td class="number">2</td>' in page
        assert ("Stop it" in page) == (client is people.ada)
        assert (
            "Count them" in text_of(client.get(reverse("reconfirming:index")))
            or client is not people.ada
        )
    assert people.eve.get(BEGIN).status_code == 302


def test_it_is_stopped_after_a_question(people, twtw, told, recorded):
    silent(twtw)
    run = begin_run(twtw, 3, "Ann", BEGUN)
    address = reverse("reconfirming:cancel", args=[run.pk])
    assert "Nobody further is asked" in text_of(people.ada.get(address))
    run.refresh_from_db()
    assert run.cancelled_at is None
    assert told(people.ada.post(address), people.ada) == [
        "Nobody further is asked about The World This Week, or let go."
    ]
    run.refresh_from_db()
    assert run.cancelled_at is not None
    assert recorded()[0] == "subscribers.cancel_reconfirmation"
    assert told(people.ada.post(address), people.ada) == ["It had ended already."]
    assert "It has ended already: stopped on" in text_of(people.ada.get(address))
