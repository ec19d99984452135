"""`twtw demo`: one whole week in a state folder of its own, from nothing, every time."""

from __future__ import annotations

import os
import shutil
import tomllib
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from newsroom.configuration import PREFIX, ROOT, ConfigurationError, configuration
from newsroom.demo import next_week, readers
from newsroom.demo.kept import KeptDatabase
from newsroom.demo.people import PASSWORD, PEOPLE, make_people
from newsroom.serving import prefect_server
from newsroom.state import make_ready, schema_version, stamp_of

if TYPE_CHECKING:
    from flows.reports import MailingReport
    from issues.models import Issue, Publication
    from newsroom.configuration import Configuration

MATERIAL = Path(__file__).parent / "material"
SUNDAY = date(2025, 7, 6)
SERIAL = 318
MARKER = "made by twtw demo"


def run(folder: Path = ROOT / "var") -> None:
    """Make the demo in `folder`/demo and say where to look."""
    state = _fresh_state(folder / "demo")
    # The demo ends the same on every machine: nothing of a newsroom's own settings is in it.
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]
    os.environ |= {
        "TWTW_ENV_FILE": os.devnull,
        "TWTW_STATE": str(state),
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
    }

    ours = configuration()
    typer.echo("A week of The World This Week, from nothing:")
    prefects = KeptDatabase(
        folder / "demo-empty-prefect.sqlite3",
        ours.prefect_home / "prefect.db",
        version("prefect"),
    )
    is_kept = prefects.take()
    with prefect_server(ours):
        if not is_kept:
            prefects.keep()
        _make_ready(folder, ours)
        publication = _furnish()
        _say("state", f"{_short(state)}, apart from any newsroom's data")
        _say("notes", f"{_import_notes(publication)} Markdown files imported and approved")
        _say("readers", f"{readers.bring_in(publication)} imported from a CSV file")
        issue, report = _run_the_week(publication)
        signed_up = readers.let_some_sign_up()
        _say("sign-ups", f"{signed_up} confirmed and welcomed, 1 asked to confirm")
        _begin_the_next(publication)
    _close(ours, issue, report)


def _fresh_state(state: Path) -> Path:
    """An empty folder. Never deletes one that the demo did not make itself."""
    if state.exists():
        if not (state / MARKER).exists() and any(state.iterdir()):
            raise ConfigurationError(
                f"{state} was not made by the demo; move it away and run this again."
            )
        shutil.rmtree(state)
    state.mkdir(parents=True)
    (state / MARKER).touch()
    return state


def _make_ready(folder: Path, ours: Configuration) -> None:
    kept = KeptDatabase(folder / "demo-empty.sqlite3", ours.database_file, schema_version())
    is_kept = kept.take()
    if is_kept:
        stamp_of(ours.state).write_text(schema_version(), encoding="ascii")
    make_ready()
    if not is_kept:
        kept.keep()


def _furnish() -> Publication:
    """The weekly as its newsroom would have set it up, and the people of its desk."""
    from issues.models import Publication

    make_people()
    publication = Publication.objects.get(slug="twtw")
    publication.first_serial = SERIAL
    publication.postal_address = "Example Institute, 1 Sample Road, 560012 Bengaluru, India"
    publication.save()
    # Without the newsroom's own later volumes, so that the next issue can move on to any year.
    publication.volumes.filter(first_serial__gt=SERIAL).delete()
    return publication


def _import_notes(publication: Publication) -> int:
    from newsroom.demo.pictures import make_pictures
    from notes.approval import approve
    from notes.importing import import_notes, note_files

    folder = configuration().state / "notes"
    shutil.copytree(MATERIAL / "notes", folder)
    make_pictures(folder)
    imported = import_notes(list(note_files([folder])), publication)
    return len([approve(one.note) for one in imported])


def _run_the_week(publication: Publication) -> tuple[Issue, MailingReport]:
    """Prepare, approve, publish: the two flows are recorded by the demo's own Prefect server."""
    from flows.steps import run_story
    from flows.weekly import prepare, publish
    from issues.approval import approve_issue

    run_story(prepare, publication=publication.slug, day=SUNDAY)
    issue = publication.issues.get(date=SUNDAY)
    _write_around_the_notes(issue)
    _say("prepared", f"{issue.entries.count()} notes in order, looked over, editors asked")
    approval = approve_issue(issue, "the demo's editor")
    _say("approved", f"sha256 {approval.sha256[:16]}… of subject, HTML and text")
    report = run_story(publish, publication=publication.slug, scheduled=False)
    issue.refresh_from_db()
    return issue, report


def _begin_the_next(publication: Publication) -> None:
    issue = next_week.begin(publication, SUNDAY + timedelta(days=7))
    _say("next", f"{issue.line}: open at the desk, with notes in review")


def _write_around_the_notes(issue: Issue) -> None:
    from html import escape

    written = tomllib.loads((MATERIAL / "issue.toml").read_text(encoding="utf-8"))
    issue.introduction = written["introduction"].strip()
    issue.regions = [
        (
            "region",
            {
                "name": region["name"],
                "briefs": [f"<p>{escape(brief)}</p>" for brief in region["briefs"]],
            },
        )
        for region in written["regions"]
    ]
    issue.save(update_fields=["introduction", "regions"])


def _close(ours: Configuration, issue: Issue, report: MailingReport) -> None:
    from newsroom.previewing import rendering_of, write_preview

    preview = write_preview(rendering_of(issue), ours.state / "preview", "issue")
    typer.secho(f"\n{issue.line}", bold=True)
    typer.echo(f"{report.counts.sentence()}\n")
    _say("outbox", f"{_short(ours.outbox)}  (a Maildir: mutt -f {_short(ours.outbox)})")
    _say("preview", f"{_short(preview)}  (open it in a browser)")
    _say("the site", f"TWTW_STATE={_short(ours.state)} ./twtw up")
    _say("subscribe", f"{ours.site_url}/subscribe/")
    _say("the desk", f"{ours.site_url}/desk/ as {', '.join(name for name, *_ in PEOPLE)}")
    _say("", f"with the password {PASSWORD}")


def _say(what: str, text: str) -> None:
    typer.echo(f"  {what:<9} {text}")


def _short(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
