"""`twtw correction`: what was wrong in something mailed, for the site and for those who got it."""

from __future__ import annotations

import getpass
import html
import sys
from typing import TYPE_CHECKING, Any

import typer

from newsroom.cli import asking
from newsroom.cli.asking import AS_JSON, say
from newsroom.state import make_ready

if TYPE_CHECKING:
    from delivery.models import Mailing
    from issues.models import Correction, Edition
    from issues.seen import Seen
    from notes.models import Note

app = typer.Typer(help="Record, list and mail corrections.", no_args_is_help=True)

CORRECTION = typer.Argument(..., metavar="CORRECTION", help="Its number, as in the list.")
BY = typer.Option("", help="Who does it, for the record; your login name without it.")


@app.command()
def record(
    name: str = typer.Argument(..., metavar="NOTE", help="The note's number or address."),
    text: str = typer.Option(..., help="What was wrong, and what is right; readers see it."),
    reason: str = typer.Option(..., help="How it came about; readers do not see it."),
    day: str | None = typer.Option(None, help="The day printed with it; today without it."),
    publication: str = typer.Option(
        "", "--publication", "-p", help="Where it was mailed, if in more than one."
    ),
    by: str = BY,
) -> None:
    """Record a correction to a note that was mailed. From then on the site shows it."""
    make_ready()
    from django.utils import timezone

    from issues.correcting import record_correction

    note = asking.note_named(name)
    edition = _edition_with(note, publication)
    today = timezone.now().astimezone(edition.publication.zone).date()
    correction = record_correction(
        edition,
        note,
        "".join(f"<p>{html.escape(part)}</p>" for part in text.splitlines() if part.strip()),
        reason,
        asking.day(day) or today,
        by or getpass.getuser(),
    )
    say(f"{correction.pk:>4}  {correction}, as mailed in “{edition}”")
    say(f"      The site shows it; `twtw correction send {correction.pk}` mails it.")


@app.command("list")
def list_(as_json: bool = AS_JSON) -> None:
    """List the corrections, the newest first, with their mailings."""
    make_ready()
    from issues.models import Correction

    found = Correction.objects.select_related("edition", "note").order_by("-pk")
    rows = [(correction, _mailing_of(correction)) for correction in found]
    if as_json:
        asking.say_json([_row(correction, mailing) for correction, mailing in rows])
        return
    if not rows:
        say("Nothing has been corrected yet.")
    for correction, mailing in rows:
        mailed = f"mailing {mailing.pk}" if mailing is not None else "not mailed"
        say(f"{correction.pk:>4}  {correction}, as mailed in “{correction.edition}”")
        say(f"      {correction.day}, {mailed}; {correction.recorded_by}: {correction.reason}")


@app.command()
def send(
    number: int = CORRECTION,
    yes: bool = typer.Option(False, "--yes", help="Do not ask."),
    by: str = BY,
    as_json: bool = AS_JSON,
) -> None:
    """Mail a correction to those who got what it corrects. Twice sends once."""
    make_ready()
    from delivery.correcting import start_correction_mailing
    from delivery.transports.opening import open_transport
    from flows.correction import send_correction
    from flows.steps import run_story
    from issues.models import Correction

    correction = Correction.objects.filter(pk=number).select_related("edition").first()
    if correction is None:
        raise asking.WrongInput(
            f"There is no correction {number}; `twtw correction list` shows them."
        )
    if _mailing_of(correction) is None:
        seen = _shown(correction, ask=not yes)
        start_correction_mailing(correction, open_transport(), seen, by=by or getpass.getuser())
    with asking.progress("Handing over to the transport") as moved:
        report = run_story(send_correction, correction=correction.pk, on_progress=moved)
    asking.report_mailing(report, as_json=as_json)


def _shown(correction: Correction, *, ask: bool) -> Seen:
    """The mail as it is now, once somebody has seen it and wants it to leave."""
    from delivery.correcting import audience_of_correction, correction_as_it_is
    from issues.correcting import look_over
    from rendering.marks import shown_to_nobody

    facts, found = look_over(correction)
    seen = correction_as_it_is(correction, facts.rendering)
    if not ask:
        return seen
    question = f"Mail correction {correction.pk}? {audience_of_correction(correction).sentence}"
    if not sys.stdin.isatty():
        raise asking.WrongInput(f"{question} Nobody is here to answer; say so with --yes.")
    say(f"Subject: {seen.subject}\n\n{shown_to_nobody(facts.rendering.text)}")
    asking.say_findings(found)
    if not typer.confirm(question):
        say("Nothing was mailed.")
        raise typer.Exit(1)
    return seen


def _edition_with(note: Note, publication: str) -> Edition:
    from issues.correcting import editions_with

    found = editions_with(note)
    if publication:
        wanted = asking.publication_named(publication)
        found = [edition for edition in found if edition.publication_id == wanted.pk]
    if not found:
        raise asking.WrongInput(f"“{note}” was not mailed there, so there is nothing to correct.")
    if len(found) > 1:
        slugs = ", ".join(edition.publication.slug for edition in found)
        raise asking.WrongInput(f"“{note}” was mailed in {slugs}; say which with --publication.")
    return found[0]


def _mailing_of(correction: Correction) -> Mailing | None:
    from delivery.models import Mailing

    return Mailing.objects.filter(edition__correction=correction).first()


def _row(correction: Correction, mailing: Mailing | None) -> dict[str, Any]:
    return {
        "correction": correction.pk,
        "note": correction.note_id,
        "corrected": correction.edition.subject,
        "text": correction.text,
        "reason": correction.reason,
        "day": correction.day,
        "by": correction.recorded_by,
        "mailing": mailing.pk if mailing is not None else None,
    }
