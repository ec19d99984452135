"""What a person of the newsroom decides about an address: never to mail it, to mail it again, or
to end a subscription for somebody who asked them to. Each with a sentence that says why."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from subscribers.changes import note_change
from subscribers.erased import is_suppressed
from subscribers.errors import SubscriberError
from subscribers.leaving import end_subscription
from subscribers.models import Reader, ReaderChange, Subscription, Suppression
from subscribers.sentences import checked_sentence
from subscribers.suppressing import key_of, suppress

# Nobody is said to be erased who was not (`subscribers.erasing`).
REASONS = (
    Suppression.Reason.BY_REQUEST,
    Suppression.Reason.BOUNCED,
    Suppression.Reason.COMPLAINED,
    Suppression.Reason.BLOCKED,
)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Who may be mailed again; `reader` is None for an address that belongs to none here."""

    reader: Reader | None
    reason: Suppression.Reason


@transaction.atomic
def suppress_by_hand(
    address: str, reason: Suppression.Reason, sentence: str, *, by: str
) -> Suppression:
    """See to it that an address is mailed no more, because a person says so.

    Args:
        address: in any writing; it need not belong to a reader.
        reason: one of `REASONS`.
        sentence: what makes them say so, without any address.
        by: who of the newsroom.

    Raises:
        SubscriberError: without a sentence, or if it is suppressed for a reason as good already.
    """
    sentence = checked_sentence(sentence, "why")
    key = key_of(address)
    # Locked, so that of two who say it at once the second one is told.
    reader = Reader.objects.select_for_update(no_key=True).filter(key=key).first()
    before = is_suppressed(key)
    suppress(address, reason, f"{by}: {sentence}")
    after = is_suppressed(key)
    if after is None:
        raise SubscriberError("This is longer than any address; type it anew.")
    if before is not None and before.reason == after.reason:
        raise SubscriberError(
            f"Nothing was changed: it is suppressed already ({after.get_reason_display()})."
        )
    if reader is not None:
        said = f"{reason.label.capitalize()}: {sentence}"
        note_change(reader, ReaderChange.Kind.SUPPRESSED, said, by=by)
    return after


@transaction.atomic
def allow_again(pk: int, reason: str, sentence: str, *, by: str) -> Allowed:
    """Take an address off those that must not be mailed.

    Args:
        pk: the suppression's id.
        reason: that which the person has seen and decides about.
        sentence: why it may be mailed again, without any address.
        by: who of the newsroom.

    Raises:
        SubscriberError: without a sentence, or if it is allowed or suppressed anew meanwhile.
    """
    sentence = checked_sentence(sentence, "why it may be mailed again")
    row = Suppression.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise SubscriberError("Nothing was changed: somebody has allowed it again meanwhile.")
    if row.reason != reason:
        raise SubscriberError(
            f"Nothing was changed: there is another reason now ({row.get_reason_display()}). Look "
            "at it, and decide again."
        )
    row.delete()
    reader = Reader.objects.filter(key=row.key).first()
    if reader is not None:
        note_change(reader, ReaderChange.Kind.ALLOWED, sentence, by=by)
    return Allowed(reader, Suppression.Reason(row.reason))


@transaction.atomic
def end_by_hand(subscription: Subscription, sentence: str, *, by: str) -> None:
    """End a subscription for a reader who asked for it in another way than by a link.

    Args:
        subscription: which.
        sentence: how they asked, without any address.
        by: who of the newsroom.

    Raises:
        SubscriberError: without a sentence, or if it is ended already.
    """
    sentence = checked_sentence(sentence, "how they asked for it")
    if not end_subscription(subscription.pk, sentence, by=by):
        raise SubscriberError("Nothing was changed: it has ended meanwhile.")
