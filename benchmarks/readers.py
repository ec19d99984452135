"""What an import of readers costs: time, CPU, memory, and how long others wait meanwhile.

`twtw bench readers` runs it. The newsroom is thrown away. The file is made by this process and
imported by another one, whose memory is measured; a third one writes into the same database all
the while, as a page of the site would, and notes how long it had to wait.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.delivery import ROOT, as_table, database_for

__all__ = ["Figures", "as_table", "bench"]


@dataclass(frozen=True)
class Figures:
    """What one import has cost. CPU and memory are of the importing process."""

    database: str
    kind: str
    rows: int
    file_mb: float
    look_through_seconds: float
    look_through_cpu_us_per_row: float
    take_in_seconds: float
    take_in_cpu_us_per_row: float
    memory_before_mb: float
    peak_memory_mb: float
    others_writes: int
    others_longest_wait_ms: float
    new: int
    balanced: bool


def bench(
    rows: int,
    *,
    gigabytes: float = 0.0,
    kind: str = "csv",
    ask: bool = False,
    database: str = "sqlite",
) -> Figures:
    """Import so many readers into a newsroom that is thrown away.

    Args:
        gigabytes: how large the file is at least; its rows are filled up.
        kind: `csv` or `xlsx`.
        ask: have each of them asked, instead of subscribed with consent.
        database: `sqlite` or `postgresql` (a throw-away server).

    Raises:
        NoDatabaseError: if PostgreSQL's server is not installed.
    """
    with (
        tempfile.TemporaryDirectory(prefix="twtw-bench-") as state,
        database_for(database) as database_url,
    ):
        environment = {name: value for name, value in os.environ.items() if name[:5] != "TWTW_"}
        environment |= {
            "TWTW_STATE": state,
            "TWTW_ENV_FILE": os.devnull,
            "TWTW_DATABASE_URL": database_url,
        }
        file = Path(state) / f"readers.{kind}"
        _write(file, rows, max(0, int(gigabytes * 1e9 / rows) - 60))

        def process(*arguments: str) -> subprocess.Popen[str]:
            return subprocess.Popen(
                [sys.executable, "-m", "benchmarks.readers", *arguments],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
            )

        with process("make-ready") as ready:
            ready.wait()
        with process("write") as other, process("import", str(file), str(int(ask))) as ours:
            try:
                measured = json.loads(ours.communicate()[0])
            finally:
                other.send_signal(signal.SIGTERM)
            waits = json.loads(other.communicate()[0])
        return Figures(
            database=database,
            kind=kind,
            rows=rows,
            file_mb=file.stat().st_size / 1e6,
            **measured,
            **waits,
        )


def _write(file: Path, rows: int, padding: int) -> None:
    if file.suffix == ".csv":
        with file.open("w", encoding="utf-8") as stream:
            stream.write("email,name,remark\n")
            stream.writelines(f"{address},{name},{'x' * padding}\n" for address, name in _all(rows))
        return
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Readers")
    sheet.append(["email", "name", "remark"])
    for address, name in _all(rows):
        sheet.append([address, name, "x" * padding])
    workbook.save(file)


def _all(rows: int) -> Iterator[tuple[str, str]]:
    """In no order, as a list is that grew over years."""
    numbers = random.Random(1)
    for number in range(rows):
        yield f"r{numbers.getrandbits(40):x}.{number}@mail{number % 97}.example.org", f"Nr {number}"


def _import(file: str, ask: bool) -> dict[str, Any]:
    from issues.models import Publication
    from subscribers.importing.deciding import Word
    from subscribers.importing.one_go import looked_through, taken_in
    from subscribers.importing.telling import rows_of

    publication, memory = Publication.objects.get(slug="gp-alerts"), _peak_memory()
    begun, cpu = time.monotonic(), time.process_time()
    run = looked_through(Path(file), publication, by="the benchmark")
    read, cpu_read = time.monotonic(), time.process_time()
    rows = rows_of(run)
    done = taken_in(run, Word(None if ask else "a benchmark"))
    return {
        "look_through_seconds": read - begun,
        "look_through_cpu_us_per_row": (cpu_read - cpu) * 1e6 / rows,
        "take_in_seconds": time.monotonic() - read,
        "take_in_cpu_us_per_row": (time.process_time() - cpu_read) * 1e6 / rows,
        "memory_before_mb": memory,
        "peak_memory_mb": _peak_memory(),
        "new": done.counts.get("new", 0),
        "balanced": rows_of(done) == rows,
    }


def _write_on_and_on() -> dict[str, Any]:
    """As a page would that writes one row, twenty times a second, until it is told to end."""
    from django.db import connection, transaction
    from django.utils import timezone

    from subscribers.models import Tally

    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: stopped.append(number))
    writes, longest, now = 0, 0.0, timezone.now()
    while not stopped:
        begun = time.monotonic()
        with transaction.atomic():
            Tally.objects.create(kind="bench", subject=str(writes), begins_at=now)
        longest = max(longest, time.monotonic() - begun)
        writes += 1
        time.sleep(0.05)
    connection.close()
    return {"others_writes": writes, "others_longest_wait_ms": longest * 1000}


def _peak_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    from newsroom.state import make_ready

    make_ready()
    if sys.argv[1] == "import":
        json.dump(_import(sys.argv[2], sys.argv[3] == "1"), sys.stdout)
    elif sys.argv[1] == "write":
        json.dump(_write_on_and_on(), sys.stdout)
