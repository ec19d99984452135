"""The `twtw` script at the root, with a Python that only writes down how it was called."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = ("sh", "dirname", "basename", "cmp", "cp", "cat", "mkdir", "chmod")

FAKE_PYTHON = """#!/bin/sh
printf '%s\\n' "$*" >> "{calls}"
case "$*" in
    *'-m venv'*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
    *'-m pip'*) exit {pip_status} ;;
esac
"""


class Checkout:
    """A copy of the script with locks of its own, on a machine with a few tools."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a checkout"
        self.root.mkdir()
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.calls_file = folder / "calls"
        shutil.copy(ROOT / "twtw", self.root)
        for name in ("requirements.lock", "requirements-dev.lock"):
            (self.root / name).write_text(f"{name} 1")
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))

    def add_python(self, pip_status: int = 0) -> None:
        python = self.bin / "python3"
        python.write_text(FAKE_PYTHON.format(calls=self.calls_file, pip_status=pip_status))
        python.chmod(0o755)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        self.calls_file.write_text("")
        return subprocess.run(
            [self.root / "twtw", *arguments],
            env={"PATH": str(self.bin)},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def installed(self) -> list[str]:
        calls = self.calls_file.read_text().splitlines()
        return [Path(call.split(" -r ")[1]).name for call in calls if "-m pip" in call]

    @property
    def handed_over(self) -> str:
        return self.calls_file.read_text().splitlines()[-1]


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)


def test_without_python_it_says_what_to_install(checkout):
    done = checkout.run("demo")
    assert done.returncode == 2
    assert "Python 3.11 or newer is needed" in done.stderr


def test_it_installs_once_and_again_only_when_the_lock_has_changed(checkout):
    checkout.add_python()
    assert checkout.run("demo").returncode == 0
    assert checkout.installed == ["requirements.lock"]
    assert checkout.handed_over == "-m newsroom demo"
    checkout.run("demo")
    assert checkout.installed == []
    (checkout.root / "requirements.lock").write_text("requirements.lock 2")
    checkout.run("demo")
    assert checkout.installed == ["requirements.lock"]


@pytest.mark.parametrize("command", ["test", "mail"])
def test_tests_and_pictures_need_the_larger_lock_which_serves_for_all_else(checkout, command):
    checkout.add_python()
    checkout.run("demo")
    checkout.run(command)
    assert checkout.installed == ["requirements-dev.lock"]
    checkout.run("demo")
    assert checkout.installed == []


def test_an_installation_that_failed_is_tried_again(checkout):
    checkout.add_python(pip_status=1)
    done = checkout.run("demo")
    assert done.returncode == 2
    assert "run the same command again" in done.stderr
    (checkout.root / ".venv" / "bin" / "python").unlink()
    checkout.add_python()
    assert checkout.run("demo").returncode == 0
    assert checkout.installed == ["requirements.lock"]


def test_arguments_with_spaces_arrive_whole(checkout):
    checkout.add_python()
    checkout.run("notes", "import", "a note.md")
    assert checkout.handed_over == "-m newsroom notes import a note.md"
