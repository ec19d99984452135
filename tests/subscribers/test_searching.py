"""Readers are found by address, name and what they get, the newest first, a page at a time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscribers import searching
from subscribers.errors import SegmentError
from subscribers.models import Reader, RegionOfInterest, Subscription, WorldRegion
from subscribers.searching import Criteria, find, is_whole_address, reader_at
from subscribers.suppressing import Suppression, suppress

pytestmark = pytest.mark.django_db
State = Subscription.State


@pytest.fixture
def readers(twtw, alerts, subscribe):
    """By name: ann gets both, ben has left the alerts, cem waits, dan gets nothing."""
    ann = subscribe(twtw, "Ann.Smith@example.org", name="Ann Smith").reader
    subscribe(alerts, "ann.smith@example.org")
    ben = subscribe(alerts, "ben@example.net", name="Benjamin Ömer", state=State.ENDED).reader
    cem = subscribe(twtw, "cem+smithy@example.com", state=State.PENDING).reader
    dan = Reader.objects.create(address="dan@ann.example.org", name="Dan")
    RegionOfInterest.objects.create(reader=ann, region=WorldRegion.AFRICA)
    suppress("ben@example.net", Suppression.Reason.BOUNCED)
    Reader.objects.filter(pk=cem.pk).update(paused_until=timezone.now() + timedelta(days=1))
    Reader.objects.filter(pk=dan.pk).update(paused_until=timezone.now() - timedelta(days=1))
    Reader.objects.filter(pk=ann.pk).update(created_at=datetime(2024, 5, 1, tzinfo=UTC))
    return {"ann": ann, "ben": ben, "cem": cem, "dan": dan}


def found(readers, **criteria):
    names = {reader.pk: name for name, reader in readers.items()}
    return [names[reader.pk] for reader in find(Criteria(**criteria)).readers]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["dan", "cem", "ben", "ann"]),
        ("ANN.SMITH@example.ORG", ["ann"]),
        ("ann.smith@", ["ann"]),
        ("ann@", []),
        ("cem+smithy@example.c", ["cem"]),
        ("ann", ["dan", "ann"]),
        ("@example.net", ["ben"]),
        ("smith", ["cem", "ann"]),
        (" benjamin ", ["ben"]),
        ("%", []),
        ("_", []),
        ("nobody@example.org", []),
    ],
)
def test_they_are_found_by_a_whole_address_its_beginning_or_a_part_of_it_or_of_a_name(
    readers, text, names
):
    assert found(readers, text=text) == names


def test_they_are_found_by_what_they_get(readers, twtw, alerts):
    assert found(readers, publication=twtw) == ["cem", "ann"]
    assert found(readers, state=State.ENDED) == ["ben"]
    assert found(readers, publication=twtw, state=State.CONFIRMED) == ["ann"]
    assert found(readers, publication=alerts, state=State.PENDING) == []
    assert found(readers, publication=twtw, sentence="region Africa") == ["ann"]
    with pytest.raises(SegmentError):
        find(Criteria(publication=twtw, sentence="colour blue"))


def test_they_are_found_by_how_it_stands_with_them(readers):
    assert found(readers, suppressed=True) == ["ben"]
    assert found(readers, suppressed=False) == ["dan", "cem", "ann"]
    assert found(readers, paused=True) == ["cem"]
    assert found(readers, paused=False) == ["dan", "ben", "ann"]
    assert found(readers, region=WorldRegion.AFRICA) == ["ann"]
    may = datetime(2024, 5, 1, tzinfo=UTC)
    assert found(readers, joined_before=may + timedelta(days=1)) == ["ann"]
    assert found(readers, joined_before=may) == []
    assert found(readers, joined_from=may + timedelta(days=1)) == ["dan", "cem", "ben"]


def test_a_page_goes_on_where_the_one_before_ended_also_if_somebody_joined_meanwhile(readers):
    first = find(Criteria(), size=3)
    assert [reader.pk for reader in first.readers] == [
        readers[name].pk for name in ("dan", "cem", "ben")
    ]
    Reader.objects.create(address="eva@example.org")
    second = find(Criteria(), before=first.rest, size=3)
    assert [reader.pk for reader in second.readers] == [readers["ann"].pk]
    assert (second.rest, second.bounded) == (None, False)


def test_what_no_index_answers_is_looked_for_among_so_many_at_a_time(readers, monkeypatch):
    monkeypatch.setattr(searching, "LOOKED_THROUGH", 2)
    page = find(Criteria(text="Benjamin"))
    assert (page.readers, page.bounded) == ([], True)
    page = find(Criteria(text="Benjamin"), before=page.rest)
    assert [reader.pk for reader in page.readers] == [readers["ben"].pk]


def test_the_beginning_of_an_address_is_looked_up_in_the_index(readers):
    with CaptureQueriesContext(connection) as asked:
        find(Criteria(text="ann.smith@exam"))
    search = next(one["sql"] for one in asked if "ann.smith@exam" in one["sql"])
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            plan = str(cursor.execute(f"EXPLAIN QUERY PLAN {search}").fetchall())
        assert "(key>? AND key<?)" in plan
    else:
        assert "LIKE 'ann.smith@exam%'" in search


def test_a_reader_is_found_by_any_writing_of_the_address():
    made = Reader.objects.create(address="ann@bücher.example")
    assert reader_at(" ANN@xn--bcher-kva.example") == made
    assert reader_at("ben@example.org") is None


@pytest.mark.parametrize(
    ("text", "whole"), [("ann@example.org", True), ("ann@", False), ("ann", False), ("", False)]
)
def test_a_part_of_an_address_is_told_from_a_whole_one(text, whole):
    assert is_whole_address(text) is whole
