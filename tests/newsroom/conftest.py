"""Running `twtw` in this process, as a person would type it."""

import sys
from dataclasses import dataclass

import pytest

from newsroom.cli import main
from newsroom.configuration import configuration
from newsroom.state import schema_version, stamp_of


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str


@pytest.fixture
def twtw_command(capsys, monkeypatch, db):
    """Runs a command; what it printed and its exit status."""
    # The test database is migrated already.
    stamp_of(configuration().state).write_text(schema_version(), encoding="ascii")

    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["twtw", *map(str, arguments)])
        capsys.readouterr()
        status = 0
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
        return Done(status, *capsys.readouterr())

    return run
