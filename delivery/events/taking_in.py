"""Taking reports in: each is kept once, and what it means comes true in the same transaction.

Whatever the order, repetition or splitting of the reports, the end is the same: a recipient's
outcome only becomes heavier, and a report that is known already changes nothing.

Locks are taken in one order everywhere: chunks, recipients, what readers asked for; each by
their keys. So posts and the workers of the ledger never wait for each other in a circle.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from delivery import ledger
from delivery.events.reading import Report
from delivery.models import Chunk, Mailing, Recipient
from delivery.settling import settle_if_proved
from delivery.states import ChunkState, Outcome
from subscribers.leaving import end_subscriptions
from subscribers.suppressing import suppress_all

# One statement for a whole post, which the ORM has no words for.
_STORE = """
    INSERT INTO delivery_providerevent
        (provider_id, fingerprint, recipient_id, kind, at, reason, received_at)
    SELECT value->>'provider_id', value->>'fingerprint', CAST(value->>'recipient' AS bigint),
        value->>'kind', {at}, value->>'reason', %s
    FROM {reports}
    WHERE true
    ON CONFLICT DO NOTHING
    RETURNING fingerprint
"""
# SQLite takes a date as the text that it is; to cast it would make a number of it.
STORE = {
    "sqlite": _STORE.format(reports="json_each(%s)", at="value->>'at'"),
    "postgresql": _STORE.format(
        reports="json_array_elements(%s::json)", at="(value->>'at')::timestamptz"
    ),
}


class _Row(NamedTuple):
    """What is to be known of a recipient."""

    id: int
    mailing_id: int
    chunk_number: int
    subscription_id: int | None
    withdrawal: str
    outcome: str

    @property
    def place(self) -> tuple[int, int]:
        return self.mailing_id, self.chunk_number


def take_in(reports: Iterable[Report]) -> int:
    """Keep the reports of our own mailings' copies, and do what they mean; how many were new.

    Raises:
        django.db.Error: if the database can't take them now; then nothing was changed.
    """
    ours = _of_our_mailings(list(reports))
    while ours:
        with transaction.atomic():
            found = _recipients(ours)
            chunks = _locked_chunks(found.values())
            rows = _recipients(ours, lock=True)
            # Before its chunk was locked, a recipient may have gone to another one, or been
            # withdrawn: then other chunks have to be locked.
            if all(
                (row.place, row.withdrawal) == (found[pk].place, found[pk].withdrawal)
                for pk, row in rows.items()
            ):
                return _apply(ours, rows, chunks)
    return 0


def _of_our_mailings(reports: list[Report]) -> list[Report]:
    """The key tells them apart from those of another newsroom that mails with the same account."""
    mailings = Mailing.objects.filter(pk__in={report.mailing_id for report in reports})
    keys = dict(mailings.values_list("pk", "key"))
    return [report for report in reports if keys.get(report.mailing_id) == report.mailing_key]


def _recipients(reports: Iterable[Report], *, lock: bool = False) -> dict[int, _Row]:
    """Those that the reports name, by their ids; who was excluded never had a copy."""
    rows = Recipient.objects.filter(
        pk__in={report.recipient_id for report in reports}, chunk_number__isnull=False
    ).order_by("pk")
    if lock:
        rows = rows.select_for_update(no_key=True)
    return {row[0]: _Row._make(row) for row in rows.values_list(*_Row._fields)}


def _locked_chunks(rows: Iterable[_Row]) -> list[Chunk]:
    """The chunks that a proof makes a difference to.

    Most are accepted, and then it makes none: proved or not, who is in it counts as accepted.
    Only a proof of somebody who was withdrawn makes one there, too.
    """
    places = {row.place for row in rows}
    withdrawn = {row.place for row in rows if row.withdrawal}
    candidates = Chunk.objects.filter(
        mailing__in={mailing for mailing, _ in places}, number__in={number for _, number in places}
    )
    touched = [
        pk
        for pk, state, *place in candidates.values_list("pk", "state", "mailing_id", "number")
        if tuple(place) in places and (state != ChunkState.ACCEPTED or tuple(place) in withdrawn)
    ]
    return list(Chunk.objects.select_for_update().filter(pk__in=touched).order_by("pk"))


def _apply(reports: list[Report], rows: dict[int, _Row], chunks: list[Chunk]) -> int:
    reports = [
        report
        for report in reports
        if (row := rows.get(report.recipient_id)) and row.mailing_id == report.mailing_id
    ]
    stored = _store(reports)
    # A repetition may come when a person has lifted the suppression, or a reader has come back.
    new = [report for report in reports if report.fingerprint in stored]
    if not new:
        return 0
    _note_outcomes(new, rows)
    for chunk in chunks:
        ledger.count_again(chunk)
        settle_if_proved(chunk, ledger.PROVED)
    # In the order in which erasing takes the same locks.
    ended = ((rows[report.recipient_id].subscription_id, report) for report in new)
    end_subscriptions(
        {
            subscription_id: report.source
            for subscription_id, report in ended
            if report.ends_subscription and subscription_id is not None
        }
    )
    suppress_all(
        (report.address, report.suppression, report.source)
        for report in new
        if report.suppression is not None
    )
    return len(stored)


def _store(reports: Iterable[Report]) -> set[str]:
    """Keep those that are not known yet; their fingerprints."""
    fit = connection.ops.adapt_datetimefield_value
    rows = [
        {
            "provider_id": report.provider_id,
            "fingerprint": report.fingerprint,
            "recipient": report.recipient_id,
            "kind": report.kind,
            "at": str(fit(report.at)),
            "reason": report.reason,
        }
        for report in reports
    ]
    with connection.cursor() as cursor:
        cursor.execute(STORE[connection.vendor], [fit(timezone.now()), json.dumps(rows)])
        return {fingerprint for (fingerprint,) in cursor.fetchall()}


def _note_outcomes(reports: Iterable[Report], rows: dict[int, _Row]) -> None:
    heaviest = {pk: Outcome(row.outcome) for pk, row in rows.items()}
    for report in reports:
        if report.outcome.weight > heaviest[report.recipient_id].weight:
            heaviest[report.recipient_id] = report.outcome
    changed: defaultdict[Outcome, list[int]] = defaultdict(list)
    for pk, outcome in heaviest.items():
        if outcome != rows[pk].outcome:
            changed[outcome].append(pk)
    for outcome, pks in changed.items():
        Recipient.objects.filter(pk__in=pks).update(outcome=outcome)
