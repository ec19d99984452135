"""Done about one reader: asked first, done once, recorded without an address, told if too late."""

from http import HTTPStatus

import pytest
from wagtail.models import ModelLogEntry

from subscribers.erased import is_suppressed
from subscribers.erasing import erase
from subscribers.leaving import end_subscription
from subscribers.models import Reader, ReaderChange, Subscription, Suppression

pytestmark = pytest.mark.django_db
KEY = "ann.smith@example.org"


@pytest.fixture
def subscription(reader):
    return reader.subscriptions.get()


@pytest.fixture
def ways(page, reader, subscription):
    """The three, each with what its form asks for."""
    return {
        page("suppress", reader.pk): {"reason": "by request", "sentence": "By telephone"},
        page("end", reader.pk, subscription.pk): {"sentence": "By telephone"},
        page("erase", reader.pk): {},
    }


def test_a_get_asks_and_changes_nothing(people, ways, reader):
    for address in ways:
        answer = people.ada.get(address)
        assert answer.status_code == HTTPStatus.OK
        assert "Ann.Smith@example.org" in answer.content.decode()
    assert is_suppressed(KEY) is None
    assert reader.subscriptions.get().state == Subscription.State.CONFIRMED


def test_a_suppression_is_recorded_and_told(people, page, reader, told, recorded):
    form = {"reason": "by request", "sentence": "By telephone"}
    answer = people.ada.post(page("suppress", reader.pk), form)
    assert answer.url == page("reader", reader.pk)
    assert told(answer, people.ada) == ["The address is suppressed: nothing is mailed to it."]
    assert is_suppressed(KEY).source == "Ada: By telephone"
    assert recorded() == (
        "subscribers.suppress",
        "Asked never to be mailed: By telephone",
        "ada",
    )
    again = people.ada.post(page("suppress", reader.pk), form)
    assert again.status_code == HTTPStatus.BAD_REQUEST
    assert "it is suppressed already" in again.content.decode()
    assert ReaderChange.objects.count() == 1


def test_a_subscription_is_ended_and_what_others_get_is_not(
    people, page, reader, subscription, alerts, subscribe, told, recorded
):
    other = subscribe(alerts, "ben@example.org")
    answer = people.ada.post(page("end", reader.pk, other.pk), {"sentence": "By telephone"})
    assert "there is no such subscription" in answer.content.decode()
    answer = people.ada.post(page("end", reader.pk, subscription.pk), {"sentence": "By telephone"})
    assert told(answer, people.ada) == ["The World This Week has ended for this reader."]
    states = dict(Subscription.objects.values_list("pk", "state"))
    assert states == {subscription.pk: "ended", other.pk: "confirmed"}
    assert recorded() == ("subscribers.end", "The World This Week: By telephone", "ada")


def test_a_subscription_that_ended_meanwhile_is_said_to_have(people, page, reader, subscription):
    end_subscription(subscription.pk, "unsubscribe link")
    address = page("end", reader.pk, subscription.pk)
    assert "has ended for this reader already" in people.ada.get(address).content.decode()
    answer = people.ada.post(address, {"sentence": "By telephone"})
    assert "it has ended meanwhile" in answer.content.decode()
    assert subscription.consents.count() == 1


def test_who_is_erased_is_gone_and_the_record_knows_nothing_but_a_number(
    people, page, reader, told, recorded
):
    answer = people.ada.post(page("erase", reader.pk))
    assert answer.url == page("index")
    assert told(answer, people.ada) == [f"Reader {reader.pk} is erased."]
    assert not Reader.objects.exists()
    assert is_suppressed(KEY).source == "erased by Ada"
    assert recorded() == ("subscribers.erase", f"Erased reader {reader.pk}.", "ada")
    entry = ModelLogEntry.objects.latest("pk")
    assert (entry.object_id, entry.label) == (str(reader.pk), f"reader {reader.pk}")


def test_who_was_erased_meanwhile_is_said_to_be_gone(people, page, reader, ways, told):
    erase(reader)
    for address, form in ways.items():
        answer = people.ada.post(address, form)
        assert answer.url == page("index")
        (said,) = told(answer, people.ada)
        assert said.startswith(f"Nothing was done: reader {reader.pk} is not here any more.")


def test_nobody_without_the_right_changes_anything(people, ways, reader):
    for address, form in ways.items():
        for client in (people.cora, people.ed, people.paul):
            client.post(address, form)
    assert is_suppressed(KEY) is None
    assert reader.subscriptions.get().state == Subscription.State.CONFIRMED


@pytest.mark.parametrize(
    "wrong",
    [
        {"sentence": ""},
        {"sentence": "x\x00"},
        {"sentence": "He wrote from ann@example.org"},
        {"sentence": "x" * 1_000_000},
        {"reason": "erased"},
        {"reason": "\x00"},
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(people, ways, wrong, reader):
    suppress, end, _ = ways
    answer = people.ada.post(suppress, {**ways[suppress], **wrong})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    if "sentence" in wrong:
        assert people.ada.post(end, wrong).status_code == HTTPStatus.BAD_REQUEST
    assert not Suppression.objects.exists()
    assert reader.subscriptions.get().state == Subscription.State.CONFIRMED


def test_the_record_holds_no_address_of_anybody(people, page, reader, subscription, ways):
    for address, form in ways.items():
        people.ada.post(address, form)
    entries = ModelLogEntry.objects.filter(action__startswith="subscribers.")
    assert len(entries) == len(ways)
    assert not any("@" in f"{entry.label}{entry.data}" for entry in entries)


def test_the_record_leads_to_a_reader_who_is_still_there(people, page, reader, ways):
    suppress = next(iter(ways))
    people.ada.post(suppress, ways[suppress])
    text = people.ada.get("/desk/record/").content.decode()
    assert page("reader", reader.pk) in text
