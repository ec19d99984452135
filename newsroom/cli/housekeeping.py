"""`twtw housekeeping`: what the schedule does every night, done now."""

from __future__ import annotations

from newsroom.cli import asking
from newsroom.cli.asking import AS_JSON, say
from newsroom.cli.recording import record
from newsroom.state import make_ready


def housekeeping(as_json: bool = AS_JSON) -> None:
    """Forget what the settings say is old, and suppress who bounced thrice; the schedule does so
    every night."""
    make_ready()
    from dataclasses import asdict

    from flows.housekeeping import housekeeping as keep_house
    from flows.steps import run_story
    from subscribers.models import Reader

    with asking.working("Keeping house"):
        report = run_story(keep_house)
    # It is about all of them together, who have no row of their own.
    record(Reader(pk=0), "subscribers.housekeeping", report.sentence, name="Readers")
    if as_json:
        asking.say_json(asdict(report))
        return
    for line in report.lines:
        say(line)
