"""The week after the demo's: its issue is open, and the desk has something to do in it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from newsroom.configuration import configuration
from newsroom.demo.people import account

if TYPE_CHECKING:
    from issues.models import Issue, Publication
    from notes.models import Note

MATERIAL = Path(__file__).parent / "material" / "next-week"
WISH = "Please say in the last section what parliament has to decide, and look at the first one."


def begin(publication: Publication, sunday: date) -> Issue:
    """Two notes approved and in the open issue, one in review, one sent back to its author.

    Args:
        sunday: the open issue's date.
    """
    from flows.steps import run_story
    from flows.weekly import prepare
    from notes.approval import approve
    from notes.importing import import_notes, note_files

    folder = configuration().state / "notes"
    shutil.copytree(MATERIAL, folder, dirs_exist_ok=True)
    files = list(note_files([folder / file.name for file in sorted(MATERIAL.iterdir())]))
    notes = [one.note for one in import_notes(files, publication)]
    _given_to_their_author(notes)
    summit, ships, protests, rifles = notes
    for note in (summit, ships):
        approve(note)
    _submit(protests)
    _submit(rifles)
    _send_back(rifles)
    run_story(prepare, publication=publication.slug, day=sunday)
    return publication.issues.open().get()


def _given_to_their_author(notes: list[Note]) -> None:
    from notes.models import Note

    Note.objects.filter(pk__in=[note.pk for note in notes]).update(owner=account("contributor"))


def _submit(note: Note) -> None:
    workflow = note.get_workflow()
    workflow.start(note, account("contributor"))
    note.refresh_from_db()


def _send_back(note: Note) -> None:
    task = note.current_workflow_state.current_task_state
    task.specific.reject(user=account("editor"), comment=WISH)
