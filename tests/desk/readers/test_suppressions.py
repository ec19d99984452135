"""Suppressed addresses: found by the whole address, also erased ones, and allowed again."""

from http import HTTPStatus

import pytest

from desk.readers import suppressions
from subscribers.erased import is_suppressed
from subscribers.erasing import erase
from subscribers.models import Suppression
from subscribers.suppressing import suppress

pytestmark = pytest.mark.django_db
Reason = Suppression.Reason


@pytest.fixture
def bounced():
    suppress("gone@example.org", Reason.BOUNCED, "event: bounce")
    return Suppression.objects.get(key="gone@example.org")


def test_an_address_leads_to_its_suppression_by_a_number(people, page, bounced, told):
    answer = people.ada.post(page("suppressions"), {"address": "GONE@example.org"})
    assert answer.url == page("suppressed", bounced.pk)
    text = people.ada.get(answer.url).content.decode()
    assert "the address does not exist any more" in text
    assert "Event: bounce" in text
    answer = people.ada.post(page("suppressions"), {"address": "ann@example.org"})
    assert told(answer, people.ada) == ["This address is not suppressed: it may be mailed."]


def test_who_was_erased_is_found_by_the_address_and_by_nothing_else(people, page, reader):
    erase(reader)
    row = Suppression.objects.get()
    text = people.ada.get(page("suppressions")).content.decode()
    assert "Somebody who was erased" in text
    assert row.key not in text
    answer = people.ada.post(page("suppressions"), {"address": "ann.smith@example.org"})
    assert answer.url == page("suppressed", row.pk)
    assert "had everything erased" in people.ada.get(answer.url).content.decode()


def test_an_address_is_allowed_again_with_a_reason(people, page, bounced, told, recorded):
    address = page("suppressed", bounced.pk)
    form = {"reason": "bounced", "sentence": "It works again"}
    answer = people.ada.post(address, form)
    assert told(answer, people.ada) == ["The address may be mailed again."]
    assert is_suppressed("gone@example.org") is None
    assert recorded() == (
        "subscribers.allow",
        "It was suppressed (the address does not exist any more). It works again",
        "ada",
    )
    again = people.ada.post(address, form)
    assert told(again, people.ada)[0].startswith("Nothing was changed: somebody has allowed it")


def test_a_reader_who_is_allowed_again_is_shown(people, page, reader):
    suppress(reader.address, Reason.BOUNCED)
    row = Suppression.objects.get()
    answer = people.ada.post(
        page("suppressed", row.pk), {"reason": "bounced", "sentence": "It works again"}
    )
    assert answer.url == page("reader", reader.pk)


def test_a_report_of_spam_is_warned_of_and_what_came_meanwhile_is_not_decided_about(
    people, page, bounced
):
    address = page("suppressed", bounced.pk)
    assert "reported a mail as spam" not in people.ada.get(address).content.decode()
    suppress("gone@example.org", Reason.COMPLAINED)
    answer = people.ada.post(address, {"reason": "bounced", "sentence": "It works again"})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    text = answer.content.decode()
    assert "there is another reason now (reported a mail as spam)" in text
    assert "Allow it only if they asked you to" in text
    # The form of this answer is about the reason that it shows.
    assert 'value="complained"' in text
    assert is_suppressed("gone@example.org")


def test_an_address_without_a_reader_is_suppressed(people, page, recorded):
    form = {"address": "Ann@example.org", "reason": "by request", "sentence": "By letter"}
    answer = people.ada.post(page("suppress-address"), form)
    row = is_suppressed("ann@example.org")
    assert answer.url == page("suppressed", row.pk)
    assert recorded() == ("subscribers.suppress", "Asked never to be mailed: By letter", "ada")


def test_pages_lead_on(people, page, monkeypatch):
    monkeypatch.setattr(suppressions, "PAGE", 2)
    for number in range(3):
        suppress(f"reader{number}@example.org", Reason.BOUNCED)
    first = people.ada.get(page("suppressions"))
    second = people.ada.get(f"{page('suppressions')}{first.context['older']}")
    assert [called for _, called in first.context["rows"]] == [
        "reader2@example.org",
        "reader1@example.org",
    ]
    assert [called for _, called in second.context["rows"]] == ["reader0@example.org"]
    assert second.context["older"] == ""


@pytest.mark.parametrize("address", ["", "nobody", "a\x00@example.org", "x" * 1_000_000])
def test_what_is_no_address_is_said(people, page, address):
    for name in ("suppressions", "suppress-address"):
        answer = people.ada.post(page(name), {"address": address})
        assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert not Suppression.objects.exists()


def test_nobody_without_the_right_allows_an_address_again(people, page, bounced):
    for client in (people.cora, people.ed, people.paul):
        client.post(page("suppressed", bounced.pk), {"reason": "bounced", "sentence": "Works"})
    assert is_suppressed("gone@example.org")
