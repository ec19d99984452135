"""When a publication's stories run: cron expressions for its own time zone.

Cron runs by the wall clock of the zone, so eight o'clock stays eight o'clock when the
clocks change.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
# 1 January 2024 was a Monday, so this is weekday 0.
_MONDAY = datetime(2024, 1, 1)  # noqa: DTZ001 - a time of the week, in no zone


def weekly_cron(weekday: int, at: time, hours_before: int = 0) -> str:
    """A cron expression for once a week.

    >>> weekly_cron(6, time(8, 0), hours_before=24)
    '0 8 * * SAT'

    Args:
        weekday: Python's numbering, Monday is 0.
        at: the time of the day. Cron knows no seconds: the next full minute is taken, so
            that nothing comes before its time.
        hours_before: how long before that, by the wall clock.
    """
    moment = datetime.combine(_MONDAY + timedelta(days=weekday), at) - timedelta(hours=hours_before)
    if moment.second or moment.microsecond:
        moment = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return f"{moment.minute} {moment.hour} * * {DAYS[moment.weekday()]}"
