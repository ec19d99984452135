"""Growth and health at the desk: the same numbers in a picture and in a table."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from desk.readers.health import charts_of
from subscribers.growth import Week
from subscribers.models import Consent, Reader, Subscription
from subscribers.suppressing import suppress
from tests.delivery.bounces import mailed

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def joined(twtw, subscribe):
    """A reader who joined some days ago, and perhaps left again."""

    def make(address, days, *, left=None, reason="", words="", publication=twtw):
        own = subscribe(publication, address)
        at = NOW - timedelta(days=days)
        Subscription.objects.filter(pk=own.pk).update(confirmed_at=at)
        Consent.objects.create(subscription=own, act="given", source="The page", at=at)
        if left is not None:
            ended = NOW - timedelta(days=left)
            Subscription.objects.filter(pk=own.pk).update(state="ended", ended_at=ended)
            Consent.objects.create(
                subscription=own,
                act="withdrawn",
                source="a link",
                at=ended,
                reason=reason,
                words=words,
            )
        return own

    return make


def shown(client, **query):
    response = client.get(reverse("reader_health:index"), query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split()), response.context


def test_a_newsroom_without_readers_is_shown(people, twtw):
    page, context = shown(people.eve)
    assert "Readers of The World This Week: 0" in page
    assert "Nobody has joined since then." in page
    assert "There was no mailing yet." in page
    assert len(context["weeks"]) == 26


def test_the_table_and_the_charts_have_the_same_numbers(people, twtw, joined):
    for place in range(3):
        joined(f"old{place}@example.org", 60)
    joined("gone@example.org", 60, left=20)
    suppressed = joined("bounced@example.org", 60)
    suppress(suppressed.reader.address, "bounced")
    page, context = shown(people.paul)
    changes, totals = context["charts"]
    assert "5 joined, 1 left, 1 bounced or were suppressed." in changes.description
    assert totals.description.endswith("3 now.")
    weeks = [week for _, week in context["weeks"]]
    assert sum(week.joined for week in weeks) == 5
    assert sum(week.left for week in weeks) == sum(week.suppressed for week in weeks) == 1
    assert weeks[0].total == context["readers"] == 3
    assert page.count("<rect") == 3
    assert page.count('role="img"') == 2


def test_another_publication_and_period_are_chosen_in_the_address(people, twtw, alerts, joined):
    joined("ada@example.org", 300, publication=alerts)
    for query, weeks in (({"weeks": "52"}, 52), ({"weeks": "all"}, 1), ({"weeks": "x"}, 26)):
        _, context = shown(people.eve, **query)
        assert context["publication"] == twtw
        assert len(context["weeks"]) == weeks
    page, context = shown(people.eve, publication="gp-alerts", weeks="all")
    assert context["publication"] == alerts
    assert len(context["weeks"]) in (43, 44)
    assert '?publication=gp-alerts&amp;weeks=all" aria-current="page"' in page
    shown(people.eve, publication="\0", weeks="\0")


def test_many_years_are_told_in_stretches(people, twtw, joined):
    joined("ada@example.org", 7 * 365)
    page, context = shown(people.eve, weeks="all")
    assert len(context["weeks"]) <= 104
    assert "in stretches of 4 weeks" in page
    assert sum(week.joined for _, week in context["weeks"]) == 1


def test_why_they_left_is_told_without_their_names(people, twtw, joined):
    joined("ada@example.org", 60, left=3, reason="too much", words="Ask bo@example.org <i>why</i>")
    page, _ = shown(people.eve)
    assert "<q>Ask … &lt;i&gt;why&lt;/i&gt;</q>" in page
    assert "Too much mail" in page
    assert "@example.org" not in page


def test_mailings_that_were_turned_away_or_complained_of_stand_out(
    people, twtw, write_note, subscribe
):
    own = [subscribe(twtw, f"r{number}@example.org") for number in range(10)]
    note = write_note("A", "Claim")
    mailed(twtw, note, {one: "complained" if one == own[0] else "delivered" for one in own})
    page, _ = shown(people.eve)
    assert "10.00%" in page
    assert "Too many complaints: Gmail takes such a sender’s mail for spam." in page
    assert reverse("mailings:index") in page


def test_as_many_queries_for_many_readers_as_for_few(people, twtw, joined, write_note):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            shown(people.eve)
        return len(asked)

    own = joined("first@example.org", 50, left=3, words="x")
    mailed(twtw, write_note("A", "1"), {own: "bounced"}, days_ago=4)
    before = queries()
    for number in range(5):
        own = joined(f"r{number}@example.org", 30, left=2, words="y")
        mailed(twtw, write_note("A", f"x{number}"), {own: "blocked"}, days_ago=3)
    assert queries() == before
    assert Reader.objects.count() == 6


def test_contributors_are_turned_away(people, twtw):
    assert people.cora.get(reverse("reader_health:index")).status_code == 302


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (0, 1, "0 readers at the end of the first, 1 now."),
        (1, 2_000, "1 reader at the end of the first, 2,000 now."),
    ],
)
def test_the_chart_of_all_readers_says_how_many_there_were_and_are(before, after, sentence):
    weeks = [
        Week(date(2025, 6, 23), 1, 0, 0, 0, before),
        Week(date(2025, 6, 30), 1, after - before, 0, 0, after),
    ]
    _, total = charts_of(weeks)
    assert total.description.endswith(sentence)
