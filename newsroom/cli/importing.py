"""A file of readers at the command line: looked through, told about, taken in."""

from __future__ import annotations

import getpass
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import typer

from issues.models import Publication
from newsroom.cli import asking
from newsroom.cli.asking import say
from newsroom.cli.recording import record
from newsroom.whole_files import whole_file
from subscribers.importing.deciding import Word, checked_consent
from subscribers.importing.folders import Folder
from subscribers.importing.one_go import forget, looked_through, taken_in
from subscribers.importing.outcomes import Outcome
from subscribers.importing.refusals import Refused, refused_rows
from subscribers.importing.staging import Duplicate, Staging
from subscribers.importing.telling import columns_in_words, lines_of, rows_of, summary_of
from subscribers.models import Consent, ImportRun

SHOWN = 20
_NOTHING_IMPORTED = (
    "Nothing was imported. Mend the refused rows, or leave them out with --skip-refused."
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line; `columns` as for `columns.columns_of`."""

    columns: Mapping[str, str]
    sheet: str
    consent: str | None
    basis: str
    dry_run: bool
    skip_refused: bool
    refused: Path | None


@dataclass(frozen=True, slots=True)
class Rows:
    """The first rows that are named on the screen."""

    refused: list[Refused]
    duplicates: list[Duplicate]


def run(file: Path, publication: Publication, wishes: Wishes, *, as_json: bool) -> None:
    """Import a file, or say what would change; exit status 2 if rows are refused and not skipped.

    Raises:
        SubscriberError: if it can't be imported.
    """
    if wishes.consent is not None:
        checked_consent(wishes.consent)
    with asking.progress("Reading rows") as moved:
        found = looked_through(
            file,
            publication,
            by=getpass.getuser(),
            wanted=wishes.columns,
            sheet=wishes.sheet,
            tell=moved,
        )
    going_on = found.state == ImportRun.State.IMPORTING
    if going_on and wishes.dry_run:
        raise asking.WrongInput(
            "The import of this file was begun and not ended. Give the same command without "
            "--dry-run to go on with it, or cancel it at the desk."
        )
    rows = _rows_to_show(found)
    if wishes.refused is not None:
        _write_refused(found, wishes.refused)
    stopped = bool(found.counts.get(Outcome.REFUSED)) and not wishes.skip_refused
    if (wishes.dry_run or stopped) and not going_on:
        forget(found)
        _report(found, rows, imported=False, stopped=stopped, as_json=as_json)
        raise typer.Exit(2 if stopped else 0)
    word = Word(wishes.consent, Consent.Basis(wishes.basis), wishes.skip_refused)
    with asking.progress("Importing") as moved:
        done = taken_in(found, word, moved)
    record(publication, "subscribers.import", summary_of(done))
    _report(done, rows, imported=True, stopped=False, as_json=as_json)


def _rows_to_show(found: ImportRun) -> Rows:
    folder = Folder(found.key)
    with Staging(folder.staging) as staging:
        duplicates = staging.duplicates(SHOWN)
    return Rows(list(islice(refused_rows(folder.refused), SHOWN)), duplicates)


def _write_refused(found: ImportRun, to: Path) -> None:
    with (
        asking.written_to(to),
        whole_file(to) as stream,
        Folder(found.key).refused.open(encoding="utf-8", newline="") as rows,
    ):
        shutil.copyfileobj(rows, stream)


def _report(told: ImportRun, rows: Rows, *, imported: bool, stopped: bool, as_json: bool) -> None:
    if as_json:
        asking.say_json(
            {
                "imported": imported,
                "rows": rows_of(told),
                "format": told.format,
                "columns": columns_in_words(told),
                "counts": told.counts,
                "refused": [{"row": one.row, "reason": one.reason} for one in rows.refused],
                "duplicates": [
                    {"row": one.row, "first_row": one.first_row} for one in rows.duplicates
                ],
            }
        )
        return
    number = rows_of(told)
    say(f"{number:,} row{'' if number == 1 else 's'}, read as {told.format}")
    say(columns_in_words(told))
    for refused in rows.refused:
        say(f"row {refused.row}: {refused.reason}")
    _say_more(told.counts.get(Outcome.REFUSED, 0), "refused; --refused FILE.csv writes them all")
    for duplicate in rows.duplicates:
        say(f"row {duplicate.row}: the same as row {duplicate.first_row}")
    _say_more(told.counts.get(Outcome.DUPLICATE, 0), "the same as an earlier row")
    for line in lines_of(told):
        say(str(line))
    if not imported:
        say(
            _NOTHING_IMPORTED if stopped else "Nothing was imported: this was to see what would be."
        )


def _say_more(number: int, what: str) -> None:
    if number > SHOWN:
        say(f"and {number - SHOWN:,} more: {what}")
