"""Holding a mailing: a person pauses, resumes or cancels it, or it pauses itself.

What is in a worker's hands when a mailing is held is not called back: it departs if its call
has begun, and is given back if it has not.
"""

from __future__ import annotations

from django.db.models import F, Q
from django.utils import timezone

from delivery import pace
from delivery.errors import DeliveryError
from delivery.models import Chunk, Mailing
from delivery.states import ChunkState, Event, after
from delivery.transports import Answer, Barred, NotLeft, Refused, Taken, Unanswered

CANCELLED = "The mailing was cancelled by {}."
# Nothing of such a mailing is claimed, and nothing departs.
HELD = Q(paused_at__isnull=False) | Q(cancelled_at__isnull=False)


def is_held(mailing: Mailing) -> bool:
    """Whether a mailing is paused or cancelled now."""
    return Mailing.objects.filter(HELD, pk=mailing.pk).exists()


def pause(mailing: Mailing, reason: str) -> bool:
    """Let nothing further of a mailing leave until it is resumed; whether it was not paused.

    Args:
        reason: a sentence that says who wanted it, or what went wrong.
    """
    return bool(
        Mailing.objects.filter(
            pk=mailing.pk, paused_at__isnull=True, cancelled_at__isnull=True
        ).update(paused_at=timezone.now(), pause_reason=reason[:500])
    )


def resume(mailing: Mailing) -> bool:
    """Let a paused mailing go on; whether it was paused.

    Raises:
        DeliveryError: if it is cancelled.
    """
    if Mailing.objects.filter(pk=mailing.pk, cancelled_at__isnull=False).exists():
        raise DeliveryError(f"Mailing {mailing.pk} is cancelled, and stays so.")
    return bool(
        Mailing.objects.filter(pk=mailing.pk, paused_at__isnull=False).update(
            paused_at=None, pause_reason="", in_a_row=0, told=""
        )
    )


def cancel(mailing: Mailing, by: str) -> bool:
    """Withdraw everything of a mailing that has not left, for ever; whether it was this call.

    Copies that are accepted stay with their readers, and doubts stay doubts.

    Args:
        by: who wants it.
    """
    cancelled = Mailing.objects.filter(pk=mailing.pk, cancelled_at__isnull=True).update(
        cancelled_at=timezone.now(), cancelled_by=by[:150], paused_at=None, pause_reason=""
    )
    give_up_if_cancelled(mailing)
    return bool(cancelled)


def give_up_if_cancelled(mailing: Mailing) -> None:
    """Withdraw the pending chunks of a mailing if it is cancelled.

    In no transaction with what cancels it: others lock a chunk first and the mailing then. From
    the moment it is cancelled nothing is claimed, so this may come late or be done again.
    """
    if by := cancelled_by(mailing.pk):
        Chunk.objects.filter(mailing=mailing, state=ChunkState.PENDING).update(
            state=after(ChunkState.PENDING, Event.GIVEN_UP),
            answer=CANCELLED.format(by),
            answered_at=timezone.now(),
        )


def cancelled_by(mailing_id: int) -> str:
    """Who has cancelled a mailing; empty if nobody has."""
    cancelled = Mailing.objects.filter(pk=mailing_id, cancelled_at__isnull=False)
    by = cancelled.values_list("cancelled_by", flat=True).first()
    return "" if by is None else by or "somebody"


def take_in(mailing_id: int, answer: Answer) -> None:
    """Note what an answer means for the mailing as a whole.

    After as many doubts and refusals in a row as its publication's pace says, it pauses
    itself: then something is wrong that a person has to see before more readers are lost.
    """
    match answer:
        case Taken():
            Mailing.objects.filter(pk=mailing_id, in_a_row__gt=0).update(in_a_row=0)
        case Barred(reason):
            pause(_mailing(mailing_id), reason)
        case NotLeft(reason, wait):
            if wait > 0:
                pace.hold_back(mailing_id, wait, reason)
        case Refused(reason, blamed):
            # That single addresses are refused says nothing about the others.
            if not blamed:
                _one_more_in_a_row(mailing_id, reason)
        case Unanswered(reason):
            _one_more_in_a_row(mailing_id, reason)


def _mailing(mailing_id: int) -> Mailing:
    return Mailing.objects.select_related("edition__publication").get(pk=mailing_id)


def _one_more_in_a_row(mailing_id: int, reason: str) -> None:
    Mailing.objects.filter(pk=mailing_id).update(in_a_row=F("in_a_row") + 1)
    mailing = _mailing(mailing_id)
    times = mailing.in_a_row
    if times >= pace.pace_of(mailing.edition.publication).breaker_after:
        pause(
            mailing,
            f"{times} chunk{' was' if times == 1 else 's in a row were'} refused or got no answer. "
            f"The last time: {reason}",
        )
