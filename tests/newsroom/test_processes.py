"""Keeping processes running: tiny ones, but real."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from newsroom.configuration import ROOT
from newsroom.processes import RESTARTS, Child, ChildFailed, Running, wait_until

DEADLINE = 20


@pytest.fixture
def child(tmp_path):
    """Makes a child that runs a line of Python, and stops it in the end."""
    made = []

    def make(code):
        command = (sys.executable, "-c", code)
        made.append(
            Running(
                Child("tiny", command, os.environ, tmp_path, tmp_path / "logs" / "tiny.log"),
                pause=0.01,
            )
        )
        return made[-1]

    yield make
    for running in made:
        running.stop()


def until(true):
    deadline = time.monotonic() + DEADLINE
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        threading.Event().wait(0.02)


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # A zombie is gone too; nobody in this container may be there to collect it.
    status = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return status == "Z"


def test_what_a_child_prints_is_in_its_log(child, tmp_path):
    running = child("print('here')")
    running.start()
    until(lambda: (tmp_path / "logs" / "tiny.log").read_text() == "here\n")


def test_a_child_that_dies_is_started_again(child, tmp_path):
    mark = tmp_path / "starts"
    running = child(
        f"import time; open({str(mark)!r}, 'a').write('x')\n"
        f"if len(open({str(mark)!r}).read()) == 2: time.sleep(600)"
    )
    running.start()
    assert wait_until(
        lambda: mark.exists() and mark.read_text() == "xx", running, threading.Event(), DEADLINE
    )


def test_a_child_that_dies_again_and_again_is_given_up_naming_its_log(child, tmp_path):
    mark = tmp_path / "starts"
    running = child(f"open({str(mark)!r}, 'a').write('x'); raise SystemExit(7)")
    running.start()
    with pytest.raises(ChildFailed, match=r"tiny ended 4 times .* status 7; .*tiny\.log"):
        wait_until(lambda: False, running, threading.Event(), DEADLINE)
    assert mark.read_text() == "x" * (RESTARTS + 1)


def test_a_child_that_never_answers_is_given_up(child):
    running = child("import time; time.sleep(600)")
    running.start()
    with pytest.raises(ChildFailed, match="tiny did not answer within 0 seconds"):
        wait_until(lambda: False, running, threading.Event(), 0)


def test_waiting_ends_when_all_is_to_be_stopped(child):
    running = child("import time; time.sleep(600)")
    running.start()
    stopping = threading.Event()
    stopping.set()
    assert not wait_until(lambda: False, running, stopping, DEADLINE)


def test_stopping_ends_what_the_child_has_started_even_if_it_does_not_listen(child, tmp_path):
    pids = tmp_path / "pids"
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    running = child(
        "import os, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"other = subprocess.Popen([sys.executable, '-c', {deaf!r}])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{other.pid}}\\n')\n"
        "time.sleep(600)"
    )
    running.start()
    until(lambda: pids.exists() and pids.read_text().endswith("\n"))
    running.stop(seconds=0)
    for pid in pids.read_text().split():
        until(lambda pid=int(pid): is_gone(pid))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a parent's death")
def test_children_do_not_outlive_a_supervisor_that_was_killed(tmp_path):
    pid = tmp_path / "pid"
    child = (
        f"import os, time; open({str(pid)!r}, 'w').write(f'{{os.getpid()}}\\n'); time.sleep(600)"
    )
    supervisor = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, pathlib, sys, time\n"
            "from newsroom.processes import Child, Running\n"
            f"folder = pathlib.Path({str(tmp_path)!r})\n"
            f"child = Child('tiny', (sys.executable, '-c', {child!r}), os.environ, folder,"
            " folder / 'log')\n"
            "Running(child).start()\n"
            "time.sleep(600)",
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    until(lambda: pid.exists() and pid.read_text().endswith("\n"))
    supervisor.send_signal(signal.SIGKILL)
    supervisor.wait()
    until(lambda: is_gone(int(pid.read_text())))
