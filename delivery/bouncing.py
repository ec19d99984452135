"""Readers who bounced thrice: whose last three copies were all turned away is mailed no more.

An address that does not exist is suppressed at its first bounce, when the provider reports it
(`delivery.events.reading`). This is for the others: full for months, given up, refusing us and
nobody else. One bad hour of a large provider must not cost us all its readers, so a mailing that
was turned away by many says nothing of any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from delivery.models import Mailing, ProviderEvent, Recipient
from delivery.rates import readers_turned_away, sizes_of, went_wrong
from delivery.states import Outcome
from rendering.dates import printed_date
from subscribers.models import Reader, ReaderChange, Suppression
from subscribers.suppressing import suppress_all

THRICE = 3
TURNED_AWAY = (Outcome.BLOCKED, Outcome.BOUNCED)
# Of the others nothing final is known: they are on their way, or the provider handed them on to
# nobody.
ENDED = (*TURNED_AWAY, Outcome.DELIVERED, Outcome.UNSUBSCRIBED, Outcome.COMPLAINED)
# Servers try for three days; what is older was looked at every night before.
RECENT = timedelta(days=10)
LOOKED_BACK = timedelta(days=90)
# A mailing of which so many and such a share were blocked was blocked for what it was, or for
# what the sender was worth that hour.
MANY = 100
MANY_OF_ALL = 0.05
BATCH = 500
LONGEST_WORDS = 150
BY = "the housekeeping"


class _Bounce(NamedTuple):
    """One of a reader's last three copies."""

    reader: int
    recipient: int
    outcome: str
    frozen_at: datetime
    place: int


def suppress_thrice_bounced(now: datetime) -> int:
    """Suppress the readers whose last three mailings, whatever the publication, were turned away.

    The evidence, days and the server's words, is kept with the suppression and in their story.

    Args:
        now: an aware moment.

    Returns:
        How many were not suppressed before.
    """
    untold = _mailings_that_tell_nothing(now)
    done = 0
    for readers in _batches(_lately_turned_away(now)):
        thrice = _thrice_turned_away(readers, untold)
        done += _suppress(thrice, now)
    return done


def _lately_turned_away(now: datetime) -> list[int]:
    """Readers, not suppressed yet, of whom a copy of a recent mailing was turned away."""
    recent = Mailing.objects.filter(frozen_at__gte=now - RECENT)
    return readers_turned_away(recent.values_list("pk", flat=True))


def _mailings_that_tell_nothing(now: datetime) -> list[int]:
    """Mailings that were blocked for what they were, or for what the sender was worth."""
    looked_at = Mailing.objects.filter(frozen_at__gte=now - LOOKED_BACK)
    mailings = list(looked_at.values_list("pk", flat=True))
    wrong, sizes = went_wrong(mailings), sizes_of(mailings)
    return [
        mailing
        for mailing, (_, accepted) in sizes.items()
        if wrong[mailing, Outcome.BLOCKED] > max(MANY, accepted * MANY_OF_ALL)
    ]


def _thrice_turned_away(readers: Sequence[int], untold: Sequence[int]) -> dict[int, list[_Bounce]]:
    """The last three copies, the latest first, of those of whom all three were turned away."""
    ended = (
        Recipient.objects.filter(subscription__reader__in=readers, outcome__in=ENDED)
        .exclude(outcome=Outcome.BLOCKED, mailing__in=untold)
        .annotate(
            place=Window(
                RowNumber(),
                partition_by=F("subscription__reader"),
                order_by=[F("mailing__frozen_at").desc(), F("mailing").desc()],
            )
        )
        .filter(place__lte=THRICE)
        .order_by("subscription__reader", "place")
        .values_list("subscription__reader", "pk", "outcome", "mailing__frozen_at", "place")
    )
    stories = groupby((_Bounce._make(row) for row in ended), key=lambda one: one.reader)
    last = {reader: list(story) for reader, story in stories}
    return {
        reader: story
        for reader, story in last.items()
        if len(story) == THRICE and all(one.outcome in TURNED_AWAY for one in story)
    }


def _suppress(thrice: Mapping[int, Sequence[_Bounce]], now: datetime) -> int:
    words = _what_the_servers_said(thrice.values())
    evidence = {reader: _evidence(story, words) for reader, story in thrice.items()}
    with transaction.atomic():
        # Somebody may have suppressed or erased them meanwhile.
        readers = dict(Reader.objects.filter(pk__in=evidence).values_list("pk", "key"))
        known = Suppression.objects.filter(key__in=readers.values())
        known_keys = set(known.values_list("key", flat=True))
        new = {pk: key for pk, key in readers.items() if key not in known_keys}
        suppress_all((key, Suppression.Reason.BOUNCED, evidence[pk]) for pk, key in new.items())
        ReaderChange.objects.bulk_create(
            ReaderChange(
                reader_id=pk,
                kind=ReaderChange.Kind.SUPPRESSED,
                at=now,
                sentence=evidence[pk],
                by=BY,
            )
            for pk in new
        )
    return len(new)


def _what_the_servers_said(stories: Iterable[Sequence[_Bounce]]) -> dict[int, str]:
    """By the recipient, of each reader's latest copy."""
    latest = [story[0].recipient for story in stories]
    events = ProviderEvent.objects.filter(recipient__in=latest, kind__in=("bounce", "blocked"))
    return dict(events.order_by("at", "pk").values_list("recipient", "reason"))


def _evidence(story: Sequence[_Bounce], words: Mapping[int, str]) -> str:
    """`Turned away 3 times running: 8 June 2025, 15 June 2025, 22 June 2025. …`"""
    days = ", ".join(printed_date(one.frozen_at.date()) for one in reversed(story))
    said = words.get(story[0].recipient, "")[:LONGEST_WORDS]
    told = f" The server said: {said}" if said else ""
    return f"Turned away {THRICE} times running: {days}.{told}"


def _batches(readers: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(readers)
    while batch := list(islice(rest, BATCH)):
        yield batch
