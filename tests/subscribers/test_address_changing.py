"""Changing an address: true once it is confirmed at the new one, and never somebody else's."""

import threading
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from subscribers.adding import add_reader
from subscribers.address_changing import Confirmed, ask_for, confirm
from subscribers.erased import is_suppressed
from subscribers.erasing import erase
from subscribers.errors import AddressError, PreferencesError, SubscriberError
from subscribers.grants import LIFETIMES, Grant, grant_url
from subscribers.links import preferences_url
from subscribers.models import (
    AddressChange,
    Consent,
    Reader,
    ReaderChange,
    ServiceMail,
    SignUp,
    Suppression,
)
from subscribers.preferences import end_former_links
from subscribers.suppressing import suppress

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(subscribe, twtw):
    return subscribe(twtw, "ann.reader@example.org", name="Ann Reader").reader


@pytest.fixture
def browser():
    return Client(enforce_csrf_checks=True)


def path_of(change):
    return urlsplit(grant_url(Grant.NEW_ADDRESS, change.pk)).path


def address_of(reader):
    return Reader.objects.values_list("address", "key").get(pk=reader.pk)


# The wish ----------------------------------------------------------------------------------------


def test_a_wish_is_asked_about_at_the_new_address_and_changes_nothing(reader):
    change = ask_for(reader, " Ann@EXAMPLE.com ", "n" * 64)
    assert (change.address, change.network) == ("Ann@example.com", "n" * 64)
    mail = ServiceMail.objects.get()
    assert (mail.kind, mail.address, mail.address_change) == (
        "new_address",
        "Ann@example.com",
        change,
    )
    assert address_of(reader) == ("ann.reader@example.org", "ann.reader@example.org")


def test_what_is_no_address_or_the_present_one_is_refused(reader):
    with pytest.raises(AddressError):
        ask_for(reader, "no address")
    with pytest.raises(PreferencesError, match="already"):
        ask_for(reader, "ann.reader@example.org")
    assert not AddressChange.objects.exists()


def test_nobodys_mailbox_is_filled_with_wishes(reader, subscribe, twtw):
    for number in range(5):
        ask_for(reader, f"ann{number}@example.com")
    with pytest.raises(PreferencesError, match="tomorrow"):
        ask_for(reader, "ann6@example.com")
    others = [subscribe(twtw, f"other{number}@example.org").reader for number in range(4)]
    for other in others[:3]:
        ask_for(other, "target+one@example.com")
    with pytest.raises(PreferencesError, match="tomorrow"):
        ask_for(others[3], "target+two@example.com")


# The confirmation --------------------------------------------------------------------------------


def test_a_look_at_the_link_changes_nothing(reader, browser):
    change = ask_for(reader, "ann@example.com")
    for method in ("get", "head", "options"):
        response = getattr(browser, method)(path_of(change))
        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store"
    assert "ann@" not in browser.get(path_of(change)).content.decode()
    assert address_of(reader)[0] == "ann.reader@example.org"


def test_the_button_changes_the_address_and_tells_the_former_one(reader, browser):
    subscription = reader.subscriptions.get()
    SignUp.objects.create(reader=reader, form="page", source="page", asked_at=timezone.now())
    change = ask_for(reader, "Ann@Example.com")
    for _ in range(2):  # pressed twice
        page = browser.post(path_of(change)).content.decode()
        assert "Your address was changed" in page
        assert urlsplit(preferences_url(subscription.pk, 1)).path in page
    assert address_of(reader) == ("Ann@example.com", "ann@example.com")
    told = ServiceMail.objects.get(kind="address_changed")
    assert (told.reader, told.address) == (reader, "ann.reader@example.org")
    noted = ReaderChange.objects.get()
    assert noted.kind == "address"
    assert "@" not in noted.sentence
    assert SignUp.objects.get().withdrawn_at is not None
    former = browser.get(urlsplit(preferences_url(subscription.pk)).path)
    assert former.status_code == 410


def test_of_the_wishes_to_subscribe_only_ones_own_that_wait_are_withdrawn(reader, subscribe, twtw):
    then = timezone.now() - timedelta(days=1)

    def wish(whose, **more):
        return SignUp.objects.create(
            reader=whose, form="page", source="page", asked_at=then, **more
        ).pk

    other = subscribe(twtw, "bob@example.org").reader
    waits, anothers = wish(reader), wish(other)
    settled = {wish(reader, confirmed_at=then): None, wish(reader, withdrawn_at=then): then}
    confirm(ask_for(reader, "ann@example.com").pk)
    withdrawn_at = dict(SignUp.objects.values_list("pk", "withdrawn_at"))
    assert withdrawn_at.pop(waits) > then
    assert withdrawn_at == {anothers: None, **settled}


def test_only_the_newest_wish_counts(reader, browser):
    first, second = (ask_for(reader, f"ann{number}@example.com") for number in range(2))
    response = browser.post(path_of(first))
    assert response.status_code == 410
    assert "open the newest mail" in response.content.decode()
    assert confirm(second.pk) == Confirmed.CHANGED
    assert confirm(first.pk) == Confirmed.REPLACED
    assert address_of(reader)[0] == "ann1@example.com"


def test_another_writing_of_ones_own_address_is_taken(reader):
    assert confirm(ask_for(reader, "Ann.Reader@example.org").pk) == Confirmed.CHANGED
    assert address_of(reader) == ("Ann.Reader@example.org", "ann.reader@example.org")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            lambda subscribe, twtw: subscribe(twtw, "bob@example.com"),
            "This address gets its own mail already",
        ),
        (
            lambda *_: suppress("bob@example.com", Suppression.Reason.COMPLAINED),
            "No mail may be sent to this address",
        ),
    ],
)
def test_what_is_known_of_another_address_is_told_only_to_who_can_open_its_mail(
    reader, browser, subscribe, twtw, before, after
):
    page = urlsplit(preferences_url(reader.subscriptions.get().pk)).path
    answers = []
    for address in ("nobody@example.com", "bob@example.com"):
        if address == "bob@example.com":
            before(subscribe, twtw)
        answers.append(
            browser.post(page, {"do": "change-address", "address": address}).content.decode()
        )
    assert answers[0] == answers[1]
    change = AddressChange.objects.get(address="bob@example.com")
    response = browser.post(path_of(change))
    assert response.status_code == 410
    assert after in response.content.decode()
    assert address_of(reader)[0] == "ann.reader@example.org"
    assert not ServiceMail.objects.filter(kind="address_changed").exists()


def test_a_link_is_good_for_two_days_and_for_nothing_else(reader, browser, monkeypatch):
    change = ask_for(reader, "ann@example.com")
    path = path_of(change)
    for damaged in (path[:-4] + "/", urlsplit(grant_url(Grant.CONFIRM, change.pk)).path):
        assert browser.post(damaged.replace("confirm", "new-address")).status_code == 404
    monkeypatch.setitem(LIFETIMES, Grant.NEW_ADDRESS, timedelta(seconds=-1))
    response = browser.post(path)
    assert response.status_code == 410
    assert "This link has expired" in response.content.decode()
    assert address_of(reader)[0] == "ann.reader@example.org"


def moves_on(reader):
    confirm(ask_for(Reader.objects.get(pk=reader.pk), "ann@example.net").pk)


def waits(_reader):
    AddressChange.objects.update(confirmed_at=timezone.now() - timedelta(hours=2))


@pytest.mark.parametrize("meanwhile", [end_former_links, moves_on, waits])
def test_the_page_leads_to_the_preferences_only_at_first(reader, browser, meanwhile):
    change = ask_for(reader, "ann@example.com")
    assert "/preferences/" in browser.post(path_of(change)).content.decode()
    assert "/preferences/" in browser.get(path_of(change)).content.decode()
    meanwhile(reader)
    for page in (browser.get(path_of(change)), browser.post(path_of(change))):
        assert "/preferences/" not in page.content.decode()


def test_the_link_of_somebody_who_was_erased_does_nothing(reader, browser):
    change = ask_for(reader, "ann@example.com")
    path = path_of(change)
    erase(reader)
    assert "belongs to nobody" in browser.post(path).content.decode()
    assert confirm(change.pk) is None


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_the_same_address_at_once_one_gets_it(subscribe, twtw):
    readers = [subscribe(twtw, f"reader{number}@example.org").reader for number in range(2)]
    changes = [ask_for(reader, "shared@example.com") for reader in readers]
    outcomes = []
    ready = threading.Barrier(2)

    def press(change):
        ready.wait()
        try:
            outcomes.append(confirm(change.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[change]) for change in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome.name for outcome in outcomes) == ["CHANGED", "TAKEN"]
    assert Reader.objects.filter(key="shared@example.com").count() == 1
    assert ServiceMail.objects.filter(kind="address_changed").count() == 1


def test_no_old_list_brings_mail_back_to_an_address_that_was_given_up(twtw, subscribe):
    reader = subscribe(twtw, "former@example.org").reader
    change = ask_for(reader, "later@example.org")
    assert confirm(change.pk) == Confirmed.CHANGED
    with pytest.raises(SubscriberError, match="gave this address up"):
        add_reader(
            "former@example.org",
            [twtw],
            basis=Consent.Basis.CONSENT,
            source="an old list",
            by="An Editor",
        )
    # Its owner can, by moving back.
    back = ask_for(Reader.objects.get(), "former@example.org")
    assert confirm(back.pk) == Confirmed.CHANGED
    assert is_suppressed("former@example.org") is None
    assert is_suppressed("later@example.org").reason == Suppression.Reason.ERASED


def test_another_writing_of_the_same_address_tells_nobody_that_mail_goes_elsewhere(reader):
    change = ask_for(reader, "Ann.Reader@example.org")
    assert confirm(change.pk) == Confirmed.CHANGED
    assert address_of(reader) == ("Ann.Reader@example.org", "ann.reader@example.org")
    assert not ServiceMail.objects.filter(kind="address_changed").exists()
    assert is_suppressed("ann.reader@example.org") is None
