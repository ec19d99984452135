"""Added at the desk: once, with the proof, recorded without an address."""

from http import HTTPStatus

import pytest

from subscribers.models import Reader, ServiceMail, Subscription
from subscribers.suppressing import Suppression, suppress

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(twtw):
    return {
        "address": "Ann.Smith@example.org",
        "name": "Ann Smith",
        "publications": [twtw.pk],
        "basis": "consent",
        "source": "A signed list",
    }


def test_who_is_added_with_a_basis_is_confirmed_and_the_page_says_so(
    people, page, form, told, recorded
):
    answer = people.ada.post(page("add"), form)
    reader = Reader.objects.get()
    assert answer.url == page("reader", reader.pk)
    assert told(answer, people.ada) == ["From now on they get The World This Week."]
    assert recorded() == (
        "subscribers.add",
        "The World This Week (the person agreed): A signed list",
        "ada",
    )
    assert reader.subscriptions.get().consents.get().by == "Ada"
    again = people.ada.post(page("add"), form)
    assert told(again, people.ada) == ["They get The World This Week already."]


def test_who_is_asked_waits_for_their_own_word(people, page, form, told, recorded):
    answer = people.ada.post(page("add"), {**form, "basis": "ask"})
    assert told(answer, people.ada) == [
        "A mail asks them to confirm The World This Week. They get nothing before."
    ]
    assert Subscription.objects.get().state == Subscription.State.PENDING
    assert ServiceMail.objects.get().kind == ServiceMail.Kind.CONFIRM
    assert recorded() == ("subscribers.ask", "The World This Week: A signed list", "ada")


def test_a_refusal_is_said_above_the_form_with_all_that_was_written(people, page, form):
    suppress("ann.smith@example.org", Suppression.Reason.BOUNCED)
    answer = people.ada.post(page("add"), form)
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    text = answer.content.decode()
    assert "This address must not be mailed" in text
    assert 'value="A signed list"' in text
    assert not Reader.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": ""},
        {"address": "nobody"},
        {"address": "ann@example.org\r\nBcc: ben@example.org"},
        {"address": "a\x00@example.org"},
        {"address": "a" * 1_000_000},
        {"name": "Ann\x00"},
        {"publications": []},
        {"publications": ["x", "99", "9" * 40]},
        {"basis": "because"},
        {"source": ""},
        {"source": "ann@example.org wrote"},
        {"source": "x\x00"},
    ],
)
def test_what_is_wrong_is_said_and_adds_nobody(people, page, form, wrong):
    answer = people.ada.post(page("add"), {**form, **wrong})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert not Reader.objects.exists()


def test_a_name_on_two_lines_becomes_one_that_fits_a_header(people, page, form):
    people.ada.post(page("add"), {**form, "name": "Ann\r\nSmith"})
    assert [reader.name for reader in Reader.objects.all()] in ([], ["Ann Smith"])


def test_only_who_may_add_readers_does(people, page, form):
    for client in (people.cora, people.ed, people.paul):
        client.post(page("add"), form)
    assert not Reader.objects.exists()
