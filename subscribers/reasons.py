"""Where a publication's readers come from, and why they leave: in numbers, and without names."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, QuerySet

from subscribers.models import Consent
from subscribers.reconfirming import STILL_WANTED

# So many ways are told one by one, and so many readers' words.
SHOWN = 12
WORDS_SHOWN = 40

_ADDRESS = re.compile(r"[^\s<>()]+@[^\s<>()]+")


class Way(NamedTuple):
    """A form, a file or a reason in people's words, and how many readers came or left by it."""

    name: str
    readers: int


class Words(NamedTuple):
    """What somebody wrote on leaving."""

    at: datetime
    reason: str
    words: str


def where_from(publication: int, since: datetime) -> list[Way]:
    """By which forms and files readers joined, the most used first.

    Args:
        publication: the id of the `issues.Publication`.
        since: an aware moment.
    """
    joined = _changes(publication, since, Consent.Act.GIVEN)
    found = joined.values_list("source").annotate(readers=Count("pk"))
    ways = [Way(*row) for row in found.order_by("-readers", "source")]
    rest = sum(way.readers for way in ways[SHOWN:])
    return [*ways[:SHOWN], Way("in other ways", rest)] if rest else ways


def why_left(publication: int, since: datetime) -> list[Way]:
    """Which reasons were given for leaving, the most frequent first; who gave none comes last."""
    left = _changes(publication, since, Consent.Act.WITHDRAWN)
    given = dict(left.values_list("reason").annotate(Count("pk")))
    none = given.pop("", 0)
    ways = [Way(Consent.Reason(reason).label, number) for reason, number in given.items()]
    ways.sort(key=lambda way: (-way.readers, way.name))
    return [*ways, Way("no reason given", none)] if none else ways


def own_words(publication: int, since: datetime) -> list[Words]:
    """What those who left wrote, the latest first; an address in it is left out."""
    left = _changes(publication, since, Consent.Act.WITHDRAWN).exclude(words="")
    rows = left.order_by("-at").values_list("at", "reason", "words")[:WORDS_SHOWN]
    return [
        Words(at, Consent.Reason(reason).label if reason else "", _ADDRESS.sub("…", words))
        for at, reason, words in rows
    ]


def _changes(publication: int, since: datetime, act: Consent.Act) -> QuerySet[Consent]:
    """Without those who said again that they want to stay, as they joined before; unordered."""
    changes = Consent.objects.filter(at__gte=since, subscription__publication=publication, act=act)
    return changes.exclude(form=STILL_WANTED).order_by()
