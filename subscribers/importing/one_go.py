"""A file at the command line: brought in, looked through and taken in by one process.

If that process is killed, the same command goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from subscribers.errors import ReaderFileError, ReaderImportError
from subscribers.importing.deciding import OPEN, Word, begin, choose_columns, give_word
from subscribers.importing.folders import Folder
from subscribers.importing.running import go_on
from subscribers.models import ImportRun

if TYPE_CHECKING:
    from django.db.models import Model

_BLOCK = 1 << 20
State = ImportRun.State


def import_file(file: Path, publication: Model, word: Word, *, by: str) -> ImportRun:
    """Take a file in, without asking.

    Raises:
        ReaderFileError, ReaderImportError: if it can't be; then nothing was changed.
    """
    run = looked_through(file, publication, by=by)
    try:
        return taken_in(run, word)
    except ReaderImportError:
        # What was begun by another call stays for that one.
        if run.state == State.READ:
            forget(run)
        raise


def looked_through(
    file: Path,
    publication: Model,
    *,
    by: str,
    wanted: Mapping[str, str] | None = None,
    sheet: str = "",
    tell: Callable[[float], None] | None = None,
) -> ImportRun:
    """A file as it was found: read, or being imported, if that was interrupted.

    Args:
        publication: the `issues.Publication` whose readers they become.
        by: who brings it, for the record.
        wanted: the columns, where the person chose them (see `columns.columns_of`).
        sheet: of a workbook the sheet, where the person chose it.
        tell: gets the part that is done, 0 to 1.

    Raises:
        ReaderFileError: if it can't be read as a list of readers.
        NotYours: if another process is reading it.
    """
    run = _brought_in(file, publication, by, wanted or {}, sheet)
    if run.state == State.READING:
        run = go_on(run.pk, tell)
    if run.state == State.FAILED:
        run.delete()
        raise ReaderFileError(run.error)
    return run


def taken_in(run: ImportRun, word: Word, tell: Callable[[float], None] | None = None) -> ImportRun:
    """Take in what was looked through, or go on with it.

    Raises:
        ReaderImportError: if it can't be taken in on these terms, or was begun on others.
        NotYours: if another process is taking it in.
    """
    if run.state == State.READ:
        give_word(run, word)
    elif run.consent != " ".join((word.consent or "").split()):
        raise ReaderImportError(
            "The import of this file was begun on other terms, and not ended. Give it the same "
            "ones again, or cancel it at the desk."
        )
    return go_on(run.pk, tell)


def forget(run: ImportRun) -> None:
    """Let it be as if a file that was only looked through had never come."""
    Folder(run.key).remove()
    run.delete()


def _brought_in(
    file: Path, publication: Model, by: str, wanted: Mapping[str, str], sheet: str
) -> ImportRun:
    """The file in a folder of its own; of one that was interrupted, that one's import."""
    key = uuid4()
    folder = Folder(key)
    try:
        with file.open("rb") as stream:
            size = folder.take(iter(partial(stream.read, _BLOCK), b""))
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise ReaderFileError(f"{file} can't be read: {error.strerror}.") from None
    for run in _interrupted(publication, size, folder.digest):
        folder.remove()
        if run.state == State.READ:
            choose_columns(run, wanted, sheet)
            run.refresh_from_db()
        return run
    return begin(
        key, publication, file_name=file.name, size=size, by=by, wanted=wanted, sheet=sheet
    )


def _interrupted(publication: Model, size: int, digest: str) -> Iterator[ImportRun]:
    """What was begun with the same file at the command line."""
    begun = ImportRun.objects.filter(
        publication_id=publication.pk, size=size, account__isnull=True, state__in=OPEN
    )
    return (run for run in begun if Folder(run.key).digest == digest)
