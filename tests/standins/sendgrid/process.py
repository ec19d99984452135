"""The stand-in in a process of its own, for as long as a `with` block lasts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def running(*options: str) -> Iterator[str]:
    """Start `python -m tests.standins.sendgrid` with these options; gives its address.

    It reads its standard input, so it ends with this process however that ends.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.standins.sendgrid", *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait(timeout=30)
        process.stdout.close()
