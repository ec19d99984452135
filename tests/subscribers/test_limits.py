"""Limits: counted once each, by however many at the same time, without knowing whom."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from subscribers.limits import Limit, count, mailbox, subject_of, take
from subscribers.models import Tally

HOUR = timedelta(hours=1)
NOON = datetime(2025, 6, 29, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_each_subject_kind_and_span_is_counted_by_itself():
    assert [count("a form", "one", HOUR, now=NOON) for _ in range(3)] == [1, 2, 3]
    assert count("a form", "other", HOUR, now=NOON) == 1
    assert count("another", "one", HOUR, now=NOON) == 1
    assert count("a form", "one", HOUR, now=NOON + HOUR - timedelta(microseconds=1)) == 4
    assert count("a form", "one", HOUR, now=NOON + HOUR) == 1
    assert Tally.objects.filter(begins_at=NOON, count=4).count() == 1


@pytest.mark.django_db
def test_what_is_counted_now_is_in_the_present_span():
    assert [count("a form", "one", timedelta(days=36500)) for _ in range(2)] == [1, 2]


@pytest.mark.django_db
def test_nobody_can_read_whose_count_it_is():
    count("address", "ann@example.org", HOUR)
    (row,) = Tally.objects.values()
    assert "ann" not in str(row)
    assert row["subject"] == subject_of("address", "ann@example.org")
    assert subject_of("address", "ann@example.org") != subject_of("network", "ann@example.org")


@pytest.mark.django_db
def test_over_the_limit_one_is_told_how_long_to_wait():
    limit = Limit("a form", 2, HOUR)
    quarter_past = NOON + timedelta(minutes=15)
    assert [take(limit, "one", now=quarter_past) for _ in range(4)] == [
        *(None, None),
        *[timedelta(minutes=45)] * 2,
    ]
    assert take(limit, "one", now=NOON + HOUR) is None


@pytest.mark.django_db(transaction=True)
def test_no_count_is_lost_where_eight_count_at_the_same_time():
    def count_some(_):
        try:
            return [count("a form", "one", HOUR, now=NOON) for _ in range(25)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        counted = [number for numbers in pool.map(count_some, range(8)) for number in numbers]
    assert sorted(counted) == list(range(1, 201))
    assert Tally.objects.get().count == 200


@pytest.mark.parametrize(
    ("key", "counted_as"),
    [
        ("ann@example.org", "ann@example.org"),
        ("ann+1@example.org", "ann@example.org"),
        ("a.nn@example.org", "a.nn@example.org"),
        ("a.nn+x@gmail.com", "ann@gmail.com"),
        ("an.n+y@googlemail.com", "ann@gmail.com"),
        ("+ann@example.org", "+ann@example.org"),
    ],
)
def test_tags_are_counted_as_one_mailbox(key, counted_as):
    assert mailbox(key) == counted_as
