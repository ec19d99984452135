"""How often something may happen; counted in the database, so that all web processes share it.

Whose count it is, is kept as a keyed hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

from subscribers.models import Tally
from subscribers.networks import keyed

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
# At these a point before the @ makes no difference: https://support.google.com/mail/answer/7436150
# The one is the former name of the other, and mail to either comes into the same mailbox.
_GOOGLES = {"gmail.com", "googlemail.com"}


@dataclass(frozen=True, slots=True)
class Limit:
    """No more than `most` in a span of time; the spans follow each other by the clock."""

    kind: str
    most: int
    span: timedelta


# Who has lost two mails may ask for a third; whoever is bombed gets no more than that.
ADDRESS = Limit("address", 3, _DAY)
# A class or a conference behind one connection comes to this; a script in a minute.
NETWORK = Limit("network", 20, _HOUR)
# Ten times what a form on a busy page brings; the brake counts all forms together.
FORM = Limit("form", 300, _HOUR)
# Without our page's proof of time a script needs to fetch nothing before it posts.
BARE_NETWORK = Limit("network, no proof", 6, _HOUR)
BARE_FORM = Limit("form, no proof", 100, _HOUR)


def take(limit: Limit, subject: str, *, now: datetime | None = None) -> timedelta | None:
    """Count one more; None if it is within the limit, or else how long to wait.

    Args:
        limit: one of the above.
        subject: whose: an address's key, a network, a form's name.
        now: the aware moment; None: this one.
    """
    now = now or timezone.now()
    if count(limit.kind, subject, limit.span, now=now) <= limit.most:
        return None
    return _begins_at(limit.span, now) + limit.span - now


def count(kind: str, subject: str, span: timedelta, *, now: datetime | None = None) -> int:
    """Count one more; how many it makes in the current span of time.

    One statement, so that no process loses what another counts at the same time.

    Args:
        kind: what is counted, in at most 20 characters.
        subject: of whom or what; only its keyed hash is kept.
        span: how long is counted together, e.g. an hour from one full hour to the next.
        now: the aware moment; None: this one.
    """
    table = connection.ops.quote_name(Tally._meta.db_table)
    begins_at = _begins_at(span, now or timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (kind, subject, begins_at, count) VALUES (%s, %s, %s, 1) "  # noqa: S608 - our own table
            "ON CONFLICT (kind, subject, begins_at) "
            f"DO UPDATE SET count = {table}.count + 1 RETURNING count",
            [kind, subject_of(kind, subject), connection.ops.adapt_datetimefield_value(begins_at)],
        )
        (counted,) = cursor.fetchone()
    return int(counted)


def subject_of(kind: str, subject: str) -> str:
    """What stands for a subject in `Tally.subject`."""
    return keyed(f"tally.{kind}", subject)


def mailbox(key: str) -> str:
    """The mailbox that an address leads to, as far as one can see; for counting only.

    `ann+1@example.org` and `ann+2@example.org` may be two readers, but one person gets all of it.

    Args:
        key: an address's key.
    """
    local, _at, domain = key.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _GOOGLES:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def _begins_at(span: timedelta, now: datetime) -> datetime:
    return now - (now - _BEGINNING) % span
