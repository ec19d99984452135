"""The stand-in as a process: prints its address, ends with its standard input or by SIGTERM."""

from __future__ import annotations

import argparse
import sys
import threading

from tests.standins.sendgrid.cheap import CheapServer
from tests.standins.sendgrid.standin import StandIn


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.standins.sendgrid")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--cheap", action="store_true", help="only count; for benchmarks")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="of a cheap answer")
    options = parser.parse_args()
    if options.cheap:
        server = CheapServer(options.port, options.latency_ms / 1000)
        threading.Thread(target=server.serve, daemon=True).start()
        _say_and_wait(server.url)
    else:
        with StandIn(options.port) as standin:
            _say_and_wait(standin.url)


def _say_and_wait(url: str) -> None:
    print(url, flush=True)  # noqa: T201 - this line is what the parent waits for
    sys.stdin.read()


if __name__ == "__main__":
    main()
