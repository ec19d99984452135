"""The server as a process of its own: says its port, and ends when its input does.

python -m tests.standins.smtp RECORD [--certificate FILE] [--seed N --share F]
"""

import argparse
import sys
from pathlib import Path

from tests.standins.smtp.sink import Sink

parser = argparse.ArgumentParser(description="An SMTP server that keeps what it takes.")
parser.add_argument("record", type=Path, help="file that gets a line for each message taken")
parser.add_argument("--certificate", type=Path, help="offer STARTTLS with this one")
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--share", type=float, default=0.0, help="of all answers that go wrong")
given = parser.parse_args()
with Sink(record=given.record, certificate=given.certificate) as sink:
    sink.orders.at_random(given.seed, given.share)
    sys.stdout.write(f"{sink.port}\n")
    sys.stdout.flush()
    sys.stdin.read()
