"""`twtw test`: everything that must be green before a change is one, in one command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from newsroom.configuration import ROOT

TOOLS = Path(sys.executable).parent

CHECKS: dict[str, tuple[str, ...]] = {
    "format": ("ruff", "format", "--check", "--quiet", "."),
    "lint": ("ruff", "check", "--quiet", "."),
    "types": ("mypy",),
    "imports": ("lint-imports", "--no-logo"),
}


# A file's tests stay together: they share what is slow to make. In their own order, because by
# number the longest of all, which is a single one, would come last and alone.
ON_EVERY_CORE = ["-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]


def check(pytest_arguments: list[str]) -> int:
    """Run the checks, then the tests with the arguments given; 0 if all of it is green."""
    console = Console(stderr=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    failed = []
    for name, command in CHECKS.items():
        with console.status(f"{name} …"):
            done = subprocess.run(  # noqa: S603 - the commands above, nothing of a person's
                [TOOLS / command[0], *command[1:]],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            failed.append(name)
            console.print(f"{name}: failed", style="bold red")
            console.print(done.stdout + done.stderr, markup=False, highlight=False)
        else:
            console.print(f"{name}: fine", style="green")
    # Several processes would share a database that is given from outside.
    together = [] if os.environ.get("TWTW_TEST_DATABASE_URL") else ON_EVERY_CORE
    arguments = pytest_arguments or together
    tests = subprocess.run(  # noqa: S603 - pytest with the developer's own arguments
        [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment, check=False
    )
    if failed:
        console.print(f"Not green: {', '.join(failed)} (see above).", style="bold red")
    return tests.returncode or (1 if failed else 0)
