"""Erasing: everything of a reader goes, and nobody brings them back but themselves."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from delivery.claiming import claim_next_chunk
from delivery.counting import counts
from delivery.freezing import start_alert_mailing
from delivery.models import Mailing, Recipient
from delivery.suppression_lists import Pushed, pull, push
from delivery.transports.sendgrid_calls import Calls
from issues.models import Edition, Issue
from subscribers.address_changing import ask_for
from subscribers.erased import (
    is_suppressed,
    keep_away,
    let_back,
    stand_in,
    stand_ins,
    suppressed_among,
)
from subscribers.erasing import erase
from subscribers.leaving import end_subscription
from subscribers.links import preferences_url, unsubscribe_url
from subscribers.models import Consent, Reader, ServiceMail, Subscription, Suppression
from subscribers.preferences import choose_regions, pause, take_up
from subscribers.suppressing import suppress, suppress_all
from subscribers.wordings import wording_of
from tests.delivery.conftest import Pigeon
from tests.standins.sendgrid import KEY, StandIn

pytestmark = pytest.mark.django_db

ADDRESS = "ann.reader@example.org"
Reason = Suppression.Reason
OWN_TABLES = list(apps.get_app_config("subscribers").get_models(include_auto_created=True))


@pytest.fixture
def reader(subscribe, twtw):
    return subscribe(twtw, ADDRESS, name="Ann Reader").reader


@pytest.fixture
def busy_reader(reader, alerts, subscribe):
    """One of whom there is a row in every table that readers have."""
    subscription = reader.subscriptions.get()
    Consent.objects.create(
        subscription=subscription,
        act="given",
        source="form",
        at=timezone.now(),
        wording=wording_of("I agree"),
    )
    end_subscription(subscription.pk, "unsubscribe link")
    take_up(reader, alerts)
    pause(reader, 2)
    choose_regions(reader, ["africa"])
    ask_for(reader, "ann@example.com")
    return reader


# What goes, and what stays -----------------------------------------------------------------------


def test_everything_goes_and_a_mark_from_which_nobody_reads_the_address_stays(busy_reader):
    erase(busy_reader)
    left = {model.__name__: model.objects.count() for model in OWN_TABLES}
    # The words of a form are nobody's, and what was counted is counted by keyed hashes.
    kept = {"Wording", "Tally", "Suppression", "ServiceMail"}
    assert {name for name, count in left.items() if count} == kept
    assert list(Suppression.objects.values_list("key", "reason", "source")) == [
        (stand_in(ADDRESS), "erased", "erased by the reader")
    ]
    with connection.cursor() as cursor:
        for model in OWN_TABLES:
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            held = [row for row in cursor.fetchall() if "ann" in str(row).lower()]
            # The last mail has it until it has left.
            assert len(held) == (model is ServiceMail)


def test_one_last_mail_says_so(reader, twtw):
    erase(reader, by="Ed Editor")
    mail = ServiceMail.objects.get()
    assert (mail.kind, mail.reader, mail.address, mail.publication) == (
        "erased",
        None,
        ADDRESS,
        twtw,
    )
    assert Suppression.objects.get().source == "erased by Ed Editor"


def test_to_erase_again_changes_nothing(reader):
    again = Reader.objects.get(pk=reader.pk)
    erase(reader)
    erase(again)
    assert Suppression.objects.count() == ServiceMail.objects.count() == 1


def test_nobody_else_goes_with_them(subscribe, twtw, alerts):
    aaron = subscribe(alerts, "aaron@example.org")
    reader = subscribe(twtw, ADDRESS).reader
    cem = subscribe(alerts, "cem@example.org")
    erase(reader)
    assert set(Subscription.objects.all()) == {aaron, cem}
    assert set(Reader.objects.all()) == {aaron.reader, cem.reader}
    mail = ServiceMail.objects.get()
    assert (mail.address, mail.publication) == (ADDRESS, twtw)


def test_who_gets_nothing_any_more_is_told_by_the_newsroom(db):
    erase(Reader.objects.create(address=ADDRESS))
    assert not Reader.objects.exists()
    assert ServiceMail.objects.get().publication is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Reason.COMPLAINED, Reason.COMPLAINED),
        (Reason.BOUNCED, Reason.BOUNCED),
        (Reason.BY_REQUEST, Reason.BY_REQUEST),
    ],
)
def test_a_weightier_reason_outlives_the_erasing_and_the_address_does_not(reader, before, after):
    suppress(ADDRESS, before, "event: bounce")
    Suppression.objects.update(pushed_at=datetime(2025, 1, 1, tzinfo=UTC))
    erase(reader)
    kept = Suppression.objects.get()
    assert (kept.key, kept.reason, kept.source) == (stand_in(ADDRESS), after, "event: bounce")
    assert kept.pushed_at == datetime(2025, 1, 1, tzinfo=UTC)


def test_who_came_back_and_is_erased_again_has_one_mark(reader, subscribe, twtw, settings):
    settings.SECRET_KEY = "the key of that year"
    told = datetime(2025, 1, 1, tzinfo=UTC)
    Suppression.objects.create(
        key=stand_in(ADDRESS), reason=Reason.COMPLAINED, source="event", pushed_at=told
    )
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the key of today"
    suppress("bob@example.org", Reason.BOUNCED)
    Suppression.objects.create(key=ADDRESS, reason=Reason.BOUNCED, source="list")
    erase(reader)
    assert set(Suppression.objects.values_list("key", "reason", "pushed_at")) == {
        (stand_in(ADDRESS), "complained", told),
        ("bob@example.org", "bounced", None),
    }


# The ledger --------------------------------------------------------------------------------------


@pytest.fixture
def mailing(write_note, alerts, subscribe):
    """An alert to three readers, frozen; nothing of it has left."""
    for name in ("ann.reader", "bob", "cem"):
        subscribe(alerts, f"{name}@example.org")
    return start_alert_mailing(
        alerts, write_note("Mali", "A claim", publication=alerts), Pigeon(chunk_size=10)
    )


def test_a_mailing_under_way_leaves_out_who_is_erased_and_counts_on(mailing):
    erase(Reader.objects.get(key=ADDRESS))
    claimed = claim_next_chunk(mailing, "worker", timedelta(minutes=1))
    assert [address for _, _, address, *_ in claimed.recipients] == [
        "bob@example.org",
        "cem@example.org",
    ]
    gone = Recipient.objects.get(subscription=None)
    assert gone.withdrawal == "erased"
    now = counts(mailing)
    assert (now.frozen, now.withdrawn) == (3, 1)


def test_a_click_between_the_freeze_and_the_call_takes_the_copy_back(mailing):
    subscription = Subscription.objects.get(reader__key=ADDRESS)
    path = urlsplit(unsubscribe_url(subscription.pk)).path
    body = b"List-Unsubscribe=One-Click"
    assert Client().generic("POST", path, body, "text/plain").status_code == 200
    claimed = claim_next_chunk(mailing, "worker", timedelta(minutes=1))
    assert len(claimed.recipients) == 2
    assert Recipient.objects.get(subscription=subscription).withdrawal == "unsubscribed"


@pytest.mark.parametrize("many", [1, 1000])
def test_a_thousand_mailings_take_no_more_statements_than_one(reader, twtw, many):
    issue = Issue.objects.create(
        publication=twtw, volume=twtw.volumes.get(number=7), date=date(2025, 6, 29)
    )
    editions = Edition.objects.bulk_create(
        Edition(publication=twtw, issue=issue, subject="s", html="", text="", content={})
        for _ in range(many)
    )
    mailings = Mailing.objects.bulk_create(
        Mailing(edition=edition, transport="outbox", chunk_size=1) for edition in editions
    )
    subscription = reader.subscriptions.get()
    Recipient.objects.bulk_create(
        Recipient(mailing=mailing, subscription=subscription, chunk_number=1)
        for mailing in mailings
    )
    with CaptureQueriesContext(
        connection,
    ) as queries:
        erase(reader)
    assert Recipient.objects.filter(subscription=None).count() == many
    assert len(queries) < 40


# Nobody is brought back, nobody written down again ------------------------------------------------


def test_what_is_said_of_the_address_later_is_noted_with_the_mark(reader):
    erase(reader)
    assert not suppress("Ann.Reader@Example.org", Reason.COMPLAINED, "event: spamreport")
    suppress_all([(ADDRESS, Reason.BOUNCED, "a list"), ("bob@example.org", Reason.BOUNCED, "")])
    assert set(Suppression.objects.values_list("key", "reason", "source")) == {
        (stand_in(ADDRESS), "complained", "event: spamreport"),
        ("bob@example.org", "bounced", ""),
    }


def test_a_changed_secret_key_forgets_nobody_who_was_erased(reader, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "first", []
    erase(reader)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "third", ["second", "first"]
    assert len(set(stand_ins(ADDRESS))) == 3
    assert is_suppressed(ADDRESS) is not None
    suppress(ADDRESS, Reason.BOUNCED)
    assert Suppression.objects.get().reason == "bounced"
    settings.SECRET_KEY_FALLBACKS = []
    assert is_suppressed(ADDRESS) is None


def test_who_comes_back_takes_their_own_mark_away_and_no_weightier_one(db):
    for address in (ADDRESS, "bob@example.org"):
        keep_away(address, "moved")
    let_back(ADDRESS)
    assert is_suppressed(ADDRESS) is None
    assert is_suppressed("bob@example.org").source == "moved"
    Suppression.objects.create(key=stand_in(ADDRESS), reason=Reason.COMPLAINED)
    keep_away(ADDRESS, "moved")
    let_back(ADDRESS)
    assert is_suppressed(ADDRESS).reason == Reason.COMPLAINED


def test_a_mark_says_nothing_and_is_no_address():
    assert stand_in("a@example.org") != stand_in("b@example.org")
    assert stand_in("a@example.org") == stand_ins("a@example.org")[0]
    assert len(stand_in("a@example.org")) == 65
    assert is_suppressed("a@example.org") is None


def test_many_are_looked_up_in_one_question_for_two_thousand(django_assert_num_queries):
    suppress("plain@example.org", Reason.BOUNCED)
    Suppression.objects.create(key=stand_in("gone@example.org"), reason=Reason.ERASED)
    Suppression.objects.create(key=stand_in("plain@example.org"), reason=Reason.ERASED)
    keys = [f"reader{number}@example.org" for number in range(3990)]
    wanted = [*keys, "plain@example.org", "gone@example.org", "gone@example.org"]
    with django_assert_num_queries(2):
        found = suppressed_among(iter(wanted))
    assert {key: row.reason for key, row in found.items()} == {
        "plain@example.org": "bounced",
        "gone@example.org": "erased",
    }


@pytest.fixture
def standin(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with StandIn() as server:
        yield server


def test_the_provider_is_told_no_mark_and_its_lists_bring_no_address_back(reader, standin):
    erase(reader)
    suppress("#odd@example.org", Reason.BOUNCED)
    calls = Calls(KEY, standin.url, 20)
    assert push(calls) == Pushed(told=1, left_out=0)
    standin.suppress("spam_reports", ADDRESS)
    assert [one.new for one in pull(calls)] == [0, 0, 0, 0]
    assert set(Suppression.objects.values_list("key", "reason")) == {
        (stand_in(ADDRESS), "complained"),
        ("#odd@example.org", "bounced"),
    }


# The page ----------------------------------------------------------------------------------------


def test_the_page_asks_once_and_the_button_erases(reader):
    browser = Client(enforce_csrf_checks=True)
    path = f"{urlsplit(preferences_url(reader.subscriptions.get().pk)).path}erase/"
    page = browser.get(path).content.decode()
    assert "What stays" in page
    assert ADDRESS not in page
    assert browser.post(path).status_code == 400  # not its own button
    assert Reader.objects.exists()
    response = browser.post(path, {"do": "erase"})
    assert "Everything was erased" in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert not Reader.objects.exists()
    for again in (browser.get(path), browser.post(path, {"do": "erase"})):
        assert "belongs to nobody" in again.content.decode()
