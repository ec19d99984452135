"""`twtw alert`: one note, mailed on its own."""

from __future__ import annotations

import typer

from newsroom.cli import asking
from newsroom.cli.asking import AS_JSON
from newsroom.state import make_ready


def alert(
    name: str = typer.Argument(..., metavar="NOTE", help="An approved note's number or address."),
    publication: str = typer.Option("gp-alerts", "--publication", "-p", help="The alerts' series."),
    as_json: bool = AS_JSON,
) -> None:
    """Send one approved note to the readers of GP Alerts. Twice sends once."""
    make_ready()
    from flows.alert import send_alert
    from flows.steps import run_story

    note = asking.note_named(name)
    target = asking.publication_named(publication)
    with asking.progress("Handing over to the transport") as moved:
        report = run_story(send_alert, note=note.pk, publication=target.slug, on_progress=moved)
    asking.report_mailing(report, as_json=as_json)
