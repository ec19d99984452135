"""The site as `twtw up` runs it, on loopback, for one test."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from newsroom.configuration import ROOT


def free_port() -> int:
    """A port that nobody has at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def gunicorn() -> Iterator[str]:
    """The site behind its own server; its address."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "newsroom.wsgi:application"),
        *("--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4"),
        *("--no-control-socket", "--log-level", "warning"),
    ]
    site = subprocess.Popen(command, cwd=ROOT)
    try:
        while site.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                threading.Event().wait(0.1)
            else:
                break
        assert site.poll() is None, "it ended"
        yield f"http://127.0.0.1:{port}"
    finally:
        site.terminate()
        site.wait()
