"""Parts that not every machine has: tests skip without them, unless everything is required."""

import os
import shutil
from pathlib import Path

import pytest

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
    initdb = shutil.which("initdb")
    folders = [Path(initdb).resolve().parent] if initdb else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = next((folder for folder in folders if (folder / "pg_ctl").exists()), None)
    need(found, "PostgreSQL's server")
    assert found
    return found
