"""Importing readers from a CSV file: all of them or none, and never one who has left.

The operator says where the readers' consent comes from, and each new
subscription keeps that sentence. Whoever unsubscribed or is suppressed is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from subscribers.errors import ReaderFileError
from subscribers.models import Consent, Reader, Subscription, Suppression
from subscribers.reading import Candidate, Duplicate, Refused, read_list

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import Model

_LONGEST_CONSENT = 200
_LONGEST_FILE_NAME = 90
_BATCH = 2000
_NOTHING_IMPORTED = (
    "Nothing was imported. Mend the refused rows, or leave them out with --skip-refused."
)

State = Subscription.State
Candidates = dict[str, Candidate]


@dataclass(slots=True)
class ReaderImport:
    """What an import did. `imported` is false where rows were refused and so nothing was changed.

    Once imported, always: rows = new + already_subscribed + unsubscribed + unconfirmed +
    suppressed + duplicates + refused. `unsubscribed`, `unconfirmed` and `suppressed` were left
    alone; the first two because of what is known here, or what the file's column `state` says.
    """

    encoding: str
    delimiter: str
    rows: int
    duplicates: list[Duplicate]
    refused: list[Refused]
    imported: bool = False
    new: int = 0
    already_subscribed: int = 0
    unsubscribed: int = 0
    unconfirmed: int = 0
    suppressed: int = 0

    def __str__(self) -> str:
        """The report for the operator, a line for each thing to know; rows, never addresses."""
        rows = f"{self.rows} row{'' if self.rows == 1 else 's'}"
        return "\n".join(
            [
                f"{rows}, read as {self.encoding} with a {self.delimiter} between cells",
                *(f"row {one.row}: {one.reason}" for one in self.refused),
                *(f"row {one.row}: the same as row {one.first_row}" for one in self.duplicates),
                *(self._counted() if self.imported else [_NOTHING_IMPORTED]),
            ]
        )

    def _counted(self) -> list[str]:
        counts = {
            "new": self.new,
            "already subscribed": self.already_subscribed,
            "left alone: unsubscribed": self.unsubscribed,
            "left alone: not confirmed where they come from": self.unconfirmed,
            "left alone: suppressed": self.suppressed,
            "the same as an earlier row": len(self.duplicates),
            "refused": len(self.refused),
        }
        return [f"{count} {what}" for what, count in counts.items() if count or what == "new"]


def import_readers(
    file: Path,
    publication: Model,
    *,
    consent: str,
    skip_refused: bool = False,
    on_progress: Callable[[float], None] | None = None,
) -> ReaderImport:
    """Subscribe everybody in a file to a publication.

    Args:
        file: CSV with the columns `address` (or `email`) and, optionally, `name`. A column
            `state`, as `export_readers` writes it, keeps those out who had left.
        publication: the `issues.Publication`.
        consent: where the readers agreed, e.g. `paper forms of the spring conference`.
        skip_refused: import the good rows where others are refused.
        on_progress: called now and then with how much is done, 0 to 1.

    Raises:
        ReaderFileError: if the file can't be read as a list of readers at all, or `consent`
            is empty or too long.
    """
    consent = " ".join(consent.split())
    if not 0 < len(consent) <= _LONGEST_CONSENT:
        raise ReaderFileError(
            "Say where the readers' consent comes from, in 1 to "
            f"{_LONGEST_CONSENT} characters, e.g. “paper forms of the spring conference”."
        )
    tell = on_progress or (lambda _: None)
    found = read_list(file, lambda done: tell(done / 2))
    report = ReaderImport(
        found.encoding, found.delimiter, found.rows, found.duplicates, found.refused
    )
    if found.refused and not skip_refused:
        return report
    source = f"{consent} ({file.name[-_LONGEST_FILE_NAME:]})"
    now = timezone.now()
    try:
        with transaction.atomic():
            for done, batch in _batches(found.candidates):
                _subscribe(batch, publication, source, now, report)
                tell(0.5 + done / 2)
    except IntegrityError:
        raise ReaderFileError(
            "The list of readers changed while this file was imported, so nothing of it was; "
            "import it again."
        ) from None
    report.imported = True
    return report


def _batches(candidates: Candidates) -> Iterator[tuple[float, Candidates]]:
    rest, done = iter(candidates.items()), 0
    while batch := dict(islice(rest, _BATCH)):
        done += len(batch)
        yield done / len(candidates), batch


def _subscribe(
    batch: Candidates, publication: Model, source: str, now: datetime, report: ReaderImport
) -> None:
    """Subscribe one batch in a fixed number of queries, however many rows it has."""
    here = Subscription.objects.filter(publication_id=publication.pk, reader__key__in=batch)
    states = dict(here.values_list("reader__key", "state"))
    suppressed = set(Suppression.objects.filter(key__in=batch).values_list("key", flat=True))
    wanted: list[str] = []
    for key, candidate in batch.items():
        state = states.get(key)
        if key in suppressed:
            report.suppressed += 1
        elif state == State.CONFIRMED:
            report.already_subscribed += 1
            wanted.append(key)
        elif State.ENDED in {state, candidate.state}:
            report.unsubscribed += 1
        elif candidate.state == State.PENDING:
            report.unconfirmed += 1
        else:
            report.new += 1
            wanted.append(key)
    readers = _named_readers(batch, wanted)
    added = Subscription.objects.bulk_create(
        Subscription(
            reader=readers[key],
            publication_id=publication.pk,
            state=State.CONFIRMED,
            confirmed_at=now,
        )
        for key in wanted
        if key not in states
    )
    # Somebody who asked here and never confirmed has, the operator says, agreed elsewhere.
    pending = Subscription.objects.filter(
        publication_id=publication.pk, reader__key__in=wanted, state=State.PENDING
    )
    confirmed = list(pending.values_list("pk", flat=True))
    pending.update(state=State.CONFIRMED, confirmed_at=now)
    Consent.objects.bulk_create(
        Consent(subscription_id=pk, act=Consent.Act.GIVEN, source=source, at=now)
        for pk in [*(subscription.pk for subscription in added), *confirmed]
    )


def _named_readers(batch: Candidates, keys: Sequence[str]) -> dict[str, Reader]:
    """The readers of these keys: made where there are none, named where they have no name."""
    readers = {reader.key: reader for reader in Reader.objects.filter(key__in=keys)}
    nameless = [reader for reader in readers.values() if not reader.name and batch[reader.key].name]
    for reader in nameless:
        reader.name = batch[reader.key].name
    Reader.objects.bulk_update(nameless, ["name"])
    added = Reader.objects.bulk_create(
        Reader(address=batch[key].address, key=key, name=batch[key].name)
        for key in keys
        if key not in readers
    )
    return readers | {reader.key: reader for reader in added}
