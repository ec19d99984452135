"""The list: found without a word of it in a URL, masked where it has to be, page by page."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.utils import timezone

from desk.readers import listing, searches
from desk.readers.searches import opened, sealed
from subscribers import searching
from subscribers.erasing import erase
from subscribers.models import Reader, Subscription
from subscribers.suppressing import Suppression, suppress

pytestmark = pytest.mark.django_db


def shown(response):
    return re.findall(r"/desk/readers/(\d+)/", response.content.decode())


def test_what_is_searched_for_is_in_no_url_and_the_way_back_finds_it_again(
    people, page, reader, twtw, subscribe
):
    subscribe(twtw, "ben@example.net")
    answer = people.ada.post(page("index"), {"text": "Smith", "publication": "twtw"})
    assert answer.status_code == HTTPStatus.FOUND
    assert "publication=twtw" in answer.url
    assert "smith" not in answer.url.lower()
    assert "text=" not in answer.url
    for _ in range(2):
        found = people.ada.get(answer.url)
        assert shown(found) == [str(reader.pk)]
        assert 'value="Smith"' in found.content.decode()


def test_a_whole_address_leads_to_its_reader(people, page, reader):
    for client in (people.ada, people.paul):
        answer = client.post(page("index"), {"text": " ann.smith@EXAMPLE.org"})
        assert answer.url == page("reader", reader.pk)


def test_a_whole_address_that_nobody_has_may_be_the_beginning_of_one(people, page, reader, told):
    answer = people.ada.post(page("index"), {"text": "ann.smith@example.or"})
    assert shown(people.ada.get(answer.url)) == [str(reader.pk)]
    answer = people.paul.post(page("index"), {"text": "ann.smith@example.or"})
    assert told(answer, people.paul) == ["No reader has this address."]


def test_of_an_address_without_a_reader_it_is_said_that_it_must_not_be_mailed(
    people, page, reader, told
):
    erase(reader)
    answer = people.ada.post(page("index"), {"text": "ann.smith@example.org"})
    assert told(answer, people.ada) == [
        "No reader has this address. It must not be mailed: erased."
    ]


def test_who_may_not_change_readers_sees_no_address_and_finds_none_by_a_part_of_it(
    people, page, reader
):
    text = people.paul.get(page("index")).content.decode()
    assert "A…@example.org" in text
    assert "Ann.Smith" not in text
    for part in ("ann", "ann.smith@"):
        answer = people.paul.post(page("index"), {"text": part})
        assert answer.status_code == HTTPStatus.BAD_REQUEST
        assert "Type the whole address" in answer.content.decode()
        # Nor by the address of somebody's search who may.
        answer = people.paul.get(people.ada.post(page("index"), {"text": part}).url)
        assert answer.status_code == HTTPStatus.BAD_REQUEST
        assert shown(answer) == []


def test_a_row_says_what_somebody_gets_and_why_they_are_not_mailed(
    people, page, reader, alerts, subscribe
):
    subscribe(alerts, "ann.smith@example.org", state=Subscription.State.ENDED)
    suppress(reader.address, Suppression.Reason.BOUNCED)
    Reader.objects.update(paused_until=timezone.now() + timedelta(days=3))
    text = people.ada.get(page("index")).content.decode()
    for words in (
        "The World This Week",
        "GP Alerts: unsubscribed",
        "Not to be mailed: the address does not exist any more",
        "Paused until",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("asked", "finds"),
    [
        ({"state": "confirmed"}, True),
        ({"state": "ended"}, False),
        ({"suppressed": "yes"}, False),
        ({"paused": "no"}, True),
        ({"region": "africa"}, False),
        ({"publication": "twtw", "sentence": "region none"}, True),
        ({"joined_from": "TODAY", "joined_until": "TODAY"}, True),
        ({"joined_until": "2020-01-31"}, False),
    ],
)
def test_filters_are_asked_for_in_a_url_that_can_be_kept(people, page, reader, asked, finds):
    today = timezone.localdate().isoformat()
    asked = {name: value.replace("TODAY", today) for name, value in asked.items()}
    answer = people.ada.post(page("index"), asked)
    found = people.ada.get(answer.url)
    assert found.status_code == HTTPStatus.OK
    assert shown(found) == ([str(reader.pk)] if finds else [])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"sentence": "region Africa"}, "Choose the publication that the segment is of."),
        ({"sentence": "colour blue", "publication": "twtw"}, "colour"),
        ({"sentence": "ann@example.org", "publication": "twtw"}, "address"),
        ({"joined_from": "yesterday"}, "Enter a valid date."),
        ({"state": "dead"}, "Select a valid choice."),
        ({"text": "x" * 255}, "at most 254"),
        ({"text": "a\x00b"}, "Null characters are not allowed."),
        ({"publication": "tw\x00tw"}, "Null characters are not allowed."),
    ],
)
def test_what_can_not_be_asked_for_is_said_and_nothing_breaks(people, page, reader, asked, said):
    answer = people.ada.post(page("index"), asked)
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert said in answer.content.decode()
    assert shown(answer) == []


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "0", "1e3", "\x00", "٣"])
def test_a_page_that_can_not_be_is_the_first(people, page, reader, before):
    answer = people.ada.get(page("index"), {"before": before})
    assert shown(answer) == [str(reader.pk)]


def test_pages_lead_on_with_the_same_search(people, page, twtw, subscribe, monkeypatch):
    made = [subscribe(twtw, f"reader{number}@example.org").reader.pk for number in range(5)]
    monkeypatch.setattr(listing, "find", lambda *asked: searching.find(*asked, size=2))
    url = people.ada.post(page("index"), {"text": "reader", "publication": "twtw"}).url
    seen = []
    while url:
        answer = people.ada.get(url)
        seen += [int(pk) for pk in shown(answer)]
        url = answer.context["older"]
    assert seen == made[::-1]
    assert shown(people.ada.get(answer.context["newest"])) == [str(made[4]), str(made[3])]


@pytest.mark.parametrize("seal", ["abc", "\x00", "é", "A" * 5000])
def test_a_search_that_is_not_ours_or_too_old_is_over(people, page, told, seal):
    answer = people.ada.get(page("index"), {"search": seal})
    assert answer.status_code == HTTPStatus.FOUND
    assert told(answer, people.ada) == ["This search is over; look for them again."]


def test_a_seal_opens_for_half_a_day(monkeypatch):
    seal = sealed("Sömebody@example.org")
    assert opened(seal) == "Sömebody@example.org"
    monkeypatch.setattr(searches, "SECONDS", -1)
    assert opened(seal) is None
    assert (sealed(""), opened("")) == ("", "")
