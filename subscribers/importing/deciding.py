"""What a person decides about an import: to begin it, its columns, on which terms it is taken in,
and to cancel it.

Each decision is a compare-and-set of the import's state, so of two at once one counts.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from subscribers.errors import ReaderImportError
from subscribers.importing.folders import Folder, folders
from subscribers.importing.outcomes import OF_CANDIDATES, Outcome
from subscribers.importing.running import is_in_hand
from subscribers.models import Consent, ImportRun

if TYPE_CHECKING:
    from django.db.models import Model

LONGEST_CONSENT = 200
LONGEST_NAME = 200
# So long refused rows can be fetched, and a file waits for somebody's word.
KEPT = timedelta(days=30)

State = ImportRun.State
# Those that have not ended.
OPEN = (State.READING, State.READ, State.IMPORTING)


@dataclass(frozen=True, slots=True)
class Word:
    """On which terms a person has a file taken in.

    `consent` is where the readers agreed; None: each of them is asked. With `skip_refused` the
    good rows are taken in where others were refused.
    """

    consent: str | None = None
    basis: Consent.Basis = Consent.Basis.CONSENT
    skip_refused: bool = False


def begin(
    key: UUID,
    publication: Model,
    *,
    file_name: str,
    size: int,
    by: str,
    account: Any = None,
    wanted: Mapping[str, str] | None = None,
    sheet: str = "",
) -> ImportRun:
    """Begin the import of a file that is in its folder already; it is to be read next.

    Args:
        key: names the folder.
        publication: the `issues.Publication` whose readers they become.
        file_name: what the person calls the file.
        size: bytes.
        by: who brought it, for the record.
        account: theirs, if they have one.
        wanted: the columns, where the person chose them (see `columns.columns_of`).
        sheet: of a workbook the sheet, where the person chose it.
    """
    run: ImportRun = ImportRun.objects.create(
        key=key,
        publication_id=publication.pk,
        file_name=shown_name(file_name),
        size=size,
        by=by,
        account=account,
        columns=_wanted(wanted or {}, sheet),
    )
    return run


def shown_name(file_name: str) -> str:
    """A file's name as it may be shown and kept: on one line, and without anybody's address."""
    plain = "".join(char for char in file_name if char.isprintable())
    return re.sub(r"[^\s@]*@[^\s@]*", "…", plain)[-LONGEST_NAME:].strip() or "a file"


def choose_columns(run: ImportRun, wanted: Mapping[str, str], sheet: str = "") -> None:
    """Have a file that was read be read again, with other columns, or another sheet.

    Args:
        wanted: as for `columns.columns_of`.
        sheet: of a workbook the sheet; empty: the first one with rows.

    Raises:
        ReaderImportError: if it does not wait for a decision.
    """
    chosen = ImportRun.objects.filter(pk=run.pk, state=State.READ).update(
        state=State.READING,
        columns=_wanted(wanted, sheet),
        counts={},
        done=0,
        changed_at=timezone.now(),
    )
    if not chosen:
        raise _not_waiting()


def seen(run: ImportRun) -> str:
    """What a person was shown of an import, in a few characters, to bind their word to it."""
    shown = json.dumps([run.counts, run.columns], sort_keys=True)
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def readers_of(run: ImportRun, *, ask: bool) -> int:
    """How many readers a word would subscribe, or have asked for their confirmation."""
    new = int(run.counts.get(Outcome.NEW, 0))
    return new if ask else new + int(run.counts.get(Outcome.PENDING, 0))


def give_word(run: ImportRun, word: Word) -> None:
    """Have a file that was looked through be taken in.

    Args:
        run: as the person has seen it.

    Raises:
        ReaderImportError: if rows were refused and are not to be skipped, if the consent is no
            sentence, or if the import does not wait for a word any more, or is not as it was seen.
    """
    refused = run.counts.get(Outcome.REFUSED, 0)
    if refused and not word.skip_refused:
        raise ReaderImportError(
            f"{_rows(refused)} refused; mend them in the file and bring it again, or say that "
            "they are to be left out."
        )
    candidates = sum(run.counts.get(one, 0) for one in OF_CANDIDATES)
    apart = {
        str(one): run.counts[one]
        for one in (Outcome.DUPLICATE, Outcome.REFUSED)
        if run.counts.get(one)
    }
    consent = "" if word.consent is None else checked_consent(word.consent)
    with transaction.atomic():
        now = ImportRun.objects.select_for_update().get(pk=run.pk)
        if now.state != State.READ or seen(now) != seen(run):
            raise _not_waiting()
        now.state, now.done = State.IMPORTING, 0
        now.consent, now.basis = consent, word.basis if consent else ""
        now.skip_refused = word.skip_refused
        now.counts = {**apart, **({str(Outcome.OPEN): candidates} if candidates else {})}
        now.save()


def checked_consent(consent: str) -> str:
    """Where the readers agreed, on one line.

    Raises:
        ReaderImportError: if it says nothing, too much, or has an address in it.
    """
    line = " ".join(consent.split())
    if not (0 < len(line) <= LONGEST_CONSENT and line.isprintable()):
        raise ReaderImportError(
            "Say where the readers' consent comes from, in 1 to "
            f"{LONGEST_CONSENT} characters, e.g. “paper forms of the spring conference”."
        )
    if "@" in line:
        raise ReaderImportError("Say where the consent comes from without anybody's address.")
    return line


def cancel(run: ImportRun) -> None:
    """End an import now. What is taken in stays.

    Raises:
        ReaderImportError: if it has ended already.
    """
    cancelled = ImportRun.objects.filter(pk=run.pk, state__in=OPEN).update(
        state=State.CANCELLED,
        finished_at=timezone.now(),
        changed_at=timezone.now(),
        sample=[],
    )
    if not cancelled:
        raise ReaderImportError("Nothing was done: this import had ended already.")
    run.refresh_from_db()
    if not is_in_hand(run):
        Folder(run.key).remove_personal_data()


def forget_old_files(now: datetime) -> int:
    """Delete what nobody needs any more; how many imports' files went.

    Refused rows of imports that ended a while ago, files that nobody decided about for as long
    (their imports are cancelled), and folders of no import at all.

    Args:
        now: an aware moment.
    """
    before = now - KEPT
    for run in ImportRun.objects.filter(state=State.READ, changed_at__lt=before):
        cancel(run)
    kept = set(
        ImportRun.objects.exclude(finished_at__lt=before, state__in=_ended()).values_list(
            "key", flat=True
        )
    )
    gone = 0
    for key, folder in folders():
        # A folder is there before its import is: while the file comes in.
        if key not in kept and _is_old(folder, now - timedelta(days=1)):
            folder.remove()
            gone += 1
    ended = ImportRun.objects.filter(state__in=_ended(), lease_until__isnull=True)
    for key in ended.values_list("key", flat=True):
        Folder(key).remove_personal_data()
    return gone


def _ended() -> list[State]:
    return [state for state in State if state not in OPEN]


def _is_old(folder: Folder, before: datetime) -> bool:
    return folder.path.stat().st_mtime < before.timestamp()


def _wanted(wanted: Mapping[str, str], sheet: str) -> dict[str, Any]:
    said: dict[str, Any] = {"wanted": dict(wanted)} if wanted else {}
    return said | ({"wanted_sheet": sheet} if sheet else {})


def _not_waiting() -> ReaderImportError:
    return ReaderImportError(
        "Nothing was done: this import has moved on since you looked at it. Look at how it is now."
    )


def _rows(number: int) -> str:
    return f"{number:,} row was" if number == 1 else f"{number:,} rows were"
