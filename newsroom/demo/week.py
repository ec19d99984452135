"""`twtw demo`: one whole week in a state folder of its own, from nothing, every time."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from newsroom.configuration import PREFIX, ROOT

if TYPE_CHECKING:
    from issues.models import Publication

MATERIAL = Path(__file__).parent / "material"
SUNDAY = date(2025, 7, 6)
SERIAL = 318
PASSWORD = "read-me-on-sunday"  # noqa: S105 - for a demo on this machine, printed at its end
MARKER = "made by twtw demo"


def run() -> None:
    """Make the demo and say where to look."""
    state = _fresh_state(ROOT / "var" / "demo")
    # The demo must end the same on every machine: nothing of a newsroom's settings is in it.
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]
    os.environ["TWTW_ENV_FILE"] = os.devnull
    os.environ["TWTW_STATE"] = str(state)

    from newsroom.configuration import configuration
    from newsroom.serving import prefect_server
    from newsroom.state import make_ready

    configuration.cache_clear()
    ours = configuration()
    console = Console()
    console.print("A week of The World This Week, from nothing:", style="bold", highlight=False)
    with prefect_server(ours):
        make_ready()
        publication = _furnish()
        _step("6 notes imported, as Markdown files with pictures", _import_notes(publication))
        _step("25 readers imported from a CSV file", _import_readers(publication))
        issue, counts = _run_the_week(publication)
    _close(ours, issue, counts)


def _fresh_state(state: Path) -> Path:
    """An empty folder. Never deletes one that the demo did not make itself."""
    if state.exists():
        if not (state / MARKER).exists() and any(state.iterdir()):
            sys.exit(f"twtw: {state} was not made by the demo; move it away and run this again.")
        shutil.rmtree(state)
    state.mkdir(parents=True)
    (state / MARKER).touch()
    return state


def _furnish() -> Publication:
    """The weekly as its newsroom would have set it up, and an account for the desk."""
    from django.contrib.auth import get_user_model

    from issues.models import Publication

    get_user_model().objects.create_superuser("editor", "editor@example.org", PASSWORD)
    publication = Publication.objects.get(slug="twtw")
    publication.first_serial = SERIAL
    publication.postal_address = "Example Institute, 1 Sample Road, 560012 Bengaluru, India"
    publication.save()
    return publication


def _import_notes(publication: Publication) -> None:
    from newsroom.configuration import configuration
    from newsroom.demo.pictures import make_pictures
    from notes.approval import approve
    from notes.importing import import_note, note_files

    folder = configuration().state / "notes"
    shutil.copytree(MATERIAL / "notes", folder)
    make_pictures(folder)
    for path in note_files([folder]):
        approve(import_note(path, publication).note)


def _import_readers(publication: Publication) -> None:
    """Everybody in the file; then one leaves, one asks never to be mailed, one never confirmed."""
    from subscribers.importing import import_readers
    from subscribers.leaving import end_subscription
    from subscribers.models import Subscription
    from subscribers.suppressing import suppress

    import_readers(MATERIAL / "readers.csv", publication, consent="Invented for the demo")
    left, suppressed, unconfirmed = Subscription.objects.order_by("-pk")[:3]
    end_subscription(left.pk, "one click in a mail")
    suppress(suppressed.reader.address, "bounced")
    unconfirmed.state = Subscription.State.PENDING
    unconfirmed.save()
