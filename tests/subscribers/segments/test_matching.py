"""Whom a sentence means: the database is asked, and what was typed is only ever a value."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings

from delivery.freezing import start_alert_mailing
from delivery.transports.outbox import Outbox
from subscribers.models import Consent, Reader, Subscription, Suppression
from subscribers.reconfirming import silent_readers
from subscribers.segments import matching, parse
from tests.subscribers.segments.strategies import parts

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(alerts, subscribe):
    """Makes a reader of the alerts who is known by a name."""

    def make(name, *, regions=(), joined=None, source="", **about):
        subscription = subscribe(alerts, f"{name}@example.org")
        for region in regions:
            subscription.reader.regions.create(region=region)
        if joined:
            Subscription.objects.filter(pk=subscription.pk).update(confirmed_at=joined)
        if about:
            Reader.objects.filter(pk=subscription.reader_id).update(**about)
        if source:
            Consent.objects.create(
                subscription=subscription, act="given", source=source, at=timezone.now()
            )
        return subscription

    return make


def meant(publication, sentence):
    found = matching(publication, sentence).order_by("reader__key")
    return [key.partition("@")[0] for key in found.values_list("reader__key", flat=True)]


def test_an_empty_sentence_means_everybody_of_the_publication(alerts, twtw, reader, subscribe):
    reader("anna")
    subscribe(alerts, "gone@example.org", state="ended")
    subscribe(twtw, "weekly@example.org")
    assert meant(alerts, "") == ["anna", "gone"]


def test_regions(alerts, reader):
    reader("anna", regions=["africa", "europe"])
    reader("ben", regions=["middle-east"])
    reader("carl")
    assert meant(alerts, "region Africa") == ["anna"]
    assert meant(alerts, "region Africa or Middle East") == ["anna", "ben"]
    assert meant(alerts, "region Africa or none") == ["anna", "carl"]
    assert meant(alerts, "not region Europe") == ["ben", "carl"]
    assert meant(alerts, "region Africa, not region Europe") == []


def test_joining_by_the_publications_calendar(alerts, reader, subscribe):
    # In Kolkata a new year has begun.
    reader("anna", joined=datetime(2024, 12, 31, 19, 0, tzinfo=UTC))
    reader("ben", joined=datetime(2024, 12, 31, 18, 0, tzinfo=UTC))
    reader("carl", joined=timezone.now() - timedelta(days=80))
    subscribe(alerts, "pending@example.org", state="pending")
    assert meant(alerts, "joined since 1 January 2025") == ["anna", "carl"]
    assert meant(alerts, "joined in 2024") == ["ben"]
    assert meant(alerts, "joined before 1 January 2025") == ["ben"]
    assert meant(alerts, "joined in the last 90 days") == ["carl"]
    assert meant(alerts, "not joined in the last 90 days") == ["anna", "ben", "pending"]


def test_what_else_they_get(alerts, twtw, reader, subscribe):
    for name, state in (("anna", "confirmed"), ("ben", "ended"), ("carl", "pending")):
        reader(name)
        subscribe(twtw, f"{name}@example.org", state=state)
    assert meant(alerts, "gets twtw") == ["anna"]
    assert meant(alerts, "does not get twtw") == ["ben", "carl"]


def test_who_was_heard_from_and_who_is_silent(alerts, reader):
    now = timezone.now()
    years = {number: now - timedelta(days=366 * number) for number in (1, 3)}
    reader("lately", heard_from_at=years[1], joined=years[3])
    reader("long-ago", heard_from_at=years[3], joined=years[3])
    reader("never", heard_from_at=None, joined=years[3])
    reader("new", heard_from_at=None, joined=years[1])
    agreed = reader("agreed", heard_from_at=None, joined=years[3])
    Consent.objects.create(subscription=agreed, act="given", source="a form", at=years[1])
    assert meant(alerts, "heard from in the last 2 years") == ["lately"]
    assert meant(alerts, "silent for 2 years") == ["long-ago", "never"]
    assert meant(alerts, "not silent for 2 years") == ["agreed", "lately", "new"]
    asked = silent_readers(alerts, now - timedelta(days=731))
    assert set(asked) == set(matching(alerts, "silent for 731 days"))


def test_who_bounced(alerts, twtw, reader, subscribe, tmp_path, write_note):
    for name in ("anna", "ben", "carl"):
        reader(name)
    sister = type(alerts).objects.create(
        slug="sister", name="Sister", short_name="S", sender_address="s@example.org", numbered=False
    )
    subscribe(sister, "ben@example.org")
    mailing = start_alert_mailing(sister, write_note(publication=sister), Outbox(tmp_path))
    mailing.recipients.update(outcome="bounced")
    Suppression.objects.create(key="carl@example.org", reason="bounced")
    assert meant(alerts, "never bounced") == ["anna"]
    assert meant(alerts, "bounced") == ["ben", "carl"]


def test_where_they_come_from(alerts, reader):
    reader("anna", source="The Spring Conference, 2024")
    reader("ben", source="100% of the lunch_list!")
    taken_back = reader("carl", source="a form")
    Consent.objects.create(
        subscription=taken_back, act="withdrawn", source="spring", at=timezone.now()
    )
    assert meant(alerts, 'source "spring conf"') == ["anna"]
    assert meant(alerts, 'source "%"') == ["ben"]
    assert meant(alerts, 'source "lunch_list!"') == ["ben"]
    assert meant(alerts, 'source "h_lunch"') == []


@pytest.mark.parametrize("text", ["'; DROP TABLE subscribers_reader; --", "%s %(x)s", "\\", "{0}"])
def test_what_is_typed_is_a_value_and_no_sql(alerts, reader, text):
    reader("anna", source=f"before {text} after")
    reader("ben", source="another")
    assert meant(alerts, f'source "{text}"') == ["anna"]
    condition = parse(f'source "{text}"').sql(timezone.now())
    assert text not in condition.sql


@given(part=parts())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_of_every_clause_and_its_opposite_exactly_one_holds(part, alerts, twtw, subscribe):
    for number, state in enumerate(("confirmed", "pending", "ended")):
        key = f"reader{number}@example.org"
        if not Reader.objects.filter(key=key).exists():
            subscription = subscribe(alerts, key, state=state)
            subscription.reader.regions.create(region="africa")
    everybody = set(matching(alerts, ""))
    said = type(part)(part.clause, part.value, negated=False)
    opposite = type(part)(part.clause, part.value, negated=True)
    holds, not_so = set(matching(alerts, str(said))), set(matching(alerts, str(opposite)))
    assert holds | not_so == everybody
    assert not holds & not_so
