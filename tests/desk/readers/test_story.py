"""A reader's page: what they get, all that happened, and only what one may do."""

from http import HTTPStatus

import pytest

from delivery.models import ProviderEvent, Recipient
from subscribers.changes import note_change
from subscribers.models import Reader, ReaderChange
from subscribers.suppressing import Suppression, suppress

pytestmark = pytest.mark.django_db


def test_it_tells_mailings_reports_and_changes_in_one_table(people, page, mailing):
    reader = Reader.objects.get(key="reader0@example.org")
    recipient = Recipient.objects.get(subscription__reader=reader)
    ProviderEvent.objects.create(
        provider_id="1",
        fingerprint="1",
        recipient=recipient,
        kind="bounce",
        at=mailing.frozen_at,
        reason="550 No such user",
        received_at=mailing.frozen_at,
    )
    note_change(reader, ReaderChange.Kind.NAME, "Told by telephone.", by="Ada")
    text = people.ada.get(page("reader", reader.pk)).content.decode()
    for words in (
        "reader0@example.org",
        "Mailing: The World This Week #317",
        "Accepted.",
        "The provider reported: bounce",
        "550 No such user",
        "Changed the name",
        "Told by telephone.",
        "Came on the list",
        f"/desk/mailings/{mailing.pk}/",
    ):
        assert words in text


def test_no_address_is_in_its_title_or_its_url(people, page, reader):
    text = people.ada.get(page("reader", reader.pk)).content.decode()
    title = text.partition("<title>")[2].partition("</title>")[0]
    assert f"Reader {reader.pk}" in title
    assert "@" not in title + page("reader", reader.pk)


def test_who_may_only_look_sees_a_masked_address_and_no_button(people, page, reader):
    suppress(reader.address, Suppression.Reason.BOUNCED, "event: bounce")
    text = people.paul.get(page("reader", reader.pk)).content.decode()
    assert "A…@example.org" in text
    assert "event: bounce" in text
    assert "Ann.Smith" not in text
    for name in ("suppress", "erase"):
        assert page(name, reader.pk) not in text
    assert "Allow it again" not in text
    assert page("end", reader.pk, reader.subscriptions.get().pk) not in text


@pytest.mark.parametrize("number", [0, 99, 2**63, 10**30])
def test_a_reader_who_is_not_there_is_not_found(people, number):
    assert people.ada.get(f"/desk/readers/{number}/").status_code == HTTPStatus.NOT_FOUND
