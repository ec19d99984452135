"""When an issue is to leave, as a person writes it: a day and an hour by their publication's clock.

A clock there may skip an hour or show one twice; what has no one meaning is asked about again.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from issues.errors import IssueError
from rendering.dates import printed_date

# Whoever means a later day, or one so long ago, has mistyped it: what is past leaves at once.
FARTHEST, LONGEST_AGO = timedelta(days=366), timedelta(days=31)


class NoSuchTime(IssueError):  # noqa: N818 - it reads as what is wrong
    """A day and an hour that are no moment at which something could leave."""


def moment_there(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """The moment of a local time.

    Args:
        day: the day there.
        hour: the time there; full minutes.
        zone: where.

    Returns:
        An aware moment in that zone.

    Raises:
        NoSuchTime: if the clocks there skip it, or show it twice.
    """
    first = datetime.combine(day, hour.replace(tzinfo=None, fold=0), tzinfo=zone)
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    spoken = f"{hour:%H:%M} on {printed_date(day)}"
    # PEP 495: a skipped time comes back from UTC as another one, a repeated one as itself.
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != first.replace(tzinfo=None):
        raise NoSuchTime(
            f"There is no {spoken} in {zone}: the clocks go forward. Choose another hour."
        )
    raise NoSuchTime(f"{spoken} comes twice in {zone}: the clocks go back. Choose another hour.")


def check_is_meant(moment: datetime, now: datetime) -> None:
    """See that nobody has mistyped a day.

    Raises:
        NoSuchTime: if it is more than a year away, or more than a month ago.
    """
    if moment > now + FARTHEST:
        raise NoSuchTime(
            f"{printed_date(moment.date())} is more than a year away. Choose an earlier day."
        )
    if moment < now - LONGEST_AGO:
        raise NoSuchTime(
            f"{printed_date(moment.date())} is more than a month ago. Choose a later day; today "
            "means at once."
        )
