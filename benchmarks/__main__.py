"""CPU seconds of the steps that an issue's size or its audience's can make slow.

Times are of this process's CPU, not of the wall: they say the same on a busy machine.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from delivery.models import Mailing

READERS = 100_000
COPIES = 5_000
EVENTS = 1_000


def main() -> None:
    """Measure everything in a state folder that is thrown away."""
    with tempfile.TemporaryDirectory() as state:
        os.environ |= {"TWTW_STATE": state, "TWTW_ENV_FILE": os.devnull}
        from newsroom.state import make_ready

        make_ready()
        _issue_of_twelve_notes()
        _audience(Path(state))


def _issue_of_twelve_notes() -> None:
    from benchmarks.mail import issues_of_twelve_notes
    from issues.preflight import preflight
    from rendering.mail import render_issue
    from tests.issues.preflight.sound import sound

    first, *others = issues_of_twelve_notes(20)
    render_issue(first)
    seconds = _cpu(lambda: [render_issue(content) for content in others])
    _say("render an issue of 12 notes", 1000 * seconds / len(others), "ms")
    first_facts, *facts = [sound(*content.notes) for content in others[:6]]
    preflight(first_facts)
    seconds = _cpu(lambda: [preflight(issue) for issue in facts])
    _say("look it over (preflight)", 1000 * seconds / len(facts), "ms")


def _audience(state: Path) -> None:
    from benchmarks.notes import approved_note
    from delivery.counting import counts
    from delivery.delivering import deliver
    from delivery.freezing import start_alert_mailing
    from delivery.models import Mailing
    from delivery.transports.outbox import Outbox
    from issues.models import Publication
    from subscribers.exporting import export_readers
    from subscribers.importing.deciding import Word
    from subscribers.importing.one_go import import_file

    publication = Publication.objects.get(slug="gp-alerts")
    file = state / "readers.csv"
    rows = (f"reader{number}@example.org,Reader {number}" for number in range(READERS))
    file.write_text("address,name\n" + "\n".join(rows), encoding="utf-8")
    word = Word("a benchmark")
    seconds = _cpu(lambda: import_file(file, publication, word, by="the benchmark"))
    _say(f"import {READERS:,} readers", seconds, "s")
    with (state / "export.csv").open("w", encoding="utf-8", newline="") as stream:
        _say(f"export {READERS:,} readers", _cpu(lambda: export_readers(publication, stream)), "s")

    outbox = Outbox(state / "outbox")
    note = approved_note()
    seconds = _cpu(lambda: start_alert_mailing(publication, note, outbox))
    _say(f"freeze an audience of {READERS:,}", seconds, "s")
    mailing = Mailing.objects.get()
    _say(f"count {READERS:,} recipients", _cpu(lambda: counts(mailing)), "s")
    mailing.recipients.filter(chunk_number__gt=COPIES // mailing.chunk_size).delete()
    mailing.chunks.filter(number__gt=COPIES // mailing.chunk_size).delete()
    seconds = _cpu(lambda: deliver(mailing, outbox, threads=4))
    _say(f"write {COPIES:,} copies into the outbox", seconds, "s")
    _events(mailing)


def _events(mailing: Mailing) -> None:
    from delivery.events.reading import read
    from delivery.events.taking_in import take_in

    people = mailing.recipients.values_list("pk", "subscription__reader__address")[:EVENTS]
    bounces = [
        {
            "event": "bounce",
            "type": "bounce",
            "reason": f"550 5.1.1 <{address}>: Recipient address rejected: User unknown",
            "email": address,
            "timestamp": 1751180400,
            "sg_event_id": f"event-{recipient}",
            "sg_message_id": f"message-{recipient}",
            "mailing": f"{mailing.pk}.{mailing.key}",
            "recipient": str(recipient),
        }
        for recipient, address in people
    ]
    for kind, post in (
        ("deliveries", [event | {"event": "delivered", "sg_event_id": ""} for event in bounces]),
        ("bounces", bounces),
    ):
        body = json.dumps(post).encode()
        seconds = _cpu(lambda body=body: take_in(read(body)))
        _say(f"take in {EVENTS:,} {kind} in one post", 1000 * seconds, "ms")


def _cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _say(what: str, figure: float, unit: str) -> None:
    print(f"{what:<40} {figure:8.2f} {unit}")


if __name__ == "__main__":
    main()
