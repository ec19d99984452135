"""Who a mailing concerns: the one rule that the freeze writes down, and the desk counts before it.

Both read the same `SELECT`, so what an approver is shown is what a freeze at that moment does.
Of several reasons for which somebody is left out the first counts: suppressed, unsubscribed, not
confirmed, paused; then, of alerts, with their weekly, other regions; at last, not in the segment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from delivery.errors import DeliveryError
from delivery.models import Mailing
from delivery.states import ChunkState, Exclusion
from issues.models import Publication
from notes.models import Note
from notes.regions import regions_of
from subscribers.errors import SegmentError
from subscribers.models import Subscription
from subscribers.segments import Rule, parse, understood


@dataclass(frozen=True, slots=True)
class Candidates:
    """A `SELECT` of `(subscription_id, exclusion)`, one row a subscription, and its values.

    Who is not excluded has an empty exclusion.
    """

    sql: str
    values: Mapping[str, Any]


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
    def without_segment(self) -> int:
        """Who would get it if it went to all."""
        return self.readers + self.excluded.get(Exclusion.NOT_IN_SEGMENT, 0)

    @property
    def share(self) -> str:
        """`1,204 of 5,310 readers`: those in the segment, of all who could be mailed."""
        of = self.without_segment
        return f"{self.readers:,} of {of:,} reader{'' if of == 1 else 's'}"

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
# The suppressed and the paused readers are found first, because few are; to look up the key of each
# of a million readers takes five times as long. DISTINCT: else SQLite looks up each all the same.
CANDIDATES = """
    SELECT
        subscription.id AS subscription_id,
        CASE
            WHEN barred.id IS NOT NULL THEN %(suppressed)s
            WHEN subscription.state = %(ended)s THEN %(unsubscribed)s
            WHEN subscription.state <> %(confirmed)s THEN %(unconfirmed)s
            WHEN away.id IS NOT NULL THEN %(paused)s
            {further}
            ELSE ''
        END AS exclusion
    FROM subscribers_subscription subscription
    LEFT JOIN (
        SELECT reader.id FROM subscribers_suppression suppression
        JOIN subscribers_reader reader ON reader.key = suppression.key
    ) barred ON barred.id = subscription.reader_id
    LEFT JOIN (
        SELECT DISTINCT id FROM subscribers_reader WHERE paused_until > %(now)s
    ) away ON away.id = subscription.reader_id
"""

# Only who gets a numbered publication finds the alerts there.
WITH_WEEKLY = """
            WHEN subscription.with_weekly AND EXISTS (
                SELECT 1 FROM subscribers_subscription weekly
                JOIN issues_publication publication ON publication.id = weekly.publication_id
                WHERE weekly.reader_id = subscription.reader_id
                    AND weekly.state = %(confirmed)s AND publication.numbered
            ) THEN %(with_weekly)s
"""

# Who has chosen no region wants all.
OTHER_REGIONS = """
            WHEN EXISTS (
                SELECT 1 FROM subscribers_regionofinterest chosen
                WHERE chosen.reader_id = subscription.reader_id
            ) AND NOT EXISTS (
                SELECT 1 FROM subscribers_regionofinterest chosen
                WHERE chosen.reader_id = subscription.reader_id AND chosen.region IN ({regions})
            ) THEN %(other_regions)s
"""

NOT_IN_SEGMENT = """
            WHEN NOT ({segment}) THEN %(not_in_segment)s
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

VALUES: dict[str, Any] = {
    "ended": Subscription.State.ENDED.value,
    "confirmed": Subscription.State.CONFIRMED.value,
    "suppressed": Exclusion.SUPPRESSED.value,
    "unsubscribed": Exclusion.UNSUBSCRIBED.value,
    "unconfirmed": Exclusion.UNCONFIRMED.value,
    "paused": Exclusion.PAUSED.value,
}


def subscribers_of(
    publication: Publication, note: Note | None = None, segment: str = ""
) -> Candidates:
    """Everybody who ever subscribed to a publication.

    Args:
        note: what is mailed on its own; who wants other regions is left out.
        segment: the sentence that chooses a part of the readers; empty for all.

    Raises:
        DeliveryError: if the sentence can't be understood (any more).
    """
    now = timezone.now()
    further: list[str] = []
    values = VALUES | {"publication": publication.pk, "now": _as_stored(now)}
    if not publication.numbered:
        further.append(WITH_WEEKLY)
        values["with_weekly"] = Exclusion.WITH_WEEKLY.value
    if note is not None and (
        regions := sorted(regions_of(country.code for country in note.countries))
    ):
        names = {f"region_{place}": region for place, region in enumerate(regions)}
        asked = ", ".join(f"%({name})s" for name in names)
        further.append(OTHER_REGIONS.format(regions=asked))
        values |= names | {"other_regions": Exclusion.OTHER_REGIONS.value}
    if segment:
        condition = _rule(segment).sql(now.astimezone(publication.zone))
        further.append(NOT_IN_SEGMENT.format(segment=condition.sql))
        values |= {**condition.values, "not_in_segment": Exclusion.NOT_IN_SEGMENT.value}
    return Candidates(CANDIDATES.format(further="".join(further)) + OF_A_PUBLICATION, values)


def those_who_got(mailing: Mailing) -> Candidates:
    """The readers of a former mailing whose copy was accepted or is in doubt.

    What corrects it is owed to all of them, whatever they have chosen since; but who has paused
    is not mailed before the pause is over, and finds the correction on the site.
    """
    values = {
        "now": _as_stored(timezone.now()),
        "former": mailing.pk,
        "accepted": ChunkState.ACCEPTED.value,
        "in_doubt": ChunkState.IN_DOUBT.value,
    }
    return Candidates(CANDIDATES.format(further="") + OF_A_MAILING, VALUES | values)


def audience_of(publication: Publication, note: Note | None = None, segment: str = "") -> Audience:
    """Whom an issue or an alert of a publication would concern if it were frozen now.

    A million subscriptions are counted in about a second. The arguments, and what is raised, are
    those of `subscribers_of`.
    """
    return count(subscribers_of(publication, note, segment))


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


def subscriptions_in(candidates: Candidates) -> list[int]:
    """The ids of the subscriptions that would get it, ascending; a million take 40 MB."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT subscription_id FROM ({candidates.sql}) candidate "  # noqa: S608
            "WHERE exclusion = '' ORDER BY subscription_id",
            candidates.values,
        )
        return [subscription for (subscription,) in cursor.fetchall()]


def in_normal_form(segment: str) -> str:
    """A segment's sentence as it is kept: what is typed may be the name of a saved one.

    Raises:
        DeliveryError: if it can't be understood.
    """
    try:
        return understood(segment)
    except SegmentError as error:
        raise DeliveryError(str(error)) from None


def why_not_understood(segment: str) -> str:
    """Why an issue's segment chooses nobody (any more), in a sentence; empty if it can be used."""
    try:
        _rule(segment)
    except DeliveryError as error:
        return str(error)
    return ""


def _rule(segment: str) -> Rule:
    try:
        return parse(segment)
    except SegmentError as error:
        raise DeliveryError(
            f"Its readers are chosen by “{segment}”, which can't be understood: {error} Choose its "
            "readers anew."
        ) from None


def _as_stored(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
