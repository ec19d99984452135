"""`twtw notes`: bring notes in, look at them, approve them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from newsroom.cli import asking
from newsroom.cli.asking import AS_JSON, PUBLICATION, say
from newsroom.cli.recording import record
from newsroom.state import make_ready

if TYPE_CHECKING:
    from notes.models import Note

app = typer.Typer(help="Import, list, approve and move notes.", no_args_is_help=True)

RECORDED = {"new": "A new draft from a file.", "changed": "A new version from its file."}
NOTES = typer.Argument(..., metavar="NOTE", help="A note's number or address, as in the list.")


@app.command("import")
def import_(
    paths: list[Path] = typer.Argument(
        ...,
        metavar="PATH",
        help="Word documents, Markdown files with front matter, pages saved as text, or folders.",
    ),
    publication: str = PUBLICATION,
    as_json: bool = AS_JSON,
) -> None:
    """Import notes from files. The same file twice makes one note."""
    make_ready()
    from django.utils import timezone

    from issues.assembling import day_of_new_note
    from notes.importing import import_notes, note_files

    target = asking.publication_named(publication)
    files = list(note_files(paths))
    if not files:
        raise asking.WrongInput(f"There is no .docx, .md or .txt file in {paths[0]}.")
    with asking.working("Reading"):
        imported = import_notes(files, target, day=day_of_new_note(target, timezone.now()))
    for one in imported:
        if one.status != "unchanged":
            record(one.note, "notes.import", RECORDED[one.status])
    if as_json:
        asking.say_json([{**_row(one.note), "status": one.status} for one in imported])
        return
    for one in imported:
        say(f"{one.status:<9}  {one.note.pk:>4}  {one.note}")
        for warning in one.warnings:
            say(f"{'':<9}        needs a look: {warning}")


@app.command("list")
def list_(
    publication: str = PUBLICATION,
    approved: bool | None = typer.Option(
        None, "--approved/--not-approved", help="Only those (not) approved."
    ),
    as_json: bool = AS_JSON,
) -> None:
    """List the notes, the newest first."""
    make_ready()
    from notes.models import Note

    found = Note.objects.filter(publication=asking.publication_named(publication))
    rows = [_row(note) for note in found.prefetch_related("authors__person")]
    if approved is not None:
        rows = [row for row in rows if row["approved"] == approved]
    if as_json:
        asking.say_json(rows)
        return
    if not rows:
        say("No notes. Bring some in with `twtw notes import PATH...`.")
    for row in rows:
        state = "approved" if row["approved"] else "draft"
        say(f"{row['id']:>4}  {row['counts_for']}  {state:<8}  {row['headline']}")


@app.command()
def approve(names: list[str] = NOTES, as_json: bool = AS_JSON) -> None:
    """Approve notes, through every step of their workflow."""
    make_ready()
    from notes.approval import approve as approve_note

    # All are found before the first is approved: a typing error leaves nothing half done.
    found = [asking.note_named(name) for name in names]
    with asking.working("Approving"):
        approved = [approve_note(note) for note in found]
    if as_json:
        asking.say_json([_row(note) for note in approved])
        return
    for note in approved:
        say(f"approved  {note.pk:>4}  {note}")


@app.command()
def move(
    name: str = typer.Argument(..., metavar="NOTE", help="A note's number or address."),
    to: str = typer.Option(
        "", "--to", help="The issue's date, like 2025-07-06; without it the note's own date counts."
    ),
) -> None:
    """Move a note to the issue of another week."""
    make_ready()
    from issues.assembling import move_to_week

    note = asking.note_named(name)
    move_to_week(note, asking.day(to or None))
    say(f"moved     {note.pk:>4}  {note}: counts for {note.counts_for}")


def _row(note: Note) -> dict[str, object]:
    return {
        "id": note.pk,
        "headline": str(note),
        "subject": note.subject,
        "claim": note.claim,
        "authors": [person.name for person in note.authors_in_order()],
        "date": note.date,
        "counts_for": note.counts_for,
        "approved": note.is_approved,
        "address": note.slug,
    }
