"""The `twtw` command. Heavy imports happen inside of the commands: `--help` answers at once."""

from __future__ import annotations

import sys

from newsroom.cli.app import app


def main() -> None:
    """Run the command; a person's mistake is one sentence and exit status 2."""
    from newsroom.cli.mistakes import exit_status

    try:
        app(prog_name="twtw")
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)  # noqa: T201
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except Exception as error:
        status = exit_status(error)
        if status is None:
            raise
        for line in str(error).splitlines():
            print(f"twtw: {line}", file=sys.stderr)  # noqa: T201
        sys.exit(status)
