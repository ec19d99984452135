"""Parts that not every machine has: tests skip without them, unless everything is required."""

import os
import shutil
from pathlib import Path

import pytest

from tests.standins.postgresql import tools_of_postgresql

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
    script = Path(__file__).resolve().parent / "node" / "node_modules" / ".bin" / "prism"
    node = shutil.which("node")
    need(node and script.exists(), "Prism (Node.js, and `npm ci` in tests/node)")
    return [str(node), str(script)]


def postfix() -> None:
    """Postfix, and the rights that it needs to start."""
    need(shutil.which("postfix") and os.geteuid() == 0, "Postfix, run by root,")
