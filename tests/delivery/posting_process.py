"""Hands service mails over in a process of its own, and dies by SIGKILL at the moment it is told.

python -m tests.delivery.posting_process FOLDER MOMENT
"""

import os
import signal
import sys
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from delivery.service_mails import send_due  # noqa: E402
from delivery.transports.opening import TRANSPORTS  # noqa: E402
from delivery.transports.outbox import Outbox  # noqa: E402


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DyingOutbox(Outbox):
    """An outbox in a process that does not survive the second mail."""

    def __init__(self, folder: Path, moment: str) -> None:
        super().__init__(folder)
        self.moment = moment
        self.calls = 0

    def tell(self, notice, addresses):
        self.calls += 1
        if self.calls < 2:
            answer = super().tell(notice, addresses)
            if self.moment == "before the call is begun":
                # The templates of the next mail are read before that.
                sys.addaudithook(die_at_a_claim_that_departs)
            return answer
        if self.moment == "before it is taken":
            die()
        super().tell(notice, addresses)
        die()
        raise AssertionError("unreachable")


def die_at_a_claim_that_departs(event, arguments):
    """The next mail is of another kind, whose templates were not read yet."""
    if event == "open" and str(arguments[0]).endswith("preferences_link/body.txt"):
        die()


if __name__ == "__main__":
    _, folder, moment = sys.argv
    TRANSPORTS["dying"] = lambda: DyingOutbox(Path(folder), moment)
    settings.DELIVERY_TRANSPORT = "dying"
    send_due(timezone.now())
