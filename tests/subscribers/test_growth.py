"""Growth: what is told of each week balances, and is what happened in it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers.growth import Week, beginning_of, growth, in_stretches, monday_of, readers_of
from subscribers.models import Consent, Reader, Subscription, Suppression

pytestmark = pytest.mark.django_db

KOLKATA, BERLIN = ZoneInfo("Asia/Kolkata"), ZoneInfo("Europe/Berlin")
# A Wednesday.
NOW = datetime(2025, 7, 2, 12, tzinfo=UTC)
quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


class History:
    """Readers to whom things happen, each at its moment."""

    def __init__(self, publication):
        self.publication = publication
        self.readers = 0

    def reader(self, *changes, suppressed_at=None):
        """A reader who agrees and takes it back in turns, as the rooms write it down."""
        self.readers += 1
        address = f"reader{self.readers}@{self.publication.slug}.example.org"
        reader = Reader.objects.create(address=address)
        subscription = Subscription.objects.create(reader=reader, publication=self.publication)
        for place, at in enumerate(changes):
            given_now = place % 2 == 0
            Consent.objects.create(
                subscription=subscription,
                act="given" if given_now else "withdrawn",
                source="a form",
                at=at,
            )
            if given_now:
                Subscription.objects.filter(pk=subscription.pk).update(
                    state="confirmed", confirmed_at=at, ended_at=None
                )
            else:
                Subscription.objects.filter(pk=subscription.pk).update(state="ended", ended_at=at)
        if suppressed_at is not None:
            made = Suppression.objects.create(key=reader.key, reason="bounced")
            Suppression.objects.filter(pk=made.pk).update(created_at=suppressed_at)
        return subscription


@pytest.fixture
def history(twtw):
    return History(twtw)


def days_ago(days):
    return NOW - timedelta(days=days)


def changes_of(weeks):
    return {
        week.begins: (week.joined, week.left, week.suppressed, week.total)
        for week in weeks
        if week.joined or week.left or week.suppressed
    }


def test_a_list_without_readers_has_weeks_of_nothing(twtw):
    weeks = growth(twtw.pk, KOLKATA, NOW)
    assert len(weeks) == 26
    assert weeks[-1] == Week(date(2025, 6, 30), 1, 0, 0, 0, 0)
    assert growth(twtw.pk, KOLKATA, NOW, None) == weeks[-1:]


def test_joining_leaving_and_bouncing_are_told_in_their_weeks(twtw, history):
    history.reader(days_ago(20))
    history.reader(days_ago(20), days_ago(8))
    history.reader(days_ago(20), suppressed_at=days_ago(1))
    history.reader(days_ago(1))
    weeks = growth(twtw.pk, KOLKATA, NOW)
    assert changes_of(weeks) == {
        date(2025, 6, 9): (3, 0, 0, 3),
        date(2025, 6, 23): (0, 1, 0, 2),
        date(2025, 6, 30): (1, 0, 1, 2),
    }
    assert readers_of(twtw.pk) == 2


def test_who_leaves_and_comes_back_is_told_of_each_time(twtw, history):
    history.reader(days_ago(40), days_ago(20), days_ago(1))
    assert changes_of(growth(twtw.pk, KOLKATA, NOW)) == {
        date(2025, 5, 19): (1, 0, 0, 1),
        date(2025, 6, 9): (0, 1, 0, 0),
        date(2025, 6, 30): (1, 0, 0, 1),
    }


def test_to_say_again_that_one_wants_to_stay_is_no_joining(twtw, history):
    subscription = history.reader(days_ago(40))
    for days in (20, 1):
        Consent.objects.create(
            subscription=subscription, act="given", source="a page", at=days_ago(days)
        )
    assert changes_of(growth(twtw.pk, KOLKATA, NOW)) == {date(2025, 5, 19): (1, 0, 0, 1)}


def test_who_leaves_without_ever_confirming_has_not_left(twtw, history):
    subscription = history.reader()
    Subscription.objects.filter(pk=subscription.pk).update(state="ended", ended_at=days_ago(1))
    Consent.objects.create(
        subscription=subscription, act="withdrawn", source="a link", at=days_ago(1)
    )
    assert changes_of(growth(twtw.pk, KOLKATA, NOW)) == {}


def test_after_a_suppression_nothing_counts_any_more(twtw, history):
    history.reader(days_ago(40), days_ago(10), suppressed_at=days_ago(20))
    assert changes_of(growth(twtw.pk, KOLKATA, NOW)) == {
        date(2025, 5, 19): (1, 0, 0, 1),
        date(2025, 6, 9): (0, 0, 1, 0),
    }


def test_another_publications_readers_are_not_counted(twtw, alerts, history):
    History(alerts).reader(days_ago(1), days_ago(0.5))
    assert changes_of(growth(twtw.pk, KOLKATA, NOW)) == {}
    assert changes_of(growth(alerts.pk, KOLKATA, NOW)) == {date(2025, 6, 30): (1, 1, 0, 0)}


@pytest.mark.parametrize(
    ("zone", "moment", "monday"),
    [
        # Half an hour before and after midnight, where it is 18:30 the day before in UTC.
        (KOLKATA, datetime(2025, 6, 22, 18, 0, tzinfo=UTC), date(2025, 6, 16)),
        (KOLKATA, datetime(2025, 6, 22, 19, 0, tzinfo=UTC), date(2025, 6, 23)),
        # In summer Monday begins at 22:00 in UTC, in winter at 23:00.
        (BERLIN, datetime(2025, 6, 22, 22, 30, tzinfo=UTC), date(2025, 6, 23)),
        (BERLIN, datetime(2025, 1, 19, 22, 30, tzinfo=UTC), date(2025, 1, 13)),
    ],
)
def test_a_week_begins_on_monday_where_the_publication_is(twtw, history, zone, moment, monday):
    history.reader(moment)
    assert list(changes_of(growth(twtw.pk, zone, NOW, None))) == [monday]
    assert beginning_of(monday, zone) <= moment < beginning_of(monday + timedelta(7), zone)


def test_all_weeks_begin_with_the_one_of_the_first_reader(twtw, alerts, history):
    History(alerts).reader(days_ago(900))
    history.reader(days_ago(600))
    weeks = growth(twtw.pk, KOLKATA, NOW, None)
    assert weeks[0] == Week(monday_of(days_ago(600), KOLKATA), 1, 1, 0, 0, 1)
    assert weeks[-1].begins == date(2025, 6, 30)


def test_however_many_weeks_and_readers_it_is_three_queries(twtw, history):
    for days in range(0, 900, 30):
        history.reader(days_ago(days), days_ago(days - 10), suppressed_at=days_ago(days - 20))
    for weeks in (1, 26, 52, None):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            growth(twtw.pk, KOLKATA, NOW, weeks)
        assert len(asked) == (2 if weeks else 3)


def test_the_same_in_stretches_of_some_weeks(twtw, history):
    for days in (65, 40, 20, 1):
        history.reader(days_ago(days))
    weeks = growth(twtw.pk, KOLKATA, NOW, None)
    stretches = in_stretches(weeks, 4)
    assert [one.weeks for one in stretches] == [2, 4, 4]
    assert [one.joined for one in stretches] == [1, 1, 2]
    assert [one.total for one in stretches] == [1, 2, 4]
    assert stretches[0].begins == weeks[0].begins
    assert stretches[0].name == "2025-W18"


def test_a_week_is_named_as_iso_8601_does():
    assert Week(date(2024, 12, 30), 1, 0, 0, 0, 0).name == "2025-W01"


moments = st.floats(0, 200).map(days_ago)
lives = st.tuples(st.lists(moments, max_size=5).map(sorted), st.none() | moments)


def is_reader(changes, suppressed_at, moment):
    """Whether somebody is a reader at a moment, thought of one life at a time."""
    if suppressed_at is not None and suppressed_at <= moment:
        return False
    return sum(change <= moment for change in changes) % 2 == 1


@given(st.lists(lives, max_size=6), st.sampled_from([KOLKATA, BERLIN]))
@quick
def test_every_week_balances_and_ends_with_as_many_readers_as_there_were(twtw, found, zone):
    with transaction.atomic():
        history = History(twtw)
        for changes, suppressed_at in found:
            history.reader(*changes, suppressed_at=suppressed_at)
        weeks = growth(twtw.pk, zone, NOW, 40)
        transaction.set_rollback(True)
    before = 0
    for week in weeks:
        assert week.total == before + week.joined - week.left - week.suppressed
        ends = beginning_of(week.begins + timedelta(7), zone)
        last = min(NOW, ends - timedelta(microseconds=1))
        assert week.total == sum(is_reader(*life, last) for life in found)
        before = week.total
