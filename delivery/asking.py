"""Asking SendGrid's Email Logs about chunks in doubt: what they know of was taken.

No transaction is open while they are asked. Each chunk is asked about again when its doubt is
twice as old, so that the provider is not asked too often, and given up after some days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from delivery import ledger
from delivery.email_logs import LogsError, TooOften, copies_in, mailing_of
from delivery.errors import DeliveryError
from delivery.messages import chunk_category
from delivery.models import Chunk, Recipient
from delivery.settling import settle_if_proved, since_when
from delivery.states import ChunkState, Outcome
from delivery.transports.eml import one_line
from delivery.transports.sendgrid_calls import Calls
from subscribers.suppressing import key_of

# The clocks of this machine and of the provider need not agree.
MARGIN = timedelta(minutes=10)
SHORTEST_PAUSE = timedelta(minutes=5)
GIVEN_UP_AFTER = timedelta(days=7)
BY_LOGS = "SendGrid's Email Logs know all of its copies."


def ask_about_doubts(calls: Callable[[], Calls], now: datetime) -> int:
    """Ask about every chunk in doubt that is due; how many chunks that has settled.

    What came of it is noted with the chunk, for a person. If the logs can't be asked about one
    chunk, they are not asked about the others either.

    Args:
        calls: opens SendGrid's API; only called if there is something to ask.
        now: an aware moment.
    """
    waiting = _due(now)
    settled = 0
    try:
        api = calls() if waiting else None
        while api is not None and waiting:
            settled += _take_in(waiting[0], _ask(api, waiting[0]))
            del waiting[0]
    except TooOften as error:
        # This one comes last in the next round.
        _note_failure(waiting[:1], str(error))
    except (LogsError, DeliveryError) as error:
        _note_failure(waiting, str(error))
    return settled


def is_due(chunk: Chunk, now: datetime) -> bool:
    """Whether the logs are to be asked about a chunk in doubt."""
    since, asked_at = since_when(chunk), chunk.asked_at
    if now - since > GIVEN_UP_AFTER:
        return False
    if asked_at is None or asked_at < since:
        return True
    return now - asked_at >= max(SHORTEST_PAUSE, asked_at - since)


def _due(now: datetime) -> list[Chunk]:
    in_doubt = Chunk.objects.filter(state=ChunkState.IN_DOUBT, mailing__transport="sendgrid")
    in_turn = in_doubt.order_by(F("asked_at").asc(nulls_first=True), "pk")
    return [
        chunk
        for chunk in in_turn.select_related("mailing__edition__publication")
        if is_due(chunk, now)
    ]


def _ask(calls: Calls, chunk: Chunk) -> dict[str, Outcome]:
    """The outcomes of the copies that the logs know, by their readers' keys."""
    edition, since = chunk.mailing.edition, since_when(chunk)
    category = chunk_category(edition.publication.slug, chunk.number)
    members = ledger.recipients_of(chunk).filter(subscription__isnull=False)
    keys = set(members.values_list("subscription__reader__key", flat=True))
    heaviest: dict[str, Outcome] = {}
    ours: dict[str, bool] = {}
    for copies in copies_in(calls, category, (chunk.left_at or since) - MARGIN, since + MARGIN):
        for copy in copies:
            # Other chunks have the category, too, and other mailings at the same time may.
            key = key_of(copy.address)
            if key not in keys or copy.subject != one_line(edition.subject):
                continue
            # All copies of one call are of one mailing: what stands before the first dot is the
            # call's own id.
            call = copy.message_id.partition(".")[0]
            if call not in ours:
                ours[call] = mailing_of(calls, copy) == f"{chunk.mailing_id}.{chunk.mailing.key}"
            if ours[call]:
                heaviest[key] = _heavier(heaviest.get(key, Outcome.NONE), copy.outcome)
        if len(heaviest) == len(keys):
            break
    return heaviest


@transaction.atomic
def _take_in(asked: Chunk, copies: Mapping[str, Outcome]) -> bool:
    """Note what the logs know; whether it has settled the chunk.

    The chunk may have been settled or sent again meanwhile: a copy proves itself all the same.
    """
    locked = Chunk.objects.select_for_update(of=("self",)).select_related("mailing")
    chunk = locked.get(pk=asked.pk)
    recipients = (
        Recipient.objects.select_for_update(of=("self",))
        .filter(mailing=chunk.mailing_id, chunk_number=chunk.number, subscription__isnull=False)
        .order_by("pk")
        .values_list("pk", "subscription__reader__key", "outcome")
    )
    by_outcome: defaultdict[Outcome, list[int]] = defaultdict(list)
    for pk, key, outcome in recipients:
        if key in copies:
            by_outcome[_heavier(Outcome(outcome), copies[key])].append(pk)
    for outcome, pks in by_outcome.items():
        Recipient.objects.filter(pk__in=pks).update(outcome=outcome)
    ledger.count_again(chunk)
    chunk.asked_at = timezone.now()
    found = sum(map(len, by_outcome.values()))
    chunk.asked_answer = _answer(found, chunk.size - chunk.withdrawn)
    chunk.save(update_fields=["asked_at", "asked_answer"])
    return settle_if_proved(chunk, BY_LOGS)


def _heavier(one: Outcome, other: Outcome) -> Outcome:
    return max(one, other, key=lambda outcome: outcome.weight)


def _answer(found: int, copies: int) -> str:
    known = {0: "none of its copies", copies: f"all of its {copies:,} copies"}
    return f"Email Logs know {known.get(found, f'{found:,} of its {copies:,} copies')}."


def _note_failure(chunks: Iterable[Chunk], why: str) -> None:
    answer = f"Email Logs could not be asked: {why}"
    Chunk.objects.filter(pk__in=[chunk.pk for chunk in chunks], state=ChunkState.IN_DOUBT).update(
        asked_at=timezone.now(), asked_answer=answer[:300]
    )
