"""What a reader wants: to leave, to subscribe, or nothing that is clear enough."""

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.utils.translation import trans_real

from subscribers.inbound.reading import read_mail
from subscribers.inbound.wishes import Wish, named_in, wish_of
from subscribers.links import unsubscribe_url
from tests.subscribers.inbound.mails import mail

NAMES = ("The World This Week", "twtw", "GP Alerts", "gp-alerts")


class Publication:
    def __init__(self, name, slug):
        self.name, self.slug = name, slug


def understood(subject="", body="", **others):
    return wish_of(read_mail(mail(subject, body)), NAMES, **others)


def token(subscription=7):
    return unsubscribe_url(subscription).rstrip("/").rpartition("/")[2]


LEAVING = [
    ("unsubscribe", ""),
    ("UNSUBSCRIBE", ""),
    ("", "unsubscribe"),
    ("", "Please unsubscribe me from this list."),
    ("Hello", "Dear all,\n\nI get too much mail. Un-subscribe me, thanks\nAnn"),
    ("Unsubscribing", "Bye"),
    ("", "remove me"),
    ("", "Take me off your list!"),
    ("", "I want to opt out."),
    ("leave", ""),
    ("Please leave", ""),
    ("", "Leave."),
    ("", "Leave GP Alerts, please"),
    ("", "leave the mailing list"),
    ("", "STOP"),
    ("Remove", ""),
    ("Re: unsubscribe", ""),
    ("AW: Re[2]: Unsubscribe gp-alerts", ""),
    ("Re: TWTW #317: Subscribe to peace", "unsubscribe"),
    ("subscribe", "I mean: unsubscribe"),
    ("unsubscribe", "I never asked for this."),
    ("", "I did not subscribe to this. Unsubscribe me."),
    ("", "I keep getting your mails, unsubscribe me!"),
    ("unsubscribe 7.damaged", ""),
]
JOINING = [
    ("subscribe", ""),
    ("Subscribe", "Please."),
    ("", "I would like to subscribe to your weekly."),
    ("", "Please sign me up"),
    ("Re-subscribe", ""),
    ("join", ""),
    ("", "Join The World This Week"),
    ("Fwd: subscribe", ""),
]
NEITHER = [
    ("", ""),
    ("Hello", "What a good issue this was."),
    ("A question about my subscription", "When does it come?"),
    ("Re: Unsubscribe me, said the minister", "What a note!"),
    ("Fwd: How to subscribe", ""),
    ("", "I leave for Paris tomorrow, and join my family."),
    ("", "Leave it as it is."),
    ("", "Do not unsubscribe me."),
    ("", "Please don't ever unsubscribe me"),
    ("", "I don’t want to unsubscribe"),
    ("", "Do you not unsubscribe people?"),
    ("unsubscribe", "No: I want to stay subscribed"),
    ("", "Unsubscribe Bob, but keep me"),
    ("", "I do not want to subscribe"),
    ("", "See https://example.org/unsubscribe/ or unsubscribe@example.org"),
    ("", "> unsubscribe"),
    ("", "Unsubscribable, subscriber, leaves, rejoin, jointly"),
]


@pytest.mark.parametrize(("subject", "body"), LEAVING)
def test_a_wish_to_leave_is_understood(subject, body):
    assert understood(subject, body).wish is Wish.LEAVE


@pytest.mark.parametrize(("subject", "body"), JOINING)
def test_a_wish_to_subscribe_is_understood(subject, body):
    assert understood(subject, body).wish is Wish.JOIN


@pytest.mark.parametrize(("subject", "body"), NEITHER)
def test_in_doubt_nothing_is_understood(subject, body):
    assert understood(subject, body).wish is Wish.NONE


WITH_TOKEN = ["unsubscribe {}", "Unsubscribe: {}", "unsubscribe%20{}", "Re: unsubscribe  {}."]


@pytest.mark.parametrize("form", WITH_TOKEN)
@pytest.mark.parametrize("where", ["subject", "body"])
def test_a_token_names_its_subscription(form, where):
    if where == "body":
        form = form.removeprefix("Re: ")
    found = understood(**{where: form.format(token(7))})
    assert (found.wish, found.subscription) == (Wish.LEAVE, 7)


def test_a_token_is_read_from_a_subject_that_was_folded_or_encoded():
    folded = f"unsubscribe\r\n {token()}"
    first, second = (part.replace("_", "=5F") for part in (token()[:20], token()[20:]))
    encoded = f"=?utf-8?q?unsubscribe_{first}?=\r\n =?utf-8?q?{second}?="
    for subject in (folded, encoded):
        assert understood(subject).subscription == 7


def test_a_token_that_is_none_leaves_the_word_alone():
    for wrong in (token()[:-1] + ("A" if token()[-1] != "A" else "B"), token()[:-1], "7."):
        found = understood(f"unsubscribe {wrong}")
        assert (found.wish, found.subscription) == (Wish.LEAVE, None)
    assert understood("", token()).wish is Wish.NONE


def test_of_a_machines_mail_only_a_token_in_its_subject_counts():
    found = understood(f"unsubscribe {token()}", "Do not unsubscribe me", automatic=True)
    assert (found.wish, found.subscription) == (Wish.LEAVE, 7)
    for subject, body in (
        ("unsubscribe", "unsubscribe"),
        ("", f"unsubscribe {token()}"),
        ("subscribe", ""),
        (f"Undelivered: unsubscribe {token()}", ""),
    ):
        assert understood(subject, body, automatic=True).wish is Wish.NONE


@pytest.fixture
def german(settings, tmp_path, monkeypatch):
    """A newsroom that has translated the two words."""
    catalog = Catalog(locale="de")
    catalog.add("unsubscribe", "abmelden", context="what a reader writes in a mail")
    catalog.add("subscribe", "anmelden", context="what a reader writes in a mail")
    file = tmp_path / "de" / "LC_MESSAGES" / "django.mo"
    file.parent.mkdir(parents=True)
    with file.open("wb") as stream:
        write_mo(stream, catalog)
    settings.LOCALE_PATHS = [tmp_path]
    settings.READERS_LANGUAGE = "de"
    monkeypatch.setattr(trans_real, "_translations", {})


@pytest.mark.usefixtures("german")
def test_readers_may_write_the_words_of_their_own_language_or_the_english_ones():
    assert understood("Bitte abmelden").wish is understood("unsubscribe").wish is Wish.LEAVE
    assert understood("Anmelden").wish is understood("subscribe").wish is Wish.JOIN
    assert understood("Angemeldet").wish is Wish.NONE


def test_publications_are_named_by_name_or_address_however_they_are_written():
    weekly, alerts = (
        Publication("The World This Week", "twtw"),
        Publication("GP Alerts", "gp-alerts"),
    )
    africa = Publication("GP Alerts Africa", "africa")
    every = [weekly, alerts, africa]
    assert named_in("leave the  WORLD this\nweek!", every) == [weekly]
    assert named_in("subscribe TWTW", every) == [weekly]
    assert named_in("“GP-Alerts”, please", every) == [alerts]
    assert named_in("GP Alerts Africa", every) == [africa]
    assert set(named_in("gp alerts and gp alerts africa, twtw, twtw", every)) == set(every)
    assert named_in("twtwx the world last week", every) == []
    assert named_in("", [Publication("…", "-")]) == []
