"""When the next chunk of a mailing may leave: quiet hours, a rate, a new sender's ramp-up.

What has to be remembered is kept in the database, so that all workers, on whatever
machine, keep to one pace together, and go on keeping to it after a restart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db.models import F, Q, Sum
from django.utils import timezone

from delivery.models import Chunk, Pace
from delivery.states import ChunkState
from issues.models import Publication
from rendering.dates import printed_moment

# Chunks whose call was begun and not provably in vain.
GONE = (ChunkState.SENDING, ChunkState.ACCEPTED, ChunkState.IN_DOUBT)
# 2**40 first days are more readers than there are.
LONGEST_RAMP_UP = 40


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing may leave before a moment, for a reason that reads on after “waits until …: ”."""

    until: datetime
    reason: str


def pace_of(publication: Publication) -> Pace:
    """A publication's pace; without any limit where nobody has set one."""
    return Pace.objects.get_or_create(publication=publication)[0]


def limits_chunks_to(pace: Pace, size: int) -> int:
    """The chunk size for a new mailing: no chunk is more than a minute's or a first day's share."""
    return min(size, pace.per_minute or size, pace.ramp_up_first_day or size)


def wait_of(pace: Pace, now: datetime, copies: int = 1) -> Wait | None:
    """What a chunk with so many copies has to wait for at a moment; None if it may leave.

    Args:
        now: an aware moment.
        copies: how many recipients it has.
    """
    if pace.quiet_from is not None and pace.quiet_until is not None:
        end = end_of_quiet_time(pace.local(now), pace.quiet_from, pace.quiet_until)
        if end is not None:
            hours = f"{pace.quiet_from:%H:%M} and {pace.quiet_until:%H:%M}"
            return Wait(end, f"nothing leaves between {hours} ({pace.publication.time_zone})")
    if pace.next_at is not None and pace.next_at > now:
        return Wait(pace.next_at, pace.next_reason)
    if pace.ramp_up_from is not None and pace.ramp_up_first_day is not None:
        local = pace.local(now)
        day = min(max((local.date() - pace.ramp_up_from).days, 0), LONGEST_RAMP_UP)
        allowed = pace.ramp_up_first_day * 2**day
        midnight = datetime.combine(local.date(), time(), tzinfo=local.tzinfo)
        gone = _copies_gone_since(pace.publication, midnight)
        # The day's first chunk always leaves: one that is larger than the day would wait for ever.
        if gone and gone + copies > allowed:
            tomorrow = datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
            return Wait(tomorrow, f"a new sender's day {day + 1} has room for {allowed:,} copies")
    return None


def end_of_quiet_time(local: datetime, begins: time, ends: time) -> datetime | None:
    """When the quiet time ends that a local moment is in; None if it is in none.

    The time may go over midnight. Where the clock is put back over its end, it ends when the
    clock shows that for the second time; where the end is left out, once it would have come.
    """
    at = local.time()
    if begins < ends:
        quiet, next_day = begins <= at < ends, False
    else:
        quiet, next_day = at >= begins or at < ends, at >= begins
    if not quiet:
        return None
    end = datetime.combine(local.date() + timedelta(days=next_day), ends, tzinfo=local.tzinfo)
    last = max(end.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return last.astimezone(local.tzinfo)


def take_turn(pace: Pace, now: datetime, copies: int) -> None:
    """Note that a chunk leaves now: the next one has to wait for as long as it takes.

    The caller has locked the pace and seen that nothing has to wait.
    """
    if pace.per_minute is None:
        return
    next_at = now + timedelta(minutes=copies / pace.per_minute)
    reason = f"at most {pace.per_minute:,} recipients a minute"
    Pace.objects.filter(pk=pace.pk).update(next_at=next_at, next_reason=reason)


def hold_back(mailing_id: int, seconds: float, reason: str) -> None:
    """Let nothing of the mailing's publication leave for some seconds: the transport wants it."""
    until = timezone.now() + timedelta(seconds=seconds)
    Pace.objects.filter(
        Q(next_at__isnull=True) | Q(next_at__lt=until), publication__editions__mailing=mailing_id
    ).update(next_at=until, next_reason=reason[:200])


def sentence(wait: Wait, pace: Pace) -> str:
    """`waits until Sunday, 6 July 2025, 06:00 (Asia/Kolkata): nothing leaves between …`"""
    return f"waits until {printed_moment(pace.local(wait.until))}: {wait.reason}"


def _copies_gone_since(publication: Publication, moment: datetime) -> int:
    # What another worker has claimed is as good as gone.
    claimed = Q(state=ChunkState.SENDING, left_at__isnull=True)
    gone = Chunk.objects.filter(
        claimed | Q(left_at__gte=moment, state__in=GONE), mailing__edition__publication=publication
    )
    return gone.aggregate(copies=Sum(F("size") - F("withdrawn")))["copies"] or 0
