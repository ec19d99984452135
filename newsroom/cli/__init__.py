"""The `twtw` command. Heavy imports happen inside of the commands: `--help` answers at once."""

from __future__ import annotations

import sys

from newsroom.cli.app import app

# What typer makes of Ctrl-C.
INTERRUPTED = 130


def main() -> None:
    """Run the command; a person's mistake is one sentence and exit status 2."""
    from newsroom.cli.mistakes import exit_status, sentences

    try:
        app(prog_name="twtw")
    except SystemExit as end:
        if end.code == INTERRUPTED:
            print("twtw: stopped; the same command goes on from here.", file=sys.stderr)  # noqa: T201
        raise
    except Exception as error:
        status = exit_status(error)
        if status is None:
            raise
        for line in sentences(error):
            print(f"twtw: {line}", file=sys.stderr)  # noqa: T201
        sys.exit(status)
