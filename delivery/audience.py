"""Who a mailing concerns: the one rule that the freeze writes down, and the desk counts before it.

Both read the same `SELECT`, so what an approver is shown is what a freeze at that moment does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from delivery.models import Mailing
from delivery.states import ChunkState, Exclusion
from issues.models import Publication
from subscribers.models import Subscription


@dataclass(frozen=True, slots=True)
class Candidates:
    """A `SELECT` of `(subscription_id, exclusion)`, one row a subscription, and its values.

    Who is not excluded has an empty exclusion.
    """

    sql: str
    values: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Audience:
    """How many a mailing would concern now; `excluded` only has reasons that somebody has."""

    candidates: int
    excluded: Mapping[Exclusion, int]

    @property
    def readers(self) -> int:
        """Who would get it."""
        return self.candidates - sum(self.excluded.values())

    @property
    def sentence(self) -> str:
        """`1,204 readers get it; 31 do not: 20 not confirmed, 11 suppressed.`"""
        get = "1 reader gets it" if self.readers == 1 else f"{self.readers:,} readers get it"
        left_out = self.candidates - self.readers
        if not left_out:
            return f"{get}."
        most_first = sorted(self.excluded.items(), key=lambda reason: -reason[1])
        reasons = ", ".join(f"{number:,} {reason.label}" for reason, number in most_first)
        return f"{get}; {left_out:,} {'does' if left_out == 1 else 'do'} not: {reasons}."


# Plain SQL, the same words in SQLite and PostgreSQL: the freeze continues it (`INSERT … SELECT`).
# The suppressed readers are found first, because few are; to look up the key of each of a million
# readers takes five times as long.
CANDIDATES = """
    SELECT
        subscription.id AS subscription_id,
        CASE
            WHEN barred.id IS NOT NULL THEN %(suppressed)s
            WHEN subscription.state = %(ended)s THEN %(unsubscribed)s
            WHEN subscription.state = %(confirmed)s THEN ''
            ELSE %(unconfirmed)s
        END AS exclusion
    FROM subscribers_subscription subscription
    LEFT JOIN (
        SELECT reader.id FROM subscribers_suppression suppression
        JOIN subscribers_reader reader ON reader.key = suppression.key
    ) barred ON barred.id = subscription.reader_id
"""

OF_A_PUBLICATION = "WHERE subscription.publication_id = %(publication)s"

# Who has a copy, or may have one; of whom the provider has reported, has one in any case.
OF_A_MAILING = """
    JOIN delivery_recipient got ON got.subscription_id = subscription.id
    JOIN delivery_chunk chunk
        ON chunk.mailing_id = got.mailing_id AND chunk.number = got.chunk_number
    WHERE got.mailing_id = %(former)s AND (
        got.outcome <> ''
        OR (got.withdrawal = '' AND chunk.state IN (%(accepted)s, %(in_doubt)s))
    )
"""

VALUES: dict[str, str | int] = {
    "ended": Subscription.State.ENDED.value,
    "confirmed": Subscription.State.CONFIRMED.value,
    "suppressed": Exclusion.SUPPRESSED.value,
    "unsubscribed": Exclusion.UNSUBSCRIBED.value,
    "unconfirmed": Exclusion.UNCONFIRMED.value,
}


def subscribers_of(publication: Publication) -> Candidates:
    """Everybody who ever subscribed to a publication."""
    return Candidates(CANDIDATES + OF_A_PUBLICATION, VALUES | {"publication": publication.pk})


def those_who_got(mailing: Mailing) -> Candidates:
    """The readers of a former mailing whose copy was accepted or is in doubt."""
    return Candidates(
        CANDIDATES + OF_A_MAILING,
        VALUES
        | {
            "former": mailing.pk,
            "accepted": ChunkState.ACCEPTED.value,
            "in_doubt": ChunkState.IN_DOUBT.value,
        },
    )


def audience_of(publication: Publication) -> Audience:
    """Whom an issue or an alert of a publication would concern if it were frozen now.

    A million subscriptions are counted in about a second.
    """
    return count(subscribers_of(publication))


def count(candidates: Candidates) -> Audience:
    """Candidates by what the freeze would make of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT exclusion, COUNT(*) FROM ({candidates.sql}) candidate GROUP BY exclusion",  # noqa: S608
            candidates.values,
        )
        found: dict[str, int] = dict(cursor.fetchall())
    return Audience(
        candidates=sum(found.values()),
        excluded={
            reason: found[reason] for reason in Exclusion if reason and reason.value in found
        },
    )
