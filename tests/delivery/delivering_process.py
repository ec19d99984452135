"""Delivers a mailing in a process of its own, and dies by SIGKILL at the moment it is told.

python -m tests.delivery.delivering_process MAILING FOLDER MOMENT
"""

import os
import signal
import sys
from pathlib import Path

import django

django.setup()

from delivery.delivering import deliver  # noqa: E402
from delivery.models import Mailing  # noqa: E402
from delivery.transports.outbox import Outbox  # noqa: E402


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DyingOutbox(Outbox):
    """An outbox in a process that does not survive the second chunk."""

    def __init__(self, folder: Path, moment: str) -> None:
        super().__init__(folder)
        self.moment = moment
        self.calls = 0
        self.renamed = 0

    def hand_over(self, message, addressees):
        self.calls += 1
        if self.calls < 2:
            return super().hand_over(message, addressees)
        if self.moment == "before the call":
            die()
        if self.moment == "in the middle of the call":
            sys.addaudithook(self.die_at_the_third_file)
        super().hand_over(message, addressees)
        die()
        raise AssertionError("unreachable")

    def die_at_the_third_file(self, event, _arguments):
        if event == "os.rename":
            self.renamed += 1
            if self.renamed == 3:
                die()


if __name__ == "__main__":
    _, key, folder, moment = sys.argv
    deliver(Mailing.objects.get(pk=int(key)), DyingOutbox(Path(folder), moment), threads=1)
