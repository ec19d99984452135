"""What a person does with a mailing at the desk or the command line, and what they are told of it.

Two people may press at once: whoever comes second is told how it is now, and nothing happens twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from delivery import holding, ledger
from delivery.counting import Counts, counts
from delivery.errors import DeliveryError
from delivery.models import Mailing
from delivery.standing import standing
from delivery.transports.eml import one_line


@dataclass(frozen=True, slots=True)
class Done:
    """What a person is told; `changed` says that it was their doing."""

    sentence: str
    changed: bool


def pause(mailing: Mailing, by: str, reason: str = "") -> Done:
    """Let nothing further of a mailing leave until somebody resumes it.

    Args:
        by: who wants it, for the record.
        reason: why, in their own words.

    Raises:
        DeliveryError: if nothing is left that could be held.
    """
    _something_left(mailing, "so there is nothing to pause")
    by, why = one_line(by), one_line(reason)
    if holding.pause(mailing, f"{by} paused it: {why}" if why else f"{by} paused it."):
        return Done(
            f"Mailing {mailing.pk} is paused. What a worker is handing over right now still "
            "leaves; nothing else does.",
            changed=True,
        )
    return Done(_as_it_is(mailing), changed=False)


def resume(mailing: Mailing) -> Done:
    """Let a paused mailing go on.

    Raises:
        DeliveryError: if it is cancelled.
    """
    if holding.resume(mailing):
        return Done(f"Mailing {mailing.pk} is resumed.", changed=True)
    return Done(_as_it_is(mailing), changed=False)


def cancel(mailing: Mailing, by: str) -> Done:
    """Withdraw, for ever, what of a mailing has not left.

    Args:
        by: who wants it, for the record.

    Raises:
        DeliveryError: if nothing is left that could be withdrawn.
    """
    before = counts(mailing)
    if _fresh(mailing).cancelled_at is None:
        _something_left(mailing, "so there is nothing to cancel")
    if not holding.cancel(mailing, one_line(by)):
        return Done(_as_it_is(mailing), changed=False)
    ledger.mark_finished(mailing)
    reached = counts(mailing)
    withdrawn = _readers(reached.withdrawn - before.withdrawn)
    sentence = f"Mailing {mailing.pk} is cancelled: {withdrawn} will not get it."
    if reached.pending:
        sentence += f" {_readers(reached.pending)} may still: a worker has them in its hands now."
    return Done(sentence, changed=True)


def left_over(mailing: Mailing) -> int:
    """How many readers pausing or cancelling a mailing is about."""
    return counts(mailing).pending


def _something_left(mailing: Mailing, so: str) -> None:
    fresh, reached = _fresh(mailing), counts(mailing)
    if fresh.cancelled_at is not None or not reached.pending:
        described = _described(fresh, reached)
        raise DeliveryError(f"Mailing {mailing.pk} has nothing left to send, {so}. {described}")


def _as_it_is(mailing: Mailing) -> str:
    fresh = _fresh(mailing)
    return f"Nothing was changed. {_described(fresh, counts(fresh))}"


def _described(mailing: Mailing, reached: Counts) -> str:
    return standing(mailing, reached, timezone.now()).sentence


def _fresh(mailing: Mailing) -> Mailing:
    found = Mailing.objects.select_related("edition__publication")
    return found.get(pk=mailing.pk)


def _readers(number: int) -> str:
    return f"{number:,} reader{'' if number == 1 else 's'}"
