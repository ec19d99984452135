"""How the readers of a publication became more and fewer, week by week.

In every week: the total before + joined - left - suppressed = the total at its end. Who is
suppressed is not among the readers any more, whatever they agree to or take back afterwards; who
was erased is in none of these numbers. The last total is counted in the subscriptions, and those
before it are reckoned back from it by what happened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import dropwhile
from zoneinfo import ZoneInfo

from django.db import connection

from subscribers.models import Consent

# A century.
MOST_WEEKS = 5_200
A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """What happened in some weeks that follow one another; in one, for `growth`.

    Attributes:
        begins: a Monday, in the publication's zone (ISO 8601).
        weeks: how many.
        joined: readers who confirmed.
        left: readers who took their consent back, or did not say that they want to stay.
        suppressed: readers whose address bounced, who complained, who must not be mailed.
        total: readers at its end.
    """

    begins: date
    weeks: int
    joined: int
    left: int
    suppressed: int
    total: int

    @property
    def name(self) -> str:
        """As ISO 8601 writes it: `2025-W26`; of several the first."""
        year, week, _ = self.begins.isocalendar()
        return f"{year}-W{week:02}"


# What the subscription itself says is enough for most: it was confirmed, and perhaps ended, once.
# The story of the others is in their consents: those who came back (three consents and more), and
# those who were suppressed in the middle of it. So a million readers are read once, row after row;
# to look each of them up in the consents took six times as long. What the subscriptions say of the
# special ones is taken off again: to leave these out (NOT IN) took PostgreSQL minutes.
_HAPPENED = """
WITH suppressed (subscription, at) AS MATERIALIZED (
    SELECT subscription.id, suppression.created_at
    FROM subscribers_suppression AS suppression
    CROSS JOIN subscribers_reader AS reader
    CROSS JOIN subscribers_subscription AS subscription
    WHERE reader.key = suppression.key AND subscription.reader_id = reader.id
        AND subscription.publication_id = %(publication)s
), special (subscription) AS MATERIALIZED (
    SELECT subscription FROM suppressed
    UNION
    SELECT often.subscription_id
    FROM (
        SELECT subscription_id FROM subscribers_consent
        GROUP BY subscription_id HAVING COUNT(*) > 2
    ) AS often
    CROSS JOIN subscribers_subscription AS subscription
    WHERE subscription.id = often.subscription_id
        AND subscription.publication_id = %(publication)s
), told AS MATERIALIZED (
    SELECT change.id AS id, change.subscription_id AS subscription, change.act AS act,
        change.at AS at, suppressed.at AS suppressed_at
    FROM special
    CROSS JOIN subscribers_consent AS change
    LEFT JOIN suppressed ON suppressed.subscription = change.subscription_id
    WHERE change.subscription_id = special.subscription
        AND (suppressed.at IS NULL OR change.at <= suppressed.at)
), story AS (
    SELECT act, at, COALESCE(
        LAG(act) OVER (PARTITION BY subscription ORDER BY id), 'withdrawn'
    ) AS former
    FROM told
), latest AS (
    SELECT act, suppressed_at,
        ROW_NUMBER() OVER (PARTITION BY subscription ORDER BY id DESC) AS place
    FROM told
), happened (what, at, readers) AS (
    SELECT 'given', confirmed_at, 1 FROM subscribers_subscription
    WHERE publication_id = %(publication)s AND confirmed_at >= %(first)s
    UNION ALL
    SELECT 'withdrawn', ended_at, 1 FROM subscribers_subscription
    WHERE publication_id = %(publication)s AND state <> 'confirmed'
        AND ended_at >= confirmed_at AND ended_at >= %(first)s
    UNION ALL
    SELECT 'given', confirmed_at, -1
    FROM special CROSS JOIN subscribers_subscription AS subscription
    WHERE subscription.id = special.subscription AND confirmed_at >= %(first)s
    UNION ALL
    SELECT 'withdrawn', ended_at, -1
    FROM special CROSS JOIN subscribers_subscription AS subscription
    WHERE subscription.id = special.subscription AND state <> 'confirmed'
        AND ended_at >= confirmed_at AND ended_at >= %(first)s
    UNION ALL
    SELECT act, at, 1 FROM story WHERE act <> former AND at >= %(first)s
    UNION ALL
    SELECT 'suppressed', suppressed_at, 1 FROM latest
    WHERE place = 1 AND act = 'given' AND suppressed_at >= %(first)s
)
SELECT what, {day}, {hour}, SUM(readers) FROM happened GROUP BY 1, 2, 3
"""
# A week begins at one or two hours of the day in UTC, by the season: what is on the same side of
# them on the same day is in the same week, so the database need not know any zone.
_IN_UTC = {
    "sqlite": ("substr(at, 1, 10)", "substr(at, 12, 5)"),
    "postgresql": (
        "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
        "to_char(at AT TIME ZONE 'UTC', 'HH24:MI')",
    ),
}


def growth(publication: int, zone: ZoneInfo, now: datetime, weeks: int | None = 26) -> list[Week]:
    """Week by week, the present one last; in three queries, however many readers there are.

    Args:
        publication: the id of the `issues.Publication`.
        zone: in which its weeks begin.
        now: an aware moment.
        weeks: how many; None: from the one on in which the first reader joined.
    """
    monday = monday_of(now, zone)
    first = monday - A_WEEK * (weeks - 1) if weeks else _first_monday(monday, zone)
    mondays = [first + A_WEEK * place for place in range((monday - first) // A_WEEK + 1)]
    mondays = mondays[-MOST_WEEKS:]
    happened = _happened(publication, zone, mondays)
    total = readers_of(publication)
    found: list[Week] = []
    for begins in reversed(mondays):
        joined, left, suppressed = (
            happened[begins, what] for what in ("given", "withdrawn", "suppressed")
        )
        found.append(Week(begins, 1, joined, left, suppressed, total))
        total += left + suppressed - joined
    found.reverse()
    if weeks is None:
        return list(dropwhile(_is_before_anybody_joined, found[:-1])) + found[-1:]
    return found


def in_stretches(weeks: Sequence[Week], length: int) -> list[Week]:
    """The same in stretches of some weeks; the last one is whole, the first one may be shorter."""
    return [
        Week(
            begins=stretch[0].begins,
            weeks=len(stretch),
            joined=sum(week.joined for week in stretch),
            left=sum(week.left for week in stretch),
            suppressed=sum(week.suppressed for week in stretch),
            total=stretch[-1].total,
        )
        for stretch in _stretches(weeks, length)
    ]


def readers_of(publication: int) -> int:
    """How many readers a publication has now: confirmed, and not suppressed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT COUNT(*) FROM subscribers_subscription"
            " WHERE publication_id = %s AND state = 'confirmed')"
            " - (SELECT COUNT(*) FROM subscribers_suppression AS suppression"
            " CROSS JOIN subscribers_reader AS reader"
            " CROSS JOIN subscribers_subscription AS subscription"
            " WHERE reader.key = suppression.key AND subscription.reader_id = reader.id"
            " AND subscription.publication_id = %s AND subscription.state = 'confirmed')",
            [publication, publication],
        )
        return int(cursor.fetchone()[0])


def monday_of(moment: datetime, zone: ZoneInfo) -> date:
    """The day on which the moment's week began, in a zone."""
    day = moment.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def beginning_of(monday: date, zone: ZoneInfo) -> datetime:
    """The moment at which a week begins, in a zone."""
    return datetime.combine(monday, time(), tzinfo=zone)


def _first_monday(monday: date, zone: ZoneInfo) -> date:
    """Of the newsroom's first reader: asking the index is nothing, asking for one's own a scan."""
    at = Consent.objects.order_by("at").values_list("at", flat=True).first()
    return min(monday, monday_of(at, zone)) if at else monday


def _is_before_anybody_joined(week: Week) -> bool:
    return not (week.joined or week.left or week.suppressed or week.total)


def _happened(
    publication: int, zone: ZoneInfo, mondays: Sequence[date]
) -> Counter[tuple[date, str]]:
    """How often there was a change of each kind, by the Monday of its week."""
    beginnings = [beginning_of(monday, zone).astimezone(UTC) for monday in mondays]
    hours = sorted({f"{moment:%H:%M}" for moment in beginnings} | {"00:00"})
    day, hour = _IN_UTC[connection.vendor]
    since = " ".join(f"WHEN {hour} >= '{begins}' THEN '{begins}'" for begins in reversed(hours))
    query = _HAPPENED.format(day=day, hour=f"CASE {since} END")
    values = {
        "publication": publication,
        "first": connection.ops.adapt_datetimefield_value(beginnings[0]),
    }
    found: Counter[tuple[date, str]] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        for what, on, begins, number in cursor.fetchall():
            moment = datetime.fromisoformat(f"{on}T{begins}").replace(tzinfo=UTC)
            found[monday_of(moment, zone), what] += number
    return found


def _stretches(weeks: Sequence[Week], length: int) -> Iterator[Sequence[Week]]:
    begin = len(weeks) % length
    if begin:
        yield weeks[:begin]
    for place in range(begin, len(weeks), length):
        yield weeks[place : place + length]
