"""What a mailing costs from the moment it is published: time, CPU, memory, bytes.

`twtw bench delivery` runs it. The newsroom is thrown away; the provider is a stand-in on
loopback in a process of its own, so that its work is not counted as ours.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FILL_READERS = """
    INSERT INTO subscribers_reader (address, key, name, created_at, link_version)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %(count)s)
    SELECT 'reader' || i || '@mail.example.org', 'reader' || i || '@mail.example.org',
        'Reader Number ' || i, CURRENT_TIMESTAMP, 0
    FROM n
"""
FILL_SUBSCRIPTIONS = """
    INSERT INTO subscribers_subscription
        (reader_id, publication_id, state, created_at, confirmed_at, with_weekly)
    SELECT id, %(publication)s, 'confirmed', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, false
    FROM subscribers_reader
"""


class NoDatabaseError(Exception):
    """This machine has no server of the database that was asked for."""


@dataclass(frozen=True)
class Figures:
    """What one run has cost. CPU and memory are of the delivering process."""

    database: str
    recipients: int
    latency_ms: float
    threads: int
    freeze_seconds: float
    first_accepted_seconds: float
    seconds: float
    recipients_per_second: float
    cpu_us_per_recipient: float
    peak_memory_mb: float
    memory_before_mb: float
    request_bytes_per_recipient: float
    database_bytes_per_recipient: float
    accepted: int
    balanced: bool


def bench(recipients: int, latency_ms: float, database: str, threads: int) -> Figures:
    """Publish to so many readers in a newsroom that is thrown away.

    Args:
        latency_ms: how long the provider takes for each answer.
        database: `sqlite` or `postgresql` (a throw-away server).

    Raises:
        NoDatabaseError: if PostgreSQL's server is not installed.
    """
    from tests.standins.sendgrid.process import running

    with (
        tempfile.TemporaryDirectory(prefix="twtw-bench-") as state,
        database_for(database) as database_url,
        running("--cheap", "--latency-ms", str(latency_ms)) as provider,
    ):
        environment = {name: value for name, value in os.environ.items() if name[:5] != "TWTW_"}
        environment |= {
            "TWTW_STATE": state,
            "TWTW_ENV_FILE": os.devnull,
            "TWTW_DATABASE_URL": database_url,
            "TWTW_TRANSPORT": "sendgrid",
            "TWTW_SENDGRID_API_KEY": "SG.bench",
            "TWTW_SENDGRID_URL": provider,
            "TWTW_SITE_URL": "https://weekly.newsroom.example",
            "TWTW_DELIVERY_THREADS": str(threads),
            "no_proxy": "*",
        }

        def step(name: str, *arguments: object) -> str:
            command = [sys.executable, "-m", "benchmarks.delivery", name, *map(str, arguments)]
            return subprocess.run(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
            ).stdout

        step("fill", recipients)
        measured = json.loads(step("publish"))
        with urllib.request.urlopen(f"{provider}/control/count", timeout=30) as answer:
            provided = json.load(answer)
    assert provided["recipients"] == recipients, provided
    return Figures(
        database=database,
        recipients=recipients,
        latency_ms=latency_ms,
        threads=threads,
        first_accepted_seconds=provided["first_monotonic"] - measured.pop("begun"),
        recipients_per_second=recipients / measured["seconds"],
        cpu_us_per_recipient=measured.pop("cpu_seconds") * 1e6 / recipients,
        request_bytes_per_recipient=provided["bytes"] / recipients,
        database_bytes_per_recipient=measured.pop("database_bytes") / recipients,
        **measured,
    )


def as_table(figures: Any) -> str:
    """The figures, one a line."""
    return "\n".join(
        f"{name.replace('_', ' '):<30} {_shown(value):>14}"
        for name, value in asdict(figures).items()
    )


def _shown(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.2f}"
    return str(value)


@contextmanager
def database_for(name: str) -> Iterator[str]:
    """The address of a database that is thrown away; empty for SQLite in the state folder."""
    from tests.standins.postgresql import throw_away_server, tools_of_postgresql

    if name == "sqlite":
        yield ""
        return
    tools = tools_of_postgresql()
    if tools is None:
        raise NoDatabaseError("There is no PostgreSQL server on this machine")
    with throw_away_server(tools) as url:
        yield url


def _fill(count: int) -> None:
    from django.db import connection, transaction

    from issues.models import Publication

    publication = Publication.objects.get(slug="gp-alerts")
    publication.sender_address = "weekly@newsroom.example"
    publication.postal_address = "1 Sample Road, Bengaluru"
    publication.save()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FILL_READERS, {"count": count})
        cursor.execute(FILL_SUBSCRIPTIONS, {"publication": publication.pk})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _publish() -> dict[str, Any]:
    from django.conf import settings

    from benchmarks.notes import approved_note
    from delivery.delivering import deliver
    from delivery.freezing import start_alert_mailing
    from delivery.transports.opening import open_transport
    from issues.models import Publication

    publication, note = Publication.objects.get(slug="gp-alerts"), approved_note()
    transport = open_transport()
    size, memory = _database_size(), _peak_memory()
    begun, cpu = time.monotonic(), time.process_time()
    mailing = start_alert_mailing(publication, note, transport)
    frozen = time.monotonic()
    counts = deliver(
        mailing, transport, threads=settings.DELIVERY_THREADS, on_progress=lambda _: None
    )
    return {
        "begun": begun,
        "freeze_seconds": frozen - begun,
        "seconds": time.monotonic() - begun,
        "cpu_seconds": time.process_time() - cpu,
        "memory_before_mb": memory,
        "peak_memory_mb": _peak_memory(),
        "database_bytes": _database_size() - size,
        "accepted": counts.accepted,
        "balanced": counts.balanced,
    }


def _peak_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _database_size() -> int:
    from django.db import connection

    if connection.vendor == "sqlite":
        question = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    else:
        question = "SELECT pg_database_size(current_database())"
    with connection.cursor() as cursor:
        cursor.execute(question)
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    from newsroom.state import make_ready

    make_ready()
    if sys.argv[1] == "fill":
        _fill(int(sys.argv[2]))
    else:
        json.dump(_publish(), sys.stdout)
