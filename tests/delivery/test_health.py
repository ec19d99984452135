"""The health of a list: what became of its mailings, how old it is, and who gets nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from delivery.health import Age, Unconfirmed, ages, suppressed, unconfirmed
from delivery.models import Chunk, Recipient
from delivery.rates import LATEST, latest_rates, readers_turned_away, sizes_of, went_wrong
from delivery.states import WENT_WRONG, ChunkState, Outcome
from subscribers.models import Subscription, Suppression
from subscribers.signing_up import sign_up
from subscribers.suppressing import suppress
from tests.delivery.bounces import NOW, mailed

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(alerts, write_note):
    """Mails an alert; each with what became of the copies, in turn."""
    notes = iter(range(1000))

    def make(subscriptions, *outcomes, days_ago=1):
        note = write_note("Subject", f"Claim {next(notes)}", publication=alerts)
        found = [*outcomes, *[Outcome.DELIVERED] * (len(subscriptions) - len(outcomes))]
        return mailed(alerts, note, dict(zip(subscriptions, found, strict=True)), days_ago=days_ago)

    return make


def test_rates_are_of_the_accepted_copies(alerts, readers, send):
    own = readers(20)
    mailing = send(own, Outcome.BLOCKED, Outcome.BOUNCED, Outcome.COMPLAINED)
    Chunk.objects.filter(mailing=mailing).update(size=16)
    Chunk.objects.create(mailing=mailing, number=2, size=4, state=ChunkState.REJECTED)
    (rates,) = latest_rates(alerts)
    assert (rates.frozen, rates.accepted) == (20, 16)
    assert (rates.blocked, rates.bounced, rates.complained) == (1, 1, 1)
    assert (rates.acceptance, rates.turned_away, rates.complaints) == (0.8, 2 / 16, 1 / 16)


def test_what_was_withdrawn_is_not_accepted_and_what_was_proved_is(alerts, readers, send):
    mailing = send(readers(10))
    chunk = Chunk.objects.get()
    Chunk.objects.filter(pk=chunk.pk).update(withdrawn=3, proved=2)
    assert sizes_of([mailing.pk]) == {mailing.pk: (10, 7)}


def test_the_latest_mailings_of_the_publication_the_newest_first(alerts, twtw, readers, send):
    own = readers(1)
    for days in range(LATEST + 2):
        send(own, days_ago=days)
    send([], days_ago=0)
    found = latest_rates(alerts)
    assert len(found) == LATEST - 1
    days = [(NOW - one.mailing.frozen_at).days for one in found]
    assert days == sorted(days)
    assert latest_rates(twtw) == []


def test_a_mailing_to_nobody_has_no_rates(alerts, send):
    send([])
    assert latest_rates(alerts) == []


def test_however_many_mailings_it_is_three_queries(alerts, readers, send):
    own = readers(3)
    for days in range(4):
        send(own, Outcome.BOUNCED, days_ago=days)
    with CaptureQueriesContext(connection) as asked:
        latest_rates(alerts)
    assert len(asked) == 3


def test_what_went_wrong_is_read_from_its_own_index(alerts, readers, send):
    mailing = send(readers(6), *WENT_WRONG)
    assert went_wrong([mailing.pk]) == {(mailing.pk, outcome.value): 1 for outcome in WENT_WRONG}
    assert went_wrong([]) == {}
    if connection.vendor != "sqlite":
        return
    with CaptureQueriesContext(connection) as asked:
        went_wrong([mailing.pk])
        readers_turned_away([mailing.pk])
    with connection.cursor() as cursor:
        for query in asked:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plan = " ".join(row[3] for row in cursor.fetchall())
            assert "USING INDEX what_went_wrong" in plan or "COVERING INDEX what_went" in plan


def test_readers_turned_away_are_those_that_are_not_suppressed_yet(alerts, readers, send):
    own = readers(4)
    mailing = send(own, Outcome.BLOCKED, Outcome.BOUNCED, Outcome.DROPPED)
    assert readers_turned_away([mailing.pk]) == sorted(one.reader_id for one in own[:2])
    suppress(own[0].reader.address, Suppression.Reason.BLOCKED)
    assert readers_turned_away([mailing.pk]) == [own[1].reader_id]
    Recipient.objects.filter(subscription=own[1]).update(subscription=None)
    assert readers_turned_away([mailing.pk]) == []


def test_the_age_of_a_list_is_told_in_years(alerts, readers):
    now = timezone.now()
    own = readers(6)
    for one, years in zip(own, (0, 0.9, 1.1, 4, 7, 20), strict=True):
        moment = now - timedelta(days=365.25 * years)
        Subscription.objects.filter(pk=one.pk).update(confirmed_at=moment)
    found = ages(alerts, now)
    assert found == [
        Age(0, 1, 2),
        Age(1, 2, 1),
        Age(2, 3, 0),
        Age(3, 5, 1),
        Age(5, 10, 1),
        Age(10, None, 1),
    ]
    assert [age.name for age in found][::5] == ["less than a year", "10 and more"]
    assert found[1].name == "1 to 2 years"


def test_who_has_not_confirmed_and_who_is_still_to_be_asked(alerts, twtw, subscribe):
    for name in ("ada", "bo"):
        sign_up(f"{name}@example.org", [alerts], form="page", source="the page")
    asked = Subscription.objects.get(reader__key="ada@example.org").sign_ups.get()
    asked.mails.update(state="sent", ended_at=NOW)
    subscribe(alerts, "cy@example.org", state="pending")
    subscribe(alerts, "di@example.org")
    subscribe(twtw, "ed@example.org", state="pending")
    assert unconfirmed(alerts) == Unconfirmed(readers=3, to_be_asked=1)


def test_the_suppressed_are_counted_by_reason_if_they_have_not_left(alerts, readers):
    own = readers(4)
    for one, reason in zip(own, ("bounced", "complained", "bounced"), strict=False):
        suppress(one.reader.address, Suppression.Reason(reason))
    suppress("nobody@example.org", Suppression.Reason.BLOCKED)
    Subscription.objects.filter(pk=own[2].pk).update(state="ended", ended_at=NOW)
    assert suppressed(alerts) == {"bounced": 1, "complained": 1}
