"""Parts that not every machine has: tests skip without them, unless everything is required."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.standins.postgresql import tools_of_postgresql

NODE = Path(__file__).resolve().parent / "node"
SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


def need(present: object, what: str) -> None:
    """Skip the test, or fail it where `TWTW_REQUIRE_ALL` is set, when something is not here."""
    if present:
        return
    if os.environ.get("TWTW_REQUIRE_ALL"):
        pytest.fail(f"{what} is required here and missing")
    pytest.skip(f"{what} is not on this machine")


def chromium() -> str:
    """The path of the system's Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    need(found, "Chromium")
    return str(found)


def shared(path: str) -> Path:
    """A file of the folder `shared` beside the checkout."""
    need((SHARED / path).exists(), f"../shared/{path}")
    return SHARED / path


def postgresql_tools() -> Path:
    """The folder with PostgreSQL's `initdb` and `pg_ctl`."""
    found = tools_of_postgresql()
    need(found, "PostgreSQL's server")
    assert found
    return found


def prism() -> list[str]:
    """The command of Prism, the mock server and checking proxy for OpenAPI (see `tests/node`)."""
    return [_node(), _package("Prism", ".bin/prism")]


def caniemail() -> Path:
    """What mail programs support, as a JSON file (https://www.caniemail.com/)."""
    return Path(_package("caniemail", "caniemail/data/caniemail.json"))


def answered_by_node(script: str, package: str, question: object) -> Any:
    """What a script in `tests/node` answers: it reads one JSON value, and writes one.

    Args:
        script: its file name.
        package: the package that it needs.
        question: anything that JSON has room for.
    """
    node = _node()
    _package(package, package)
    answer = subprocess.run(
        [node, NODE / script],
        input=json.dumps(question),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def program(name: str) -> str:
    """The path of a program that Debian has in a package of the same name."""
    found = shutil.which(name)
    need(found, name)
    return str(found)


def postfix() -> None:
    """Postfix, and the rights that it needs to start."""
    need(shutil.which("postfix") and os.geteuid() == 0, "Postfix, run by root,")


def _node() -> str:
    found = shutil.which("node")
    need(found, "Node.js")
    return str(found)


def _package(name: str, path: str) -> str:
    found = NODE / "node_modules" / path
    need(found.exists(), f"{name} (`npm ci` in tests/node)")
    return str(found)


def spamassassin() -> None:
    """SpamAssassin's own command."""
    need(shutil.which("spamassassin"), "SpamAssassin")
