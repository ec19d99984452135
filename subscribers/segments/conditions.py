"""The one table of clauses: how each is written, what it means, and how the database is asked.

Whoever reads a sentence, writes one, explains what there is, or asks who is meant, reads it here.
Plain SQL, the same words in SQLite and PostgreSQL, for a statement in which the table of
subscriptions is called `subscription`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from subscribers.errors import SegmentError
from subscribers.models import Consent, Subscription, Suppression
from subscribers.segments.naming import (
    NONE,
    Named,
    publication_named,
    regions_named,
    regions_written,
)
from subscribers.segments.periods import (
    InTheLast,
    Moments,
    Period,
    Since,
    Span,
    This,
    period_in,
    span_in,
)

# Gives a value its place in the SQL.
Bind = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Clause:
    """One kind of clause.

    `opening` are its first words; `inverse` those with which it says the opposite. `rest` is what
    follows, for people, and `examples` are whole clauses. `read` makes a value of the words that
    follow, or raises SegmentError; `write` makes those words again; `sql` asks the database.
    """

    opening: str
    rest: str
    examples: tuple[str, ...]
    meaning: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    sql: Callable[[Any, datetime, Bind], str]
    inverse: str = ""


# Asked for each row by an index, and not found once for all: PostgreSQL goes through a list of
# readers that has become too long for its memory anew for each of them.
OF_A_READER = """
    EXISTS (
        SELECT 1 FROM subscribers_reader reader
        WHERE reader.id = subscription.reader_id AND {}
    )
"""
# As `subscribers.reconfirming.silent_readers` has it, which asks them whether they want to stay.
SILENT = """
    subscription.confirmed_at < {since} AND NOT EXISTS (
        SELECT 1 FROM subscribers_reader reader
        WHERE reader.id = subscription.reader_id AND reader.heard_from_at >= {since}
    ) AND NOT EXISTS (
        SELECT 1 FROM subscribers_consent consent
        WHERE consent.subscription_id = subscription.id
            AND consent.act = {given} AND consent.at >= {since}
    )
"""
CHOSE = """
    EXISTS (
        SELECT 1 FROM subscribers_regionofinterest chosen
        WHERE chosen.reader_id = subscription.reader_id AND {}
    )
"""
GETS = """
    EXISTS (
        SELECT 1 FROM subscribers_subscription other
        WHERE other.reader_id = subscription.reader_id
            AND other.publication_id = {publication} AND other.state = {confirmed}
    )
"""
# Delivery's own table, by its name: that room knows this one, and not the other way round. The
# word is not bound, because its index is only of the rows that have it.
BOUNCED = """
    EXISTS (
        SELECT 1 FROM subscribers_subscription other
        JOIN delivery_recipient recipient ON recipient.subscription_id = other.id
        WHERE other.reader_id = subscription.reader_id AND recipient.outcome = 'bounced'
    ) OR EXISTS (
        SELECT 1 FROM subscribers_reader reader
        JOIN subscribers_suppression suppression ON suppression.key = reader.key
        WHERE reader.id = subscription.reader_id AND suppression.reason = {bounced}
    )
"""
# Lower case by the database on both sides: SQLite's knows only the letters of ASCII.
COMES_FROM = """
    EXISTS (
        SELECT 1 FROM subscribers_consent consent
        WHERE consent.subscription_id = subscription.id AND consent.act = {given}
            AND LOWER(consent.source) LIKE LOWER({pattern}) ESCAPE '!'
    )
"""


def _between(column: str, moments: Moments, bind: Bind) -> str:
    begins, ends = moments
    sides = [
        *([f"{column} >= {bind(_as_stored(begins))}"] if begins else []),
        *([f"{column} < {bind(_as_stored(ends))}"] if ends else []),
    ]
    return " AND ".join(sides)


def _not_understood(opening: str, words: str, instead: str) -> SegmentError:
    said = f"{opening} {words}".strip()
    return SegmentError(f"“{said}” is not understood; write {instead}.")


def _as_stored(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _region_sql(slugs: tuple[str, ...], _now: datetime, bind: Bind) -> str:
    named = ", ".join(bind(slug) for slug in slugs if slug != NONE)
    ways = [
        *([CHOSE.format(f"chosen.region IN ({named})")] if named else []),
        *([f"NOT {CHOSE.format('TRUE')}"] if NONE in slugs else []),
    ]
    return " OR ".join(ways)


def _joined(words: str) -> Period:
    if (found := period_in(words)) is None:
        raise _not_understood(
            "joined", words, f"joined {JOINED}, e.g. “joined in the last 90 days”"
        )
    return found


def _joined_sql(period: Period, now: datetime, bind: Bind) -> str:
    return _between("subscription.confirmed_at", period.moments(now), bind)


def _heard(words: str) -> Period:
    found = period_in(words)
    if not isinstance(found, InTheLast | This | Since):
        # Of all the times at which somebody was heard from the last one is known.
        raise _not_understood(
            "heard from", words, f"heard from {HEARD}, e.g. “heard from in the last 2 years”"
        )
    return found


def _heard_sql(period: Period, now: datetime, bind: Bind) -> str:
    return OF_A_READER.format(_between("reader.heard_from_at", period.moments(now), bind))


def _silent(words: str) -> Span:
    if (found := span_in(words)) is None:
        raise _not_understood("silent for", words, "for how long, e.g. “silent for 2 years”")
    return found


def _silent_sql(span: Span, now: datetime, bind: Bind) -> str:
    return SILENT.format(
        since=bind(_as_stored(span.before(now))), given=bind(Consent.Act.GIVEN.value)
    )


def _gets_sql(publication: Named, _now: datetime, bind: Bind) -> str:
    confirmed = bind(Subscription.State.CONFIRMED.value)
    return GETS.format(publication=bind(publication.key), confirmed=confirmed)


def _bounced(words: str) -> None:
    if words:
        raise _not_understood(
            "bounced", words, "“never bounced” or “bounced”, and a comma before anything else"
        )


def _bounced_sql(_value: None, _now: datetime, bind: Bind) -> str:
    return BOUNCED.format(bounced=bind(Suppression.Reason.BOUNCED.value))


def _source(words: str) -> str:
    text = words.strip('" ')
    if not text or '"' in text:
        raise SegmentError(
            "Write after “source” what is in the consent's source, in one pair of quotation marks, "
            'e.g. source "spring conference".'
        )
    return text


def _source_sql(text: str, _now: datetime, bind: Bind) -> str:
    for sign in "!%_":
        text = text.replace(sign, f"!{sign}")
    given = bind(Consent.Act.GIVEN.value)
    return COMES_FROM.format(given=given, pattern=bind(f"%{text}%"))


JOINED = "this year | this month | in the last 90 days | since <day> | before <day> | in <year>"
HEARD = "in the last 2 years | this year | since <day>"

CLAUSES: tuple[Clause, ...] = (
    Clause(
        opening="region",
        rest="<region> or <region> …",
        examples=("region Africa", "region Africa or Middle East", "region Africa or none"),
        meaning="They have chosen one of these regions of interest; “none” are those who have "
        "chosen no region.",
        read=regions_named,
        write=regions_written,
        sql=_region_sql,
    ),
    Clause(
        opening="joined",
        rest=JOINED,
        examples=("joined this year", "joined since 1 January 2025", "joined in June 2024"),
        meaning="They confirmed their subscription to this publication then.",
        read=_joined,
        write=str,
        sql=_joined_sql,
    ),
    Clause(
        opening="gets",
        inverse="does not get",
        rest="<publication>",
        examples=("gets GP Alerts", "does not get gp-alerts"),
        meaning="They are confirmed readers of that publication, too.",
        read=publication_named,
        write=str,
        sql=_gets_sql,
    ),
    Clause(
        opening="heard from",
        rest=HEARD,
        examples=("heard from in the last 2 years",),
        meaning="They last did something themselves then: confirmed, answered, chose what they "
        "get.",
        read=_heard,
        write=str,
        sql=_heard_sql,
    ),
    Clause(
        opening="silent for",
        rest="<number> days | weeks | months | years",
        examples=("silent for 2 years",),
        meaning="They joined before that, and have neither done nor agreed to anything since.",
        read=_silent,
        write=str,
        sql=_silent_sql,
    ),
    Clause(
        opening="bounced",
        inverse="never bounced",
        rest="",
        examples=("never bounced",),
        meaning="A copy of theirs, of whatever publication, was turned away for good.",
        read=_bounced,
        write=lambda _: "",
        sql=_bounced_sql,
    ),
    Clause(
        opening="source",
        rest='"<words>"',
        examples=('source "spring conference"',),
        meaning="These words are in what is kept of where their consent comes from.",
        read=_source,
        write=lambda text: f'"{text}"',
        sql=_source_sql,
    ),
)
