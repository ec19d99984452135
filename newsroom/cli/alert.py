"""`twtw alert`: one note, mailed on its own."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from newsroom.cli import asking
from newsroom.cli.asking import AS_JSON
from newsroom.state import make_ready

if TYPE_CHECKING:
    from issues.models import Publication
    from notes.models import Note


def alert(
    name: str = typer.Argument(..., metavar="NOTE", help="An approved note's number or address."),
    publication: str = typer.Option("gp-alerts", "--publication", "-p", help="The alerts' series."),
    segment: str = typer.Option(
        "",
        help="Only for a part of the readers, like 'region Africa, joined this year', or a saved "
        "segment's name.",
    ),
    check: bool = typer.Option(False, "--check", help="Look it over, and mail nothing."),
    as_json: bool = AS_JSON,
) -> None:
    """Send one approved note to the readers of GP Alerts. Twice sends once.

    With --check it is looked over, and the exit status is 1 if something stops it.
    """
    make_ready()
    from flows.alert import send_alert
    from flows.steps import run_story

    note = asking.note_named(name)
    target = asking.publication_named(publication)
    if check:
        _look_over(note, target, segment, as_json=as_json)
        return
    with asking.progress("Handing over to the transport") as moved:
        report = run_story(
            send_alert,
            note=note.pk,
            publication=target.slug,
            segment=segment,
            on_progress=moved,
        )
    asking.report_mailing(report, as_json=as_json)


def _look_over(note: Note, publication: Publication, segment: str, *, as_json: bool) -> None:
    from delivery.audience import audience_of, in_normal_form
    from issues.outside import ask_outside
    from issues.preflight import Level, preflight
    from issues.preflight.gathering import facts_of_alert

    audience = audience_of(publication, note, in_normal_form(segment))
    with asking.working("Asking the sites behind its links"):
        ask_outside(facts_of_alert(publication, note, spelling=False), spam=True)
    found = preflight(facts_of_alert(publication, note))
    if as_json:
        findings = [asdict(finding) for finding in found]
        asking.say_json({"note": note.pk, "readers": audience.readers, "findings": findings})
    else:
        asking.say(f"{publication}: {note}")
        asking.say(f"  {audience.sentence}")
        asking.say_findings(found)
    if any(finding.level is Level.BLOCKER for finding in found):
        raise typer.Exit(1)
