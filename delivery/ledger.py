"""The ledger's steps: a chunk is claimed, its answer recorded, and lost ones are recovered.

Every step is one short transaction that compares before it sets, so that any number of
workers can take them at once (PostgreSQL: on several machines; SQLite: on one). Chunks move
by the table in `delivery.states`, and their recipients with them; nothing else moves them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from delivery.models import Chunk, Mailing, Recipient
from delivery.states import RECIPIENTS_OF, ChunkState, Event, RecipientState, after
from delivery.transports import Answer, NotLeft, Refused, Taken, Transport, Unanswered
from subscribers.models import Subscription, Suppression

logger = logging.getLogger(__name__)

# Seconds before an answer is recorded again; SQLite itself waits for 20 in each attempt.
PAUSES = (0.2, 1.0, 5.0)
NOBODY_LEFT = "Nobody was left in it: every recipient was withdrawn before the call."


@dataclass(frozen=True, slots=True)
class ClaimedRecipient:
    """A recipient whose copy is to be handed over now."""

    id: int
    subscription_id: int
    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A chunk that belongs to one worker until its lease runs out."""

    chunk_id: int
    mailing_id: int
    number: int
    worker: str
    recipients: tuple[ClaimedRecipient, ...]


def claim_next_chunk(mailing: Mailing, worker: str, lease: timedelta) -> Claimed | None:
    """Give the next pending chunk to a worker; None if there is none to be had now.

    In the same transaction every recipient is looked at once more: who has unsubscribed or
    was suppressed since the freeze is withdrawn. A chunk in which nobody is left is not
    claimed: it stays as it is, with `NOBODY_LEFT` for its answer, and is asked for no more.

    Args:
        worker: a name that no other run of any worker has had or will have.
        lease: how long the chunk is the worker's without `extend_leases`.
    """
    while True:
        with transaction.atomic():
            chunk = _next_pending(mailing)
            if chunk is None:
                return None
            recipients = _still_to_be_mailed(chunk)
            now = timezone.now()
            pending = Chunk.objects.filter(pk=chunk.pk, state=ChunkState.PENDING)
            if not recipients:
                pending.update(answered_at=now, answer=NOBODY_LEFT)
                continue
            claimed = pending.update(
                state=after(ChunkState.PENDING, Event.CLAIMED),
                worker=worker,
                lease_until=now + lease,
                answered_at=None,
                answer="",
            )
            if claimed:
                return Claimed(chunk.pk, mailing.pk, chunk.number, worker, recipients)


def _next_pending(mailing: Mailing) -> Chunk | None:
    """Those never tried first, in order; then the one that came back longest ago."""
    pending = Chunk.objects.select_for_update(skip_locked=True).filter(
        mailing=mailing, state=ChunkState.PENDING
    )
    return (
        pending.filter(answered_at__isnull=True).order_by("number").first()
        or _with_somebody_left(pending).order_by("answered_at", "number").first()
    )


def _with_somebody_left(chunks: QuerySet[Chunk]) -> QuerySet[Chunk]:
    return chunks.filter(
        Exists(
            Recipient.objects.filter(
                mailing=OuterRef("mailing"),
                chunk_number=OuterRef("number"),
                state=RecipientState.PENDING,
            )
        )
    )


def _still_to_be_mailed(chunk: Chunk) -> tuple[ClaimedRecipient, ...]:
    """The chunk's pending recipients, after withdrawing those who must not be mailed any more."""
    suppressed = Suppression.objects.filter(key=OuterRef("key")).values("reason")
    rows = (
        _recipients(chunk.mailing_id, chunk.number, RecipientState.PENDING)
        .annotate(suppressed=Subquery(suppressed))
        .order_by("pk")
        .values_list(
            "pk", "subscription_id", "address", "name", "subscription__state", "suppressed"
        )
    )
    kept = []
    withdrawn: dict[str, list[int]] = {}
    for pk, subscription_id, address, name, state, suppression in rows:
        if suppression is not None:
            withdrawn.setdefault(f"Suppressed since the freeze: {suppression}.", []).append(pk)
        elif state is None:
            withdrawn.setdefault("The reader was erased since the freeze.", []).append(pk)
        elif state != Subscription.State.CONFIRMED:
            withdrawn.setdefault("Unsubscribed since the freeze.", []).append(pk)
        else:
            kept.append(ClaimedRecipient(pk, subscription_id, address, name))
    for reason, pks in withdrawn.items():
        Recipient.objects.filter(pk__in=pks).update(state=RecipientState.WITHDRAWN, detail=reason)
    return tuple(kept)


def extend_leases(mailing: Mailing, workers: list[str], lease: timedelta) -> None:
    """Keep the chunks of live workers theirs."""
    Chunk.objects.filter(mailing=mailing, state=ChunkState.SENDING, worker__in=workers).update(
        lease_until=timezone.now() + lease
    )


# What an answer means for a chunk that is being sent …
EVENTS: dict[type[Answer], Event] = {
    Taken: Event.TAKEN,
    Refused: Event.REFUSED,
    NotLeft: Event.NOT_LEFT,
    Unanswered: Event.UNANSWERED,
}
# … and, when it comes after the lease, for the doubt that the lost lease has left: a late yes
# proves that the call was taken, a late no that it was not.
LATE_EVENTS: dict[type[Answer], Event] = {
    Taken: Event.PROVED,
    Refused: Event.DISPROVED,
    NotLeft: Event.DISPROVED,
}


def record_answer(claimed: Claimed, answer: Answer, pauses: Iterable[float] = PAUSES) -> ChunkState:
    """Write down what the transport said of a chunk, and move its recipients accordingly.

    An answer that comes after the worker's lease was lost never overwrites what happened
    since. If the chunk is in doubt because of this very call, the answer is the evidence
    that settles it. Otherwise it was given to somebody else, as only a repeatable transport
    allows; then the answer changes nothing, and the log says so.

    A known answer that is lost would become a doubt. So a database that is busy, or away for
    a moment, is asked again.

    Args:
        pauses: seconds to wait before the second, third … attempt; after the last one the
            database's error is raised.

    Returns:
        The state in which the chunk is now.
    """
    remaining = iter(pauses)
    while True:
        try:
            return _record(claimed, answer)
        except OperationalError:
            pause = next(remaining, None)
            if pause is None:
                raise
            logger.warning("The answer for chunk %d could not be recorded yet.", claimed.number)
            connection.close_if_unusable_or_obsolete()
            time.sleep(pause)


@transaction.atomic
def _record(claimed: Claimed, answer: Answer) -> ChunkState:
    chunk = Chunk.objects.select_for_update().get(pk=claimed.chunk_id)
    events = {ChunkState.SENDING: EVENTS, ChunkState.IN_DOUBT: LATE_EVENTS}
    event = events.get(ChunkState(chunk.state), {}).get(type(answer))
    if chunk.worker != claimed.worker or event is None:
        logger.warning(
            "%s: the answer “%s” of %s came too late and was left out.",
            chunk,
            type(answer).__name__,
            claimed.worker,
        )
        return ChunkState(chunk.state)
    return _move(
        chunk,
        event,
        answer="" if isinstance(answer, Taken) else answer.reason,
        provider_id=answer.provider_id if isinstance(answer, Taken) else "",
    )


def recover_lost_chunks(mailing: Mailing, transport: Transport) -> int:
    """Take chunks from workers whose lease has run out; the number of chunks.

    Their calls may have left. So they are in doubt, unless handing over twice leaves one
    copy all the same: then they are pending again, as if the call had not left.
    """
    event = Event.NOT_LEFT if transport.repeatable else Event.UNANSWERED
    with transaction.atomic():
        lost = list(
            Chunk.objects.select_for_update(skip_locked=True).filter(
                mailing=mailing, state=ChunkState.SENDING, lease_until__lt=timezone.now()
            )
        )
        for chunk in lost:
            _move(chunk, event, answer="Its worker was lost before it could record an answer.")
    return len(lost)


def is_unfinished(mailing: Mailing) -> bool:
    """Whether anybody's copy is still pending, in a worker's hands or in nobody's."""
    return _unfinished_chunks(mailing).exists()


def is_in_hand(mailing: Mailing) -> bool:
    """Whether a worker that is alive, as far as is known, is handing over a chunk of it now."""
    return mailing.chunks.filter(state=ChunkState.SENDING, lease_until__gte=timezone.now()).exists()


def mark_finished(mailing: Mailing) -> None:
    """Note when nothing was pending any more; it changes nothing while something is."""
    Mailing.objects.filter(
        ~Exists(_unfinished_chunks(mailing)), pk=mailing.pk, finished_at__isnull=True
    ).update(finished_at=timezone.now())


def _unfinished_chunks(mailing: Mailing) -> QuerySet[Chunk]:
    unfinished = (ChunkState.PENDING, ChunkState.SENDING)
    return _with_somebody_left(Chunk.objects.filter(mailing=mailing, state__in=unfinished))


def _recipients(mailing_id: int, number: int, state: RecipientState) -> QuerySet[Recipient]:
    return Recipient.objects.filter(mailing=mailing_id, chunk_number=number, state=state)


def _move(chunk: Chunk, event: Event, *, answer: str, provider_id: str = "") -> ChunkState:
    """Take a chunk that the caller has locked, and its recipients, to where an event leads.

    The withdrawn stay withdrawn. The worker's name stays too: a late answer has to show
    that it is of the same call.
    """
    before = ChunkState(chunk.state)
    now_in = after(before, event)
    chunk.state, chunk.answer, chunk.provider_id = now_in, answer[:500], provider_id
    chunk.answered_at, chunk.lease_until = timezone.now(), None
    chunk.save(update_fields=["state", "answer", "provider_id", "answered_at", "lease_until"])
    if RECIPIENTS_OF[before] != RECIPIENTS_OF[now_in]:
        _recipients(chunk.mailing_id, chunk.number, RECIPIENTS_OF[before]).update(
            state=RECIPIENTS_OF[now_in]
        )
    if now_in == ChunkState.PENDING:
        Mailing.objects.filter(pk=chunk.mailing_id).update(finished_at=None)
    return now_in
