"""The ledger's steps after the call: an answer is recorded, lost chunks come back, doubts settle.

Every step is one short transaction that compares before it sets, so that any number of
workers can take them at once (PostgreSQL: on several machines; SQLite: on one). Chunks move
by the table in `delivery.states`; nothing else moves them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import OperationalError, connection, transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from delivery import holding
from delivery.models import Chunk, Mailing, Recipient
from delivery.states import ChunkState, Event, Outcome, after
from delivery.transports import (
    Answer,
    Barred,
    NotLeft,
    Refused,
    Taken,
    Transport,
    Unanswered,
)

if TYPE_CHECKING:
    from delivery.claiming import Claimed

logger = logging.getLogger(__name__)

# Seconds before an answer is recorded again; SQLite itself waits for 20 in each attempt.
PAUSES = (0.2, 1.0, 5.0, 20.0, 30.0)
PROVED = "The provider's reports prove that it was taken."


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
    Barred: Event.NOT_LEFT,
    Unanswered: Event.UNANSWERED,
}
# … and, when it comes after the lease, for the doubt that the lost lease has left: a late yes
# proves that the call was taken, a late no that it was not.
LATE_EVENTS: dict[type[Answer], Event] = {
    Taken: Event.PROVED,
    Refused: Event.DISPROVED,
    NotLeft: Event.DISPROVED,
    Barred: Event.DISPROVED,
}


def record_answer(claimed: Claimed, answer: Answer, pauses: Iterable[float] = PAUSES) -> ChunkState:
    """Write down what the transport said of a chunk.

    An answer that comes after the worker's lease was lost never overwrites what happened
    since. If the chunk is in doubt because of this very call, the answer is the evidence
    that settles it. Otherwise it was given to somebody else; then the answer changes nothing,
    and the log says so.

    A refusal that is about some of the recipients divides the chunk, so that the others can
    leave without them. What the answer says about the mailing as a whole is noted with it: a
    pause, a time to wait, or one doubt or refusal more in a row.

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
                # All that a person will have to go by.
                logger.error(  # noqa: TRY400 - the error itself is raised
                    "The transport said of chunk %d of mailing %d: %s. The database did not take "
                    "it, so the chunk will be in doubt; settle it by this line.",
                    claimed.number,
                    claimed.mailing_id,
                    f"taken, as {answer.provider_id or 'a message without an id'}"
                    if isinstance(answer, Taken)
                    else answer.reason.rstrip("."),
                )
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
        if isinstance(answer, Taken) and chunk.state != ChunkState.ACCEPTED:
            return _prove(chunk, claimed)
        return ChunkState(chunk.state)
    if isinstance(answer, Taken):
        now_in = _move(chunk, event, provider_id=answer.provider_id)
    elif isinstance(answer, Refused) and event == Event.REFUSED:
        now_in = _refuse(chunk, answer)
    else:
        now_in = _move(chunk, event, answer=answer.reason)
    # A doubt that the provider's reports had settled before it began is none.
    proved = isinstance(answer, Unanswered) and now_in == ChunkState.ACCEPTED
    holding.take_in(chunk.mailing_id, Taken() if proved else answer)
    return now_in


def _prove(chunk: Chunk, claimed: Claimed) -> ChunkState:
    """Note that the readers of a call have their copies, whatever was decided about them since."""
    ids = [recipient for recipient, *_ in claimed.recipients]
    members = Recipient.objects.filter(pk__in=ids)
    members.filter(outcome="").update(outcome=Outcome.PROCESSED)
    # Some may be in another chunk since: then theirs was divided.
    own = Chunk.objects.select_for_update().filter(
        mailing=claimed.mailing_id, number__in=members.values("chunk_number")
    )
    for one in own.order_by("pk"):
        count_again(one)
        if one.state == ChunkState.IN_DOUBT and not one.open:
            _move(one, Event.PROVED, answer=PROVED, provider_id=one.provider_id)
    chunk.refresh_from_db()
    return ChunkState(chunk.state)


def _refuse(chunk: Chunk, answer: Refused) -> ChunkState:
    """Reject a chunk, or only those in it whom the refusal is about."""
    to_be_mailed = recipients_of(chunk).filter(withdrawal="", outcome="").order_by("pk")
    ids = list(to_be_mailed.values_list("pk", flat=True))
    blamed = [pk for pk in ids if pk in answer.blamed]
    if not ids or (not blamed and recipients_of(chunk).filter(pk__in=answer.blamed).exists()):
        # Those whom it is about were withdrawn or proved during the call.
        count_again(chunk)
        return _move(chunk, Event.DIVIDED, answer=answer.reason)
    if blamed and len(blamed) < len(ids):
        apart, state = blamed, ChunkState.REJECTED
    elif answer.divisible and not blamed and len(ids) > 1:
        apart, state = ids[len(ids) // 2 :], ChunkState.PENDING
    else:
        return _move(chunk, Event.REFUSED, answer=answer.reason)
    # Two workers that divide chunks of one mailing at once would give a number twice.
    mailing = Mailing.objects.select_for_update().get(pk=chunk.mailing_id)
    last = mailing.chunks.order_by("-number").values_list("number", flat=True)[0]
    divided = Chunk.objects.create(
        mailing=mailing,
        number=last + 1,
        size=len(apart),
        state=state,
        left_at=chunk.left_at,
        answered_at=timezone.now(),
        answer=answer.reason[:500],
    )
    Recipient.objects.filter(pk__in=apart).update(chunk_number=divided.number)
    if state == ChunkState.PENDING and mailing.cancelled_at is not None:
        give_up(divided, holding.CANCELLED.format(holding.cancelled_by(mailing.pk)))
    Chunk.objects.filter(pk=chunk.pk).update(size=F("size") - len(apart))
    chunk.refresh_from_db(fields=["size"])
    return _move(chunk, Event.DIVIDED, answer=answer.reason)


def recover_lost_chunks(mailing: Mailing, transport: Transport) -> int:
    """Take chunks from workers whose lease has run out; the number of chunks.

    Those whose call was begun are in doubt, unless handing over twice leaves one copy all
    the same. All others have provably not left, and are pending again.
    """
    with transaction.atomic():
        lost = list(
            Chunk.objects.select_for_update(skip_locked=True).filter(
                mailing=mailing, state=ChunkState.SENDING, lease_until__lt=timezone.now()
            )
        )
        doubts = 0
        for chunk in lost:
            safe = transport.repeatable or chunk.left_at is None
            event = Event.NOT_LEFT if safe else Event.UNANSWERED
            now_in = _move(
                chunk, event, answer="Its worker was lost before it could record an answer."
            )
            doubts += now_in == ChunkState.IN_DOUBT
        if doubts:
            # One death, however many calls it cut off: one doubt more in a row.
            holding.take_in(mailing.pk, Unanswered("A worker was lost during its calls."))
    return len(lost)


def settle(chunk: Chunk, event: Event, why: str) -> ChunkState:
    """Move a chunk by evidence, or by a person's word.

    Args:
        chunk: one that the caller has locked (`select_for_update`).
        event: `PROVED`, `DISPROVED` or `RETRIED`.
        why: what is kept as the chunk's answer, e.g. who decided it.

    Raises:
        TransitionError: if that can't happen to it in its state.
    """
    return _move(chunk, event, answer=why, provider_id=chunk.provider_id)


def give_up(chunk: Chunk, why: str) -> None:
    """Withdraw a pending chunk, which the caller has locked, as a whole."""
    _move(chunk, Event.GIVEN_UP, answer=why)


def recipients_of(chunk: Chunk) -> QuerySet[Recipient]:
    """Everybody in a chunk, withdrawn or not."""
    return Recipient.objects.filter(mailing=chunk.mailing_id, chunk_number=chunk.number)


def count_again(chunk: Chunk) -> None:
    """Bring the counts of a chunk, which the caller has locked, up to date with its rows.

    Who was withdrawn but has a copy all the same, from a call before that, counts as having it.
    """
    counted = recipients_of(chunk).aggregate(
        withdrawn=Count("pk", Q(outcome="") & ~Q(withdrawal="")), proved=Count("pk", ~Q(outcome=""))
    )
    chunk.withdrawn, chunk.proved = counted["withdrawn"], counted["proved"]
    chunk.save(update_fields=["withdrawn", "proved"])


def is_unfinished(mailing: Mailing) -> bool:
    """Whether anybody's copy is still pending, in a worker's hands or in nobody's."""
    unfinished = (ChunkState.PENDING, ChunkState.SENDING)
    return mailing.chunks.filter(state__in=unfinished).exists()


def is_in_hand(mailing: Mailing) -> bool:
    """Whether a worker that is alive, as far as is known, is handing over a chunk of it now."""
    return mailing.chunks.filter(state=ChunkState.SENDING, lease_until__gte=timezone.now()).exists()


@transaction.atomic
def mark_finished(mailing: Mailing) -> None:
    """Note when nothing was pending any more; it changes nothing while something is."""
    # Locked first and looked at in a second statement: PostgreSQL would look at what was
    # committed before it had to wait for somebody who makes a chunk pending.
    locked = Mailing.objects.select_for_update().get(pk=mailing.pk)
    if locked.finished_at is None and not is_unfinished(locked):
        Mailing.objects.filter(pk=mailing.pk).update(finished_at=timezone.now())


def _move(chunk: Chunk, event: Event, *, answer: str = "", provider_id: str = "") -> ChunkState:
    """Take a chunk that the caller has locked to where an event leads, and on from there.

    What is in doubt and was proved meanwhile is accepted; what is pending and can't leave any
    more is withdrawn. The worker's name stays: a late answer has to show that it is of the same
    call.
    """
    now_in = after(ChunkState(chunk.state), event)
    chunk.state, chunk.answer, chunk.provider_id = now_in, answer[:500], provider_id
    chunk.answered_at, chunk.lease_until = timezone.now(), None
    chunk.save(update_fields=["state", "answer", "provider_id", "answered_at", "lease_until"])
    if now_in == ChunkState.IN_DOUBT:
        count_again(chunk)
        if not chunk.open:
            return _move(chunk, Event.PROVED, answer=PROVED, provider_id=provider_id)
    if now_in == ChunkState.PENDING:
        if by := holding.cancelled_by(chunk.mailing_id):
            return _move(chunk, Event.GIVEN_UP, answer=holding.CANCELLED.format(by))
        Mailing.objects.filter(pk=chunk.mailing_id).update(finished_at=None, told="")
    return now_in
