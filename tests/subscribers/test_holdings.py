"""What is held about a reader, all of it, and of nobody else."""

import json
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from delivery.freezing import start_alert_mailing
from delivery.models import Chunk, ProviderEvent, Recipient
from subscribers.address_changing import ask_for
from subscribers.holdings import held_about
from subscribers.leaving import end_subscription, give_reason
from subscribers.links import preferences_url
from subscribers.models import Consent, ReaderChange, Reconfirmation, ReconfirmationAsk
from subscribers.preferences import choose_regions, pause, take_up
from subscribers.suppressing import suppress
from subscribers.wordings import wording_of
from tests.delivery.conftest import Pigeon

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(subscribe, twtw, alerts):
    subscription = subscribe(twtw, "ann.reader@example.org", name="Ann Reader")
    subscribe(alerts, "ann.reader@example.org")
    Consent.objects.create(
        subscription=subscription,
        act="given",
        source="the form on the page",
        form="page",
        at=datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC),
        asked_at=datetime(2025, 1, 1, tzinfo=UTC),
        wording=wording_of("I agree to get it."),
        network="n" * 64,
        by="Ed Editor",
    )
    return subscription.reader


@pytest.fixture
def furnished(reader, subscribe, twtw, alerts, write_note):
    """The same with something in every place, and a stranger with the same."""
    stranger = subscribe(twtw, "stranger@example.org", name="Stranger").reader
    subscribe(alerts, "stranger@example.org")
    mailing = start_alert_mailing(
        alerts, write_note("Mali", "A claim", publication=alerts), Pigeon(chunk_size=10)
    )
    for one in (stranger, reader):
        subscription = one.subscriptions.get(publication=twtw)
        end_subscription(subscription.pk, "unsubscribe link", "m" * 64)
        give_reason(subscription.pk, "other", f"Words of {one.name}")
        take_up(one, twtw, "s" * 64)
        pause(one, 2, "p" * 64)
        choose_regions(one, ["africa", "europe"])
        ask_for(one, f"new.{one.name.split()[0].lower()}@example.com")
        suppress(one.address, "blocked", "event: blocked")
        run = Reconfirmation.objects.create(
            publication=alerts if one is reader else twtw,
            silent_since=timezone.now(),
            deadline=timezone.now(),
            begun_by="Ed Editor",
        )
        ReconfirmationAsk.objects.create(
            run=run, subscription=one.subscriptions.last(), asked_at=timezone.now()
        )
    own = Recipient.objects.get(mailing=mailing, subscription__reader=reader)
    ProviderEvent.objects.create(
        recipient=own,
        kind="bounce",
        at=timezone.now(),
        reason="550 no such user",
        received_at=timezone.now(),
        provider_id="1",
        fingerprint="1",
    )
    return reader


def test_everything_is_in_it(furnished):
    held = held_about(furnished)
    assert (held["address"], held["name"]) == ("ann.reader@example.org", "Ann Reader")
    assert held["paused_until"].endswith("T23:59:59+00:00")
    assert held["regions_of_interest"] == ["Africa", "Europe"]
    assert held["must_not_be_mailed"]["source"] == "event: blocked"
    weekly, alerts = held["subscriptions"]
    assert (weekly["publication"], weekly["state"]) == ("The World This Week", "unsubscribed")
    given, withdrawn = weekly["consents"]
    assert given["what_you_were_shown"] == "I agree to get it."
    assert given["at"] == "2025-01-02T03:04:05+00:00"
    assert given["written_down_by"] == "the newsroom"
    assert withdrawn["your_words"] == "Words of Ann Reader"
    assert alerts["consents"] == []
    (asked,) = held["sign_ups"]
    assert asked["publications"] == ["The World This Week"]
    assert "By pressing the button" in asked["what_you_were_shown"]
    assert [change["what"] for change in held["changes"]] == ["paused", "preferences"]
    assert {change["by"] for change in held["changes"]} == {"you"}
    assert [one["address"] for one in held["changes_of_address"]] == ["new.ann@example.com"]
    assert len(held["asked_whether_you_want_to_stay"]) == 1
    assert [one["what"] for one in held["mails_to_you_alone"]] == [
        "asks to confirm a sign-up",
        "asks to confirm a new address, at it",
    ]
    (mailing,) = held["mailings"]
    assert mailing["publication"] == "GP Alerts"
    assert mailing["your_copy"] == "pending"
    assert mailing["reported"][0]["reason"] == "550 no such user"
    networks = {row["network"] for row in (given, withdrawn, asked, held["changes"][0])}
    assert networks == {letter * 64 for letter in "nmsp"}
    assert "keyed hash" in held["networks"]


def test_nothing_of_anybody_else_and_of_the_newsrooms_people_is_in_it(furnished):
    said = json.dumps(held_about(furnished))
    assert "tranger" not in said
    assert "Ed Editor" not in said


@pytest.mark.parametrize(
    ("row", "chunk", "said"),
    [
        ({"chunk_number": None, "exclusion": "paused"}, {}, "none was made: paused"),
        ({"withdrawal": "suppressed"}, {}, "not sent: suppressed since the freeze"),
        ({"outcome": "delivered"}, {}, "taken by the reader's server"),
        ({}, {"state": "withdrawn"}, "withdrawn"),
    ],
)
def test_what_became_of_each_copy_is_said(furnished, row, chunk, said):
    Recipient.objects.filter(subscription__reader=furnished).update(**row)
    if chunk:
        Chunk.objects.update(**chunk)
    assert held_about(furnished)["mailings"][0]["your_copy"] == said


def test_it_takes_a_few_questions_however_much_is_held(furnished, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        held_about(furnished)


# The page, and the file --------------------------------------------------------------------------


@pytest.fixture
def path(furnished):
    return f"{urlsplit(preferences_url(furnished.subscriptions.last().pk)).path}held/"


def test_the_page_shows_it(path, furnished):
    response = Client().get(path)
    page = response.content.decode()
    assert response["Cache-Control"] == "no-store"
    for words in (
        "ann.reader@example.org",
        "I agree to get it.",
        "Words of Ann Reader",
        "new.ann@example.com",
        "Mali",
        "n" * 64,
        "2 January 2025, 03:04 UTC",
    ):
        assert words in page
    assert not ReaderChange.objects.filter(kind="downloaded").exists()


def test_the_file_is_the_same_as_json_and_that_it_was_taken_is_noted(path, furnished):
    response = Client(enforce_csrf_checks=True).post(path)
    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"] == 'attachment; filename="what-we-hold-about-you.json"'
    assert response["Cache-Control"] == "no-store"
    held = json.loads(response.content)
    furnished.refresh_from_db()
    now = json.loads(json.dumps(held_about(furnished)))
    assert {**held, "made_at": ""} == {**now, "made_at": ""}
    assert held["changes"][-1]["what"] == "downloaded"
