"""The ledger's steps before the call: a worker claims a chunk, and notes that it leaves.

Plain SQL where the ORM would take longer to ask than the database to answer: this is done once
for each chunk, and its recipients' rows are read one by one, all million of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from delivery import holding, ledger, pace
from delivery.models import Chunk, Mailing, Pace, Recipient
from delivery.pace import Wait
from delivery.states import ChunkState, Event, Withdrawal, after
from subscribers.models import Subscription, Suppression

NOBODY_LEFT = "Nobody was left in it."

# Of a recipient whose copy is to be handed over now: the ids of its row and of the
# subscription, the reader's address and name, and the version of the reader's links.
ClaimedRecipient = tuple[int, int, str, str, int]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A chunk that belongs to one worker until its lease runs out."""

    chunk_id: int
    mailing_id: int
    number: int
    worker: str
    recipients: Sequence[ClaimedRecipient]


def claim_next_chunk(mailing: Mailing, worker: str, lease: timedelta) -> Claimed | Wait | None:
    """Give the next pending chunk to a worker.

    In the same transaction every recipient is looked at once more: who has unsubscribed, has
    paused or was suppressed since the freeze is withdrawn, and of whom the provider has reported
    since is not handed over again. A chunk in which nobody is left is withdrawn as a whole.

    Args:
        worker: a name that no other run of any worker has had or will have.
        lease: how long the chunk is the worker's without `extend_leases`.

    Returns:
        What it has to wait for where the publication's pace lets nothing leave now; None if
        there is nothing to be had: nothing is pending, or the mailing is held.
    """
    while True:
        with transaction.atomic():
            own_pace = _pace_unless_held(mailing)
            if own_pace is None:
                return None
            chunk = _next_pending(mailing)
            if chunk is None:
                return None
            now = timezone.now()
            if wait := pace.wait_of(own_pace, now, chunk.open):
                return wait
            recipients = _still_to_be_mailed(chunk)
            if not recipients:
                ledger.give_up(chunk, NOBODY_LEFT)
                continue
            claimed = Chunk.objects.filter(pk=chunk.pk, state=ChunkState.PENDING).update(
                state=after(ChunkState.PENDING, Event.CLAIMED),
                worker=worker,
                lease_until=now + lease,
                left_at=None,
                answered_at=None,
                answer="",
            )
            if claimed:
                pace.take_turn(own_pace, now, len(recipients))
                return Claimed(chunk.pk, mailing.pk, chunk.number, worker, recipients)


def depart(claimed: Claimed) -> bool:
    """Note, right before the call, that a chunk leaves; whether it may.

    It may not if it is not the worker's any more, or its mailing was held meanwhile: so a
    worker that slept through its lease calls nobody. Until this is noted, a chunk whose worker
    dies has provably not left.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            DEPART,
            {
                "now": _as_stored(timezone.now()),
                "chunk": claimed.chunk_id,
                "worker": claimed.worker,
                "sending": ChunkState.SENDING.value,
            },
        )
        return bool(cursor.rowcount)


DEPART = """
    UPDATE delivery_chunk SET left_at = %(now)s
    WHERE id = %(chunk)s AND worker = %(worker)s AND state = %(sending)s AND left_at IS NULL
        AND NOT EXISTS (
            SELECT 1 FROM delivery_mailing mailing
            WHERE mailing.id = delivery_chunk.mailing_id
                AND (mailing.paused_at IS NOT NULL OR mailing.cancelled_at IS NOT NULL)
        )
"""

PACE_UNLESS_HELD = """
    SELECT pace.* FROM delivery_pace pace
    JOIN issues_edition edition ON edition.publication_id = pace.publication_id
    JOIN delivery_mailing mailing ON mailing.edition_id = edition.id
    WHERE mailing.id = %s AND mailing.paused_at IS NULL AND mailing.cancelled_at IS NULL
"""


def _pace_unless_held(mailing: Mailing) -> Pace | None:
    """The pace of the mailing's publication; locked if it has a limit that all workers share."""
    found = next(iter(Pace.objects.raw(PACE_UNLESS_HELD, [mailing.pk])), None)
    if found is None:
        # Held; or somebody has deleted the row, and with it every limit.
        return None if holding.is_held(mailing) else pace.pace_of(mailing.edition.publication)
    if found.per_minute is None and found.ramp_up_from is None:
        return found
    return Pace.objects.select_for_update().filter(pk=found.pk).first() or found


NEXT_PENDING = """
    SELECT * FROM delivery_chunk
    WHERE mailing_id = %s AND state = %s AND answered_at IS {} NULL ORDER BY {} LIMIT 1 {}
"""


def _next_pending(mailing: Mailing) -> Chunk | None:
    """Those never tried first, in order; then the one that came back longest ago."""
    locked = ""
    if connection.features.has_select_for_update_skip_locked:
        locked = connection.ops.for_update_sql(skip_locked=True)
    for tried, order in (("", "number"), ("NOT", "answered_at, number")):
        question = NEXT_PENDING.format(tried, order, locked)
        for chunk in Chunk.objects.raw(question, [mailing.pk, ChunkState.PENDING.value]):
            return chunk
    return None


STILL_TO_BE_MAILED = """
    SELECT recipient.id, recipient.subscription_id, reader.address, reader.name,
        reader.link_version
    FROM delivery_recipient recipient
    JOIN subscribers_subscription subscription ON subscription.id = recipient.subscription_id
    JOIN subscribers_reader reader ON reader.id = subscription.reader_id
    LEFT JOIN subscribers_suppression suppression ON suppression.key = reader.key
    WHERE recipient.mailing_id = %s AND recipient.chunk_number = %s
        AND recipient.withdrawal = '' AND recipient.outcome = ''
        AND subscription.state = %s AND suppression.id IS NULL
        AND (reader.paused_until IS NULL OR reader.paused_until <= %s)
    ORDER BY recipient.id
"""


def _still_to_be_mailed(chunk: Chunk) -> Sequence[ClaimedRecipient]:
    """The chunk's recipients, after withdrawing those who must not be mailed any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            STILL_TO_BE_MAILED,
            [
                *(chunk.mailing_id, chunk.number, Subscription.State.CONFIRMED.value),
                _as_stored(timezone.now()),
            ],
        )
        recipients: Sequence[ClaimedRecipient] = cursor.fetchall()
    if len(recipients) != chunk.open:
        _withdraw_all_but(chunk, recipients)
    return recipients


def _withdraw_all_but(chunk: Chunk, recipients: Iterable[ClaimedRecipient]) -> None:
    kept = {recipient for recipient, *_ in recipients}
    suppressed = Suppression.objects.filter(key=OuterRef("subscription__reader__key"))
    rows = (
        ledger.recipients_of(chunk)
        .filter(withdrawal="", outcome="")
        .values_list("pk", "subscription__state", Exists(suppressed))
    )
    reasons: dict[Withdrawal, list[int]] = {}
    for pk, state, is_suppressed in rows:
        if pk in kept:
            continue
        if state is None:
            reason = Withdrawal.ERASED
        elif is_suppressed:
            reason = Withdrawal.SUPPRESSED
        elif state != Subscription.State.CONFIRMED:
            reason = Withdrawal.UNSUBSCRIBED
        else:
            reason = Withdrawal.PAUSED
        reasons.setdefault(reason, []).append(pk)
    for reason, pks in reasons.items():
        Recipient.objects.filter(pk__in=pks).update(withdrawal=reason)
    ledger.count_again(chunk)


def _as_stored(moment: datetime) -> str | datetime | None:
    return connection.ops.adapt_datetimefield_value(moment)
