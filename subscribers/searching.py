"""Finding readers by address, name and what they get: the newest first, a page at a time.

However many there are, a page is bounded: what no index answers is looked for among
`LOOKED_THROUGH` readers, and the next page goes on behind them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from subscribers.addresses import address_key, valid_address
from subscribers.errors import AddressError
from subscribers.models import Reader, RegionOfInterest, Subscription, Suppression, WorldRegion
from subscribers.segments import matching
from subscribers.suppressing import key_of

# To find nobody among so many takes 0.2 to 0.7 s on SQLite, and up to 2 s on PostgreSQL.
LOOKED_THROUGH = 1_000_000
PAGE = 50
_LAST = chr(0x10FFFF)


@dataclass(frozen=True, slots=True)
class Criteria:
    """What readers are looked for by; all of it has to fit, and what is empty is not asked for.

    `text` is the beginning of an address up to behind its `@`, or a part of an address or a name.
    `publication` is an `issues.Publication`; `state` is that of a subscription, to it if one is
    given. `region` is one that was chosen. `sentence` is a segment's, and needs the publication.
    `joined_from` and `joined_before` are aware moments.
    """

    text: str = ""
    publication: Any = None
    state: Subscription.State | None = None
    suppressed: bool | None = None
    paused: bool | None = None
    region: WorldRegion | None = None
    joined_from: datetime | None = None
    joined_before: datetime | None = None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Readers, the newest first; `rest` is for `find` to go on with, None if there are no more.

    Where `bounded`, there may be more readers though the page is not full.
    """

    readers: list[Reader]
    rest: int | None = None
    bounded: bool = False


def reader_at(address: str) -> Reader | None:
    """The reader with a whole address, in any writing."""
    return Reader.objects.filter(key=key_of(address)).first()


def is_whole_address(text: str) -> bool:
    """Whether a text is an address, and not a part of one."""
    try:
        return bool(valid_address(text))
    except AddressError:
        return False


def find(criteria: Criteria, before: int | None = None, size: int = PAGE) -> Page:
    """A page of the readers that fit; ids are given in the order of joining.

    Args:
        criteria: what they are looked for by.
        before: the `rest` of the page before; None for the first.
        size: how many at most.

    Raises:
        SegmentError: if the segment's sentence can't be understood.
    """
    newest = before or (Reader.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    rows = _fitting(criteria).filter(pk__lt=newest).order_by("-pk")
    # With a span of ids SQLite goes through these: 400 ms of a million and not 0.3.
    by_index = _begins_an_address(criteria.text)
    oldest = 0 if by_index else max(0, newest - LOOKED_THROUGH)
    found = list((rows if by_index else rows.filter(pk__gte=oldest))[: size + 1])
    if len(found) > size:
        return Page(found[:size], found[size - 1].pk)
    more = Reader.objects.filter(pk__lt=oldest).exists()
    return Page(found, oldest if more else None, bounded=more)


def _fitting(criteria: Criteria) -> QuerySet[Reader]:
    rows = Reader.objects.filter(_by_text(criteria.text) if criteria.text else Q())
    if criteria.publication is not None or criteria.state is not None:
        rows = rows.filter(Exists(_subscriptions(criteria)))
    if criteria.sentence:
        meant = matching(criteria.publication, criteria.sentence)
        rows = rows.filter(pk__in=meant.order_by().values("reader"))
    if criteria.suppressed is not None:
        known = Exists(Suppression.objects.filter(key=OuterRef("key")))
        rows = rows.filter(known if criteria.suppressed else ~known)
    if criteria.paused is not None:
        is_paused = Q(paused_until__gt=timezone.now())
        # Who was never paused has no such moment: that is neither before nor after.
        rows = rows.filter(is_paused) if criteria.paused else rows.exclude(is_paused)
    if criteria.region is not None:
        chosen = RegionOfInterest.objects.filter(reader=OuterRef("pk"), region=criteria.region)
        rows = rows.filter(Exists(chosen))
    if criteria.joined_from is not None:
        rows = rows.filter(created_at__gte=criteria.joined_from)
    if criteria.joined_before is not None:
        rows = rows.filter(created_at__lt=criteria.joined_before)
    return rows


def _by_text(text: str) -> Q:
    key = address_key(text)
    if not _begins_an_address(text):
        return Q(key__contains=key) | Q(name__icontains=text.strip())
    # By the index of the keys. SQLite takes it for a span but not for LIKE; PostgreSQL, whose
    # order of texts is that of a language, the other way round.
    if connection.vendor == "sqlite":
        return Q(key__gte=key, key__lt=key + _LAST)
    return Q(key__startswith=key)


def _begins_an_address(text: str) -> bool:
    return text.strip().find("@") > 0


def _subscriptions(criteria: Criteria) -> QuerySet[Subscription]:
    rows = Subscription.objects.filter(reader=OuterRef("pk"))
    if criteria.publication is not None:
        rows = rows.filter(publication=criteria.publication)
    if criteria.state is not None:
        rows = rows.filter(state=criteria.state)
    return rows
