"""Settling doubts: by evidence, or, where none comes, by a named person's word.

That nothing is known of a copy is no proof that it was not taken. So evidence only ever says
that one was, and to send again what is in doubt is for a person to decide.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Sum
from django.utils import timezone

from delivery import ledger
from delivery.errors import DeliveryError
from delivery.models import Chunk, Mailing
from delivery.standing import local
from delivery.states import ChunkState, Event
from delivery.transports.eml import one_line

logger = logging.getLogger(__name__)


class Decision(models.TextChoices):
    """What a person can decide about copies of which nobody knows, or that were refused."""

    RESEND = "resend", "send them again"
    COUNT_AS_SENT = "count as sent", "count them as sent"


# What a decision means for a chunk in a state; nothing else is for a person to decide.
EVENTS: dict[tuple[ChunkState, Decision], Event] = {
    (ChunkState.IN_DOUBT, Decision.RESEND): Event.DISPROVED,
    (ChunkState.IN_DOUBT, Decision.COUNT_AS_SENT): Event.PROVED,
    (ChunkState.REJECTED, Decision.RESEND): Event.RETRIED,
}


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of a chunk that is in doubt or rejected.

    `readers` is how many a decision is about: those of whom nothing is known. `why` is what the
    transport said, `since` when that was. `asked_at` and `asked_answer` tell what came of asking
    the provider's logs. A chunk is `ripe` when so much time has passed that no evidence is to be
    expected any more.
    """

    number: int
    state: ChunkState
    readers: int
    proved: int
    since: datetime
    why: str
    asked_at: datetime | None
    asked_answer: str
    ripe_at: datetime
    ripe: bool

    @property
    def sentence(self) -> str:
        """`chunk 3: 7 readers are in doubt, 993 proved to have a copy. …`, and what was said."""
        many = f"{self.readers:,} reader{'' if self.readers == 1 else 's'}"
        are = "is" if self.readers == 1 else "are"
        proved = f", {self.proved:,} proved to have a copy" if self.proved else ""
        how_it_is = f"chunk {self.number}: {many} {are} {self.state.value}{proved}."
        return " ".join(filter(None, [how_it_is, self.why, self.asked_answer]))


def what_is_known(mailing: Mailing, now: datetime) -> list[Knowledge]:
    """What is known of each chunk of a mailing that waits for evidence or for a person.

    Args:
        now: an aware moment.
    """
    waiting = (ChunkState.IN_DOUBT, ChunkState.REJECTED)
    return [
        _known(chunk, now) for chunk in mailing.chunks.filter(state__in=waiting).order_by("number")
    ]


def _known(chunk: Chunk, now: datetime) -> Knowledge:
    since, ripe_at = since_when(chunk), _ripe_at(chunk)
    # What the logs knew of an earlier call says nothing of this one.
    asked = chunk.asked_at is not None and chunk.asked_at >= since
    return Knowledge(
        number=chunk.number,
        state=ChunkState(chunk.state),
        readers=chunk.open,
        proved=chunk.proved,
        since=since,
        why=chunk.answer,
        asked_at=chunk.asked_at if asked else None,
        asked_answer=chunk.asked_answer if asked else "",
        ripe_at=ripe_at,
        ripe=ripe_at <= now,
    )


def doubtful_readers() -> int:
    """How many readers of all mailings there are of whom nobody knows whether they have a copy."""
    chunks = Chunk.objects.filter(state=ChunkState.IN_DOUBT)
    counted = chunks.aggregate(open=Sum(F("size") - F("withdrawn") - F("proved")))
    return counted["open"] or 0


def since_when(chunk: Chunk) -> datetime:
    """Since when a chunk is in doubt, or rejected."""
    since = chunk.answered_at or chunk.left_at
    if since is None:
        raise ValueError(f"{chunk} has never left.")
    return since


def settle_if_proved(chunk: Chunk, why: str) -> bool:
    """Settle a doubt about which nobody is left to doubt; whether it was one.

    Args:
        chunk: one that the caller has locked (`select_for_update`), with its counts up to date.
        why: the evidence, for the chunk's answer.
    """
    if chunk.state != ChunkState.IN_DOUBT or chunk.open > 0:
        return False
    ledger.settle(chunk, Event.PROVED, why)
    ledger.mark_finished(chunk.mailing)
    return True


def settle_what_is_proved() -> int:
    """Settle all doubts of which evidence has left nothing; how many chunks that were."""
    settled = 0
    proved = Chunk.objects.filter(state=ChunkState.IN_DOUBT, size__lte=F("withdrawn") + F("proved"))
    for pk in list(proved.values_list("pk", flat=True)):
        with transaction.atomic():
            chunk = Chunk.objects.select_for_update().get(pk=pk)
            ledger.count_again(chunk)
            settled += settle_if_proved(chunk, ledger.PROVED)
    return settled


def waiting_for_a_person(now: datetime) -> list[tuple[Mailing, list[Knowledge]]]:
    """The mailings with doubts for which no evidence is to be expected, and those doubts.

    Only what the editors have not been told of (`Mailing.doubts_told_at`), and nothing that is
    cancelled: then there is hardly anything to decide.
    """
    mailings = Mailing.objects.filter(
        chunks__state=ChunkState.IN_DOUBT, cancelled_at__isnull=True
    ).select_related("edition__publication", "edition__issue", "edition__note")
    found = []
    for mailing in mailings.order_by("pk").distinct():
        told_at = mailing.doubts_told_at
        ripe = [
            one
            for one in what_is_known(mailing, now)
            if one.ripe and one.state == ChunkState.IN_DOUBT
        ]
        if any(told_at is None or one.ripe_at > told_at for one in ripe):
            found.append((mailing, ripe))
    return found


def settle_by_person(
    chunk: Chunk, decision: Decision, by: str, *, at_once: bool = False
) -> ChunkState:
    """Do with one chunk what a person has decided; the state in which it then is.

    See `settle_all_by_person`.
    """
    settle_all_by_person(chunk.mailing, decision, by, numbers=[chunk.number], at_once=at_once)
    chunk.refresh_from_db()
    return ChunkState(chunk.state)


@transaction.atomic
def settle_all_by_person(
    mailing: Mailing,
    decision: Decision,
    by: str,
    *,
    numbers: Iterable[int] | None = None,
    at_once: bool = False,
) -> int:
    """Do what a person has decided about a mailing's doubts, or about the chunks that they name.

    What is sent again goes only to readers of whom nothing proves that they have a copy. What
    was refused can be sent again, too, if its chunks are named. All of it is done, or nothing.

    Args:
        by: the person's name; it is kept with the chunk, and with the time.
        numbers: the chunks' numbers; None for all that are in doubt.
        at_once: do not wait for the evidence that may still come.

    Returns:
        How many readers were settled.

    Raises:
        DeliveryError: if there is nothing to decide, or not yet.
    """
    by = one_line(by)
    mailing = Mailing.objects.select_related("edition__publication").get(pk=mailing.pk)
    if decision == Decision.RESEND and mailing.cancelled_at is not None:
        raise DeliveryError(
            f"Mailing {mailing.pk} is cancelled, so nothing of it is sent again; what is in doubt "
            "can be counted as sent."
        )
    chunks = _named(mailing, numbers)
    now = timezone.now()
    if not at_once:
        _refuse_unripe(mailing, chunks, now)
    moment = local(mailing, now)
    readers = 0
    for chunk in chunks:
        event = EVENTS.get((ChunkState(chunk.state), decision))
        if event is None:
            raise DeliveryError(
                f"Chunk {chunk.number} of mailing {mailing.pk} is {chunk.state}, so it can't be "
                f"decided to {decision.label}."
            )
        ledger.count_again(chunk)
        if settle_if_proved(chunk, ledger.PROVED):
            continue
        readers += chunk.open
        said = f"{by} decided to {decision.label} ({moment})."
        ledger.settle(chunk, event, f"{said} Before: {chunk.answer}" if chunk.answer else said)
        # The chunk's own answer is written over when it leaves again.
        logger.warning("Chunk %d of mailing %d: %s", chunk.number, mailing.pk, said)
    ledger.mark_finished(mailing)
    return readers


def _named(mailing: Mailing, numbers: Iterable[int] | None) -> list[Chunk]:
    """The chunks, locked."""
    found = mailing.chunks.select_for_update().order_by("pk")
    if numbers is None:
        chunks = list(found.filter(state=ChunkState.IN_DOUBT))
        if not chunks:
            raise DeliveryError(f"Nothing of mailing {mailing.pk} is in doubt.")
        return chunks
    wanted = set(numbers)
    # A number that no column can hold is none that a chunk has.
    chunks = list(found.filter(number__in=[one for one in wanted if one < 2**31]))
    missing = wanted - {chunk.number for chunk in chunks}
    if missing:
        raise DeliveryError(f"Mailing {mailing.pk} has no chunk {min(missing)}.")
    return chunks


def _refuse_unripe(mailing: Mailing, chunks: list[Chunk], now: datetime) -> None:
    doubtful = [chunk for chunk in chunks if chunk.state == ChunkState.IN_DOUBT]
    ripe_at = max(map(_ripe_at, doubtful), default=now)
    if ripe_at > now:
        raise DeliveryError(
            f"Evidence about what is in doubt in mailing {mailing.pk} may still come: wait until "
            f"{local(mailing, ripe_at)}, or decide at once all the same."
        )


def _ripe_at(chunk: Chunk) -> datetime:
    """What was refused is known to be refused; for a doubt evidence is waited for."""
    since = since_when(chunk)
    if chunk.state != ChunkState.IN_DOUBT or chunk.mailing.transport != "sendgrid":
        # Other transports report nothing.
        return since
    return since + timedelta(minutes=settings.SETTLING_MINUTES)
