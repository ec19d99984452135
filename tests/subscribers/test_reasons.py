"""Where readers come from and why they leave: numbers, and words without anybody's name."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.models import Consent
from subscribers.reasons import SHOWN, Way, own_words, where_from, why_left
from subscribers.reconfirming import STILL_WANTED

pytestmark = pytest.mark.django_db

NOW = timezone.now()
SINCE = NOW - timedelta(days=30)


@pytest.fixture
def consent(twtw, subscribe):
    """Writes down one thing that somebody agreed to or took back."""
    number = 0

    def make(act, *, days=1, publication=twtw, **facts):
        nonlocal number
        number += 1
        subscription = subscribe(publication, f"reader{number}@example.org")
        return Consent.objects.create(
            subscription=subscription,
            act=act,
            at=NOW - timedelta(days=days),
            **{"source": "a page", **facts},
        )

    return make


def test_readers_come_by_forms_and_files_the_most_used_first(twtw, alerts, consent):
    for _ in range(2):
        consent("given", source="The institute's foot")
    consent("given", source="The page to subscribe")
    consent("given", source="Spring conference (list.csv)")
    consent("given", source="The institute's foot", days=40)
    consent("given", source="The page to subscribe", publication=alerts)
    assert where_from(twtw.pk, SINCE) == [
        Way("The institute's foot", 2),
        Way("Spring conference (list.csv)", 1),
        Way("The page to subscribe", 1),
    ]


def test_who_wants_to_stay_does_not_come_from_anywhere(twtw, consent):
    consent("given", form=STILL_WANTED)
    assert where_from(twtw.pk, SINCE) == []


def test_of_many_ways_the_rest_is_one(twtw, consent):
    for number in range(SHOWN + 2):
        consent("given", source=f"File {number}")
    ways = where_from(twtw.pk, SINCE)
    assert len(ways) == SHOWN + 1
    assert ways[-1] == Way("in other ways", 2)


def test_reasons_for_leaving_are_counted_and_none_comes_last(twtw, consent):
    for reason in ("", "", "", "too much", "other", "too much"):
        consent("withdrawn", reason=reason)
    consent("withdrawn", reason="elsewhere", days=40)
    assert why_left(twtw.pk, SINCE) == [
        Way("too much mail", 2),
        Way("something else", 1),
        Way("no reason given", 3),
    ]


def test_their_own_words_are_told_the_latest_first_and_without_an_address(twtw, consent):
    consent("withdrawn", words="I moved to ada@example.org, <b>so</b>", days=3)
    consent("withdrawn", words="Too long", reason="too much", days=2)
    consent("withdrawn")
    found = own_words(twtw.pk, SINCE)
    assert [(one.reason, one.words) for one in found] == [
        ("too much mail", "Too long"),
        ("", "I moved to … <b>so</b>"),
    ]
    assert found[0].at == NOW - timedelta(days=2)
