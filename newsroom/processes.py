"""Keeping a few child processes running: started in order, restarted, and stopped together.

Each child leads a session of its own, so Ctrl-C reaches only the one that supervises, which
then stops them in the opposite order. If that one is killed outright, Linux ends them.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# Restarts of one child in a row before all is given up; one that ran for a minute starts anew.
RESTARTS = 3
STEADY_SECONDS = 60.0
FIRST_PAUSE = 1.0
# A delivery that is stopped waits for the calls in flight, whose answers it has to record.
STOPPING_SECONDS = 40.0
LOOK_SECONDS = 0.2

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class ChildFailed(Exception):  # noqa: N818 - it reads as what happened
    """A child dies again and again; the message names it and its log."""


@dataclass(frozen=True)
class Child:
    """A process to be kept running; what it prints goes to its log."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    log: Path


class Running:
    """A child and its process, if it is running."""

    def __init__(self, child: Child, pause: float = FIRST_PAUSE) -> None:
        self.child = child
        self._first_pause = pause
        self._restarts = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._start_again = 0.0

    def start(self) -> None:
        """Start the process."""
        self.child.log.parent.mkdir(parents=True, exist_ok=True)
        with self.child.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own commands
                self.child.command,
                cwd=self.child.folder,
                env=dict(self.child.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # Called between fork and exec of a process with one thread: it can't dead-lock.
                preexec_fn=_end_with_parent if _libc is not None else None,
            )
        self._started = time.monotonic()

    def look(self) -> None:
        """Restart the process if it has died, after a pause that doubles each time.

        Raises:
            ChildFailed: if it has been restarted too often in a row.
        """
        if self._process is None:
            if time.monotonic() >= self._start_again:
                self.start()
            return
        status = self._process.poll()
        if status is None:
            return
        _kill_group(self._process.pid)
        if time.monotonic() - self._started > STEADY_SECONDS:
            self._restarts = 0
        if self._restarts == RESTARTS:
            raise ChildFailed(
                f"{self.child.name} ended {RESTARTS + 1} times in a row, at last with status "
                f"{status}; its log says why: {self.child.log}"
            )
        self._start_again = time.monotonic() + self._first_pause * 2**self._restarts
        self._restarts += 1
        self._process = None

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the process; it stops what it has started itself."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.terminate()

    def stop(self, seconds: float = STOPPING_SECONDS) -> None:
        """Stop the process and everything it has started; kill what is left after a while."""
        if self._process is None:
            return
        self.ask_to_stop()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        _kill_group(self._process.pid)
        self._process.wait()
        self._process = None


def wait_until(
    ready: Callable[[], bool], running: Running, stopping: threading.Event, seconds: float
) -> bool:
    """Wait until a child answers; False if all is to be stopped before.

    Raises:
        ChildFailed: if it dies too often, or does not answer in time.
    """
    deadline = time.monotonic() + seconds
    while not ready():
        running.look()
        if stopping.wait(LOOK_SECONDS):
            return False
        if time.monotonic() > deadline:
            raise ChildFailed(
                f"{running.child.name} did not answer within {seconds:.0f} seconds; "
                f"its log may say why: {running.child.log}"
            )
    return True


def _end_with_parent() -> None:
    assert _libc is not None  # noqa: S101 - only passed where there is one
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
