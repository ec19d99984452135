"""Bringing an import forward: by whoever has its lease, until it is read, or taken in.

Every batch is one short transaction, in which the counts move on too. So how many rows are
counted says where to go on, also after a process was killed, and no row is taken in twice.
"""

from __future__ import annotations

import os
import secrets
import socket
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from subscribers.errors import ReaderFileError, SubscriberError
from subscribers.importing.candidates import Candidate
from subscribers.importing.folders import DISK_FULL, Folder, is_full
from subscribers.importing.looking_through import look_through
from subscribers.importing.outcomes import OF_CANDIDATES, Outcome
from subscribers.importing.staging import Staging
from subscribers.importing.taking_in import Terms, take_in
from subscribers.models import ImportRun

# Renewed every second or so; a batch waits for another writer for 20 s at most.
LEASE = timedelta(minutes=1)
_SECONDS_BETWEEN_NOTES = 1.0
BATCH = 1000
_ATTEMPTS = 5
_LONGEST_FILE_NAME = 90
_PER_MILLE = 1000
# SQLite has one writer, and those who wait look again after a tenth of a second at the latest
# (sqlite3.c, `sqliteDefaultBusyCallback`): after so long a pause everybody has had their turn.
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.02, 0.1

State = ImportRun.State
UNDER_WAY = (State.READING, State.IMPORTING)


class NotYours(SubscriberError):  # noqa: N818 - it reads as the state that it reports
    """Another process works at the import, or nobody has to; the message says which."""


class _Stopped(Exception):  # noqa: N818 - as above
    """The import was cancelled, or is somebody else's by now."""


def go_on(run_id: int, tell: Callable[[float], None] | None = None) -> ImportRun:
    """Do what is to be done about an import now: read its file, or take it in.

    Args:
        run_id: its number.
        tell: gets the part that is done, 0 to 1.

    Returns:
        The import as it is afterwards: read, finished, failed, or cancelled meanwhile.

    Raises:
        NotYours: if another process is at it, or nothing is to be done, or its files are on
            another machine.
    """
    worker = _claim(run_id)
    run = ImportRun.objects.get(pk=run_id)
    notes = _Notes(run, worker, tell or (lambda _: None))
    try:
        if run.state == State.READING:
            _read(run, notes)
        else:
            _take_in(run, notes)
    except _Stopped:
        _tidy_up_after_cancelling(run_id)
    finally:
        # Whoever goes on need not wait for the lease to end.
        ImportRun.objects.filter(pk=run_id, worker=worker).update(worker="", lease_until=None)
    return ImportRun.objects.get(pk=run_id)


def waiting_imports(now: datetime, grace: timedelta) -> list[ImportRun]:
    """Imports that could go on here, and are in nobody's hands.

    Args:
        now: an aware moment.
        grace: how long they have been so.
    """
    idle = Q(lease_until__isnull=True, changed_at__lte=now - grace) | Q(lease_until__lt=now)
    found = ImportRun.objects.filter(idle, state__in=UNDER_WAY).order_by("pk")
    return [run for run in found if Folder(run.key).path.is_dir()]


def is_in_hand(run: ImportRun) -> bool:
    """Whether a process works at it."""
    held = run.lease_until is not None and run.lease_until > timezone.now()
    return held and not _has_died(run.worker)


def _claim(run_id: int) -> str:
    """Make an import this process's own, and say by which name."""
    run = ImportRun.objects.filter(pk=run_id).first()
    if run is None or run.state not in UNDER_WAY:
        raise NotYours(f"Import {run_id} has nothing to be done about it.")
    if not Folder(run.key).path.is_dir():
        raise NotYours(f"The file of import {run_id} is on another machine, or was deleted.")
    if is_in_hand(run):
        raise NotYours(f"Another process works at import {run_id}; look again in a minute.")
    worker = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(8)}"
    claimed = ImportRun.objects.filter(
        pk=run_id, state=run.state, worker=run.worker, lease_until=run.lease_until
    ).update(worker=worker, lease_until=timezone.now() + LEASE)
    if not claimed:
        raise NotYours(f"Another process works at import {run_id}; look again in a minute.")
    return worker


def _has_died(worker: str) -> bool:
    """Whether a worker was a process of this machine, and is none any more."""
    host, _, rest = worker.partition(":")
    number = rest.partition(":")[0]
    if host != socket.gethostname()[:40] or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


class _Notes:
    """What a worker writes down of its progress, which keeps its lease.

    Args:
        tell: gets the part that is done, too.
    """

    def __init__(self, run: ImportRun, worker: str, tell: Callable[[float], None]) -> None:
        self._mine = ImportRun.objects.filter(pk=run.pk, worker=worker, state=run.state)
        self._tell = tell
        self._noted = 0.0

    def progress(self, done: float) -> None:
        """Note a progress, if none was noted for a second.

        Raises:
            _Stopped: if the import is not this worker's any more.
        """
        self._tell(done)
        if time.monotonic() - self._noted >= _SECONDS_BETWEEN_NOTES:
            self.write(done=round(done * _PER_MILLE))

    def write(self, **values: object) -> None:
        """Write something down, and keep the lease.

        Raises:
            _Stopped: as above; then nothing is written.
        """
        now = timezone.now()
        written = self._mine.update(**{"changed_at": now, "lease_until": now + LEASE, **values})
        if not written:
            raise _Stopped
        self._noted = time.monotonic()


def _read(run: ImportRun, notes: _Notes) -> None:
    folder = Folder(run.key)
    wanted = run.columns.get("wanted", {})
    try:
        found = look_through(
            folder,
            run.file_name,
            run.publication_id,
            wanted=wanted,
            sheet=_wanted_sheet(run),
            now=timezone.now(),
            tell=notes.progress,
        )
    except ReaderFileError as error:
        _fail(notes, folder, str(error))
        return
    except (OSError, sqlite3.OperationalError) as error:
        if not is_full(error):
            raise
        _fail(notes, folder, DISK_FULL)
        return
    notes.write(
        state=State.READ,
        format=found.format[:100],
        columns={
            **run.columns,
            **found.columns.as_json(),
            "sheet": found.sheet,
            "sheets": found.sheets,
        },
        headings=found.headings,
        sample=found.sample,
        counts=found.counts,
        done=_PER_MILLE,
    )


def _fail(notes: _Notes, folder: Folder, why: str) -> None:
    folder.remove()
    notes.write(
        state=State.FAILED, error=why[:500], finished_at=timezone.now(), counts={}, sample=[]
    )


def _wanted_sheet(run: ImportRun) -> str:
    """The sheet of a workbook that a person chose; empty, if nobody did."""
    return str(run.columns.get("wanted_sheet", ""))


def source_of(run: ImportRun) -> str:
    """Where the readers of a file come from, as their consents or sign-ups keep it."""
    file = run.file_name[-_LONGEST_FILE_NAME:]
    return f"{run.consent} ({file})" if run.consent else f"a list of the newsroom ({file})"


def _take_in(run: ImportRun, notes: _Notes) -> None:
    terms = Terms(
        publication=run.publication_id,
        source=source_of(run),
        basis=run.basis,
        by=run.by,
        ask=not run.consent,
    )
    counts = Counter(run.counts)
    with Staging(Folder(run.key).staging) as staging:
        total = staging.count()
        while batch := staging.candidates(_taken(counts), BATCH):
            begun = time.monotonic()
            counts = _take_in_one_batch(batch, terms, counts, total, notes)
            notes.progress(_taken(counts) / total)
            if connection.vendor == "sqlite":
                held = time.monotonic() - begun
                time.sleep(min(max(_SHORTEST_PAUSE, held), _LONGEST_PAUSE))
    notes.write(
        state=State.FINISHED,
        finished_at=timezone.now(),
        done=_PER_MILLE,
        sample=[],
        counts=_without_zeros(counts),
    )
    Folder(run.key).remove_personal_data()


def _take_in_one_batch(
    batch: list[Candidate], terms: Terms, counts: Counter[str], total: int, notes: _Notes
) -> Counter[str]:
    """One transaction: the rows, and how far the import has come."""
    attempts = _ATTEMPTS
    while True:
        try:
            with transaction.atomic():
                after = counts + take_in(batch, terms, timezone.now())
                after[Outcome.OPEN] = total - _taken(after)
                notes.write(
                    counts=_without_zeros(after), done=round(_taken(after) / total * _PER_MILLE)
                )
                return after
        except IntegrityError:
            # Somebody signed one of them up in this very moment.
            attempts -= 1
            if not attempts:
                raise


def _taken(counts: Counter[str]) -> int:
    """How many addresses of a file are taken in, by the counts so far."""
    return sum(counts[one] for one in OF_CANDIDATES)


def _without_zeros(counts: Counter[str]) -> dict[str, int]:
    return {str(name): count for name, count in counts.items() if count}


def _tidy_up_after_cancelling(run_id: int) -> None:
    """Whoever cancels an import that is in hand leaves its files to the worker."""
    run = ImportRun.objects.filter(pk=run_id).first()
    if run is not None and run.state == State.CANCELLED:
        with suppress(OSError):
            Folder(run.key).remove_personal_data()
