"""How fast a mailing's copies are taken: lately, since it began, and minute by minute.

Chunks are counted, never readers' rows, so a million recipients take no longer than a thousand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, F, IntegerField, Min, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce, TruncMinute

from delivery.counting import Counts
from delivery.models import Chunk, Mailing, Pace
from delivery.standing import Standing, State
from delivery.states import ChunkState
from rendering.dates import printed_moment

A_MINUTE = timedelta(minutes=1)
# After a shorter time a rate would be a guess.
ENOUGH = timedelta(seconds=10)
# What a chart has room for; the first of these widths (in minutes) is taken with which it fits.
MOST_BARS = 30
WIDTHS = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 720, 1440, 2880, 10080)


@dataclass(frozen=True, slots=True)
class Speed:
    """Copies accepted in the last minute; a minute on average; when all will be, as it goes now.

    `average` is None before enough has been seen, `done_at` where nothing sensible can be said.
    """

    last_minute: int
    average: int | None
    done_at: datetime | None

    @property
    def sentence(self) -> str:
        """`1,200 accepted in the last minute; 1,150 a minute on average.`"""
        if self.average is None:
            return f"{self.last_minute:,} accepted in the last minute."
        average = f"{self.average:,}" if self.average else "less than 1"
        return f"{self.last_minute:,} accepted in the last minute; {average} a minute on average."


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many copies were handed over, and accepted then or later, from a moment on."""

    begins: datetime
    copies: int


@dataclass(frozen=True, slots=True)
class Course:
    """A mailing in stretches of equal length, without a gap; empty if nothing was accepted."""

    minutes: int
    stretches: tuple[Stretch, ...]


def speed(mailing: Mailing, counts: Counts, standing: Standing, now: datetime) -> Speed:
    """How fast it goes.

    Args:
        counts: the mailing's, as they are now; likewise its `standing`.
        now: an aware moment.
    """
    chunks = _accepted(mailing)
    lately = _copies(chunks.filter(answered_at__gt=now - A_MINUTE))
    begun = chunks.aggregate(first=Min("left_at"))["first"]
    if begun is None:
        return Speed(lately, None, None)
    until = mailing.finished_at or now
    ran = max(until - begun, timedelta(0))
    average = round(counts.accepted * (A_MINUTE / ran)) if ran >= ENOUGH else None
    done_at = None
    if lately and ran >= ENOUGH and standing.state is State.SENDING and not _has_hours(mailing):
        done_at = now + counts.pending / lately * min(ran, A_MINUTE)
    return Speed(lately, average, done_at)


def told(speed: Speed, mailing: Mailing) -> str:
    """The speed in a sentence or two, with the end that it leads to."""
    if speed.done_at is None:
        return speed.sentence
    moment = printed_moment(speed.done_at.astimezone(mailing.edition.publication.zone))
    return f"{speed.sentence} If it goes on like this, it is done on {moment}."


def course_of(mailing: Mailing) -> Course:
    """When its accepted copies were handed over, in as many stretches as a chart has room for."""
    chunks = mailing.chunks.filter(Q(state=ChunkState.ACCEPTED) | Q(proved__gt=0))
    # A doubt may be settled days later: the copies left when the call was begun.
    left = Coalesce("left_at", "answered_at", "mailing__frozen_at")
    by_minute = (
        chunks.order_by()
        .values_list(TruncMinute(left))
        .annotate(copies=Sum(HAVE_ONE))
        .filter(copies__gt=0)
    )
    return divided(sorted(by_minute))


# Who is proved to have a copy has one, whatever became of the rest of the chunk.
HAVE_ONE = Case(
    When(state=ChunkState.ACCEPTED, then=F("size") - F("withdrawn")),
    default=F("proved"),
    output_field=IntegerField(),
)


def divided(minutes: Iterable[tuple[datetime, int]]) -> Course:
    """Copies by the minute, in order, as stretches that a chart has room for."""
    known = list(minutes)
    if not known:
        return Course(1, ())
    first, last = known[0][0], known[-1][0]
    span = round((last - first) / A_MINUTE) + 1
    width = next((width for width in WIDTHS if span <= width * MOST_BARS), WIDTHS[-1])
    copies = [0] * ((span - 1) // width + 1)
    for minute, number in known:
        copies[round((minute - first) / A_MINUTE) // width] += number
    return Course(
        width,
        tuple(
            Stretch(first + place * width * A_MINUTE, number) for place, number in enumerate(copies)
        ),
    )


def _accepted(mailing: Mailing) -> QuerySet[Chunk]:
    return mailing.chunks.order_by().filter(state=ChunkState.ACCEPTED)


def _copies(chunks: QuerySet[Chunk]) -> int:
    return chunks.aggregate(copies=Sum(HAVE_ONE))["copies"] or 0


def _has_hours(mailing: Mailing) -> bool:
    """Whether its pace has hours or days in which less leaves, or nothing."""
    own = Pace.objects.filter(publication__editions__mailing=mailing)
    return own.exclude(quiet_from=None, ramp_up_from=None).exists()
