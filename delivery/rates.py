"""What became of the latest mailings, counted for all of them at once, and of whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, Sum

from delivery.models import Chunk, Mailing
from delivery.states import WENT_WRONG, ChunkState, Outcome
from issues.models import Publication

LATEST = 12
# From the first share on Gmail takes a sender's mail for spam, and wants it below the second one:
# https://support.google.com/a/answer/81126
TOO_MANY_COMPLAINTS = 0.003
MANY_COMPLAINTS = 0.001
# More than that is the mark of a list that nobody looks after.
MANY_BOUNCES = 0.02

# Written out, because SQLite takes an index of some rows only for the very words that made it.
_WENT_WRONG = ", ".join(f"'{outcome}'" for outcome in WENT_WRONG)
_COUNTED = """
    SELECT mailing_id, outcome, COUNT(*) FROM delivery_recipient
    WHERE mailing_id IN ({mailings}) AND outcome IN ({went_wrong})
    GROUP BY mailing_id, outcome
"""
_TURNED_AWAY = """
    SELECT DISTINCT subscription.reader_id
    FROM delivery_recipient AS recipient
    JOIN subscribers_subscription AS subscription ON subscription.id = recipient.subscription_id
    JOIN subscribers_reader AS reader ON reader.id = subscription.reader_id
    LEFT JOIN subscribers_suppression AS suppression ON suppression.key = reader.key
    WHERE recipient.mailing_id IN ({mailings}) AND recipient.outcome IN ({went_wrong})
        AND recipient.outcome IN ('blocked', 'bounced') AND suppression.id IS NULL
    ORDER BY subscription.reader_id
"""


@dataclass(frozen=True, slots=True)
class Rates:
    """What became of one mailing, in copies."""

    mailing: Mailing
    frozen: int
    accepted: int
    blocked: int
    bounced: int
    complained: int

    @property
    def turned_away(self) -> float:
        """The share of the accepted copies that the readers' servers turned away."""
        return self._share(self.blocked + self.bounced)

    @property
    def complaints(self) -> float:
        """The share of the accepted copies that readers reported as spam."""
        return self._share(self.complained)

    @property
    def acceptance(self) -> float:
        """The share of all copies that the transport took."""
        return self.accepted / self.frozen if self.frozen else 0.0

    def _share(self, copies: int) -> float:
        return copies / self.accepted if self.accepted else 0.0


def latest_rates(publication: Publication) -> list[Rates]:
    """What became of the latest mailings, the newest first; those of nobody are left out."""
    mailings = list(
        Mailing.objects.filter(edition__publication=publication)
        .select_related(
            "edition__publication", "edition__issue__volume", "edition__note", "edition__correction"
        )
        .defer("edition__html", "edition__text", "edition__content")
        .order_by("-frozen_at", "-pk")[:LATEST]
    )
    sizes = sizes_of(mailing.pk for mailing in mailings)
    wrong = went_wrong(mailing.pk for mailing in mailings)
    return [
        Rates(
            mailing,
            *sizes[mailing.pk],
            *(
                wrong[mailing.pk, outcome]
                for outcome in (Outcome.BLOCKED, Outcome.BOUNCED, Outcome.COMPLAINED)
            ),
        )
        for mailing in mailings
        if mailing.pk in sizes
    ]


def went_wrong(mailings: Iterable[int]) -> Counter[tuple[int, str]]:
    """How many copies came to an end that is worse than arriving, by mailing and outcome.

    Args:
        mailings: their ids.
    """
    return Counter(
        {(mailing, what): number for mailing, what, number in _asked(_COUNTED, mailings)}
    )


def readers_turned_away(mailings: Iterable[int]) -> list[int]:
    """The ids of the readers of whom a copy was turned away, and who are not suppressed yet.

    Args:
        mailings: the mailings' ids.
    """
    return [reader for (reader,) in _asked(_TURNED_AWAY, mailings)]


def sizes_of(mailings: Iterable[int]) -> Mapping[int, tuple[int, int]]:
    """Frozen and accepted copies of each, counted in the chunks.

    Args:
        mailings: their ids.
    """
    rows = (
        Chunk.objects.filter(mailing__in=list(mailings))
        .order_by()
        .values_list("mailing", "state")
        .annotate(Sum("size"), Sum("proved"), rest=Sum(F("size") - F("withdrawn") - F("proved")))
    )
    frozen: defaultdict[int, int] = defaultdict(int)
    accepted: defaultdict[int, int] = defaultdict(int)
    for mailing, state, size, proved, rest in rows:
        frozen[mailing] += size
        accepted[mailing] += proved + (rest if state == ChunkState.ACCEPTED else 0)
    return {mailing: (frozen[mailing], accepted[mailing]) for mailing in frozen}


def _asked(query: str, mailings: Iterable[int]) -> list[tuple[Any, ...]]:
    wanted = list(mailings)
    if not wanted:
        return []
    places = ", ".join(["%s"] * len(wanted))
    with connection.cursor() as cursor:
        cursor.execute(query.format(mailings=places, went_wrong=_WENT_WRONG), wanted)
        return list(cursor.fetchall())
