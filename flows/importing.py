"""An import of readers: its file is read, and after a person's word it is taken in.

Which of the two is next is in the database; a run that dies is begun again (`flows.watching`).
"""

from __future__ import annotations

from dataclasses import dataclass

from flows.steps import Ending, step, story
from subscribers.importing.running import NotYours, go_on
from subscribers.importing.telling import rows_of, summary_of
from subscribers.models import ImportRun

State = ImportRun.State


class NothingToImport(Ending):
    """Nothing is to be done about the import, or another process does it."""


@dataclass(frozen=True)
class ImportReport:
    """How an import stands; whoever brought the file sees it at the desk."""

    sentence: str
    trouble: str = ""


@step(retries=2)
def bring_forward(run: int) -> ImportRun:
    """Read the file, or take in what was read, from where somebody else has stopped."""
    try:
        return go_on(run)
    except NotYours as why:
        raise NothingToImport(str(why)) from None


def _name_of_import(run: int, **_: object) -> str:
    return f"import {run}"


@story(run_name=_name_of_import)
def import_readers(run: int) -> ImportReport:
    """Bring an import of readers forward. Doing it twice takes nobody in twice.

    Args:
        run: its number.
    """
    return ImportReport(_sentence_of(bring_forward(run)))


def _sentence_of(run: ImportRun) -> str:
    match run.state:
        case State.READ:
            return f"{run.file_name} was read: {rows_of(run):,} rows, which wait for a person."
        case State.FINISHED:
            return f"{run.file_name} is imported: {summary_of(run)}"
        case State.FAILED:
            return run.error
        case _:
            return f"{run.file_name}: {run.get_state_display()}."
