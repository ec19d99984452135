"""A mailing under fire: workers that are killed at any line, a provider that does what it likes.

Everything that happens is drawn from one seed. Workers are processes of their own, made by
fork: a kill ends them where they are, in a transaction, between the call and its record,
between two lines.
"""

import os
import signal
import sys
import threading
import time
import traceback
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random

from django.db import connections
from django.test import Client
from django.utils import timezone

from delivery import delivering, holding
from delivery.counting import counts
from delivery.delivering import deliver
from delivery.freezing import start_alert_mailing
from delivery.models import Chunk, Mailing, Pace
from delivery.settling import Decision, settle_all_by_person
from delivery.states import ChunkState
from delivery.transports.sendgrid import SendGrid
from subscribers.leaving import end_subscription
from tests.delivery.fates import agree, fates
from tests.standins.sendgrid import KEY

ROOM = str(Path(delivering.__file__).parent)
# About as many lines as a worker goes through for the whole of these mailings.
LINES = 1500
AT_ONCE = (0, 0)


class SmallSendGrid(SendGrid):
    chunk_size = 3


class Run:
    """One mailing to readers that are there already, from its freeze to its last doubt."""

    def __init__(self, seed, standin, alerts, note, readers):
        self.chance = Random(seed)
        self.standin = standin
        self.readers = readers
        first, timeout = self._first_faults()
        self.transport = SmallSendGrid(api_key=KEY, url=standin.url, timeout=timeout)
        # A breaker that never goes off, in some runs, lets more go wrong.
        Pace.objects.update_or_create(
            publication=alerts,
            defaults={"breaker_after": self.chance.choice([2, 5, 1000]), "next_at": None},
        )
        self.mailing = start_alert_mailing(alerts, note, self.transport)
        standin.pause_for = 0.05
        standin.misbehave(*first)
        # Of all kinds that neither wait nor look away before they have read the request.
        standin.misbehave_at_random(seed, self.chance.choice([0.0, 0.2, 0.5, 0.8]))

    def _first_faults(self):
        """What happens to the first calls, of the other kinds, and how long an answer may take."""
        if self.chance.random() < 0.05:
            return [self.chance.choice(["trickle", "accept_then_hang"])], 0.4
        quick = ["slow", "accept_late", "drop_before_read", "drop_midway"]
        return self.chance.sample(quick, self.chance.randint(0, 2)), 20

    def under_fire(self):
        """One to three workers at once; some are killed, and some believed dead are not."""
        leases = [timedelta(seconds=0.5), timedelta(milliseconds=20)]
        lease, threads = self.chance.choice(leases), self.chance.choice([1, 1, 2])
        fates = [None, die, die, sleep_through_the_lease]
        workers = [
            self._worker(lease, threads, self.chance.choice(fates), self.chance.randrange(LINES))
            for _ in range(self.chance.randint(1, 3))
        ]
        leaving = self.chance.sample(self.readers, 2)
        for subscription in leaving:
            end_subscription(subscription.pk, "a test")
        for worker in workers:
            _, status = os.waitpid(worker, 0)
            assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "a worker failed"

    def _worker(self, lease, threads, fate, line):
        connections.close_all()
        worker = os.fork()
        if worker:
            return worker
        try:
            delivering.LEASE = lease
            if fate is not None:
                at_line(line, fate)
            deliver(self.mailing, self.transport, threads=threads, pauses=AT_ONCE)
            os._exit(0)
        finally:
            # Never back into the test that this process was made from.
            if error := sys.exc_info()[1]:
                traceback.print_exception(error)
            os._exit(1)

    def recover(self):
        """The leases of the dead run out; a person lets the mailing go on; nothing goes wrong."""
        self.standin.behave()
        Chunk.objects.filter(state=ChunkState.SENDING).update(
            lease_until=timezone.now() - timedelta(seconds=1)
        )
        Pace.objects.update(next_at=None)
        # The doubts that the dead have left may pause it once more.
        for _ in range(2):
            holding.resume(self.mailing)
            deliver(self.mailing, self.transport, threads=2, pauses=AT_ONCE)

    def report_events(self):
        """The provider posts what it knows, late, repeated, out of order."""
        posts = self.standin.event_posts(
            repeated=self.chance.random() < 0.5,
            renamed=self.chance.random() < 0.5,
            shuffled=self.chance.random(),
            split=self.chance.choice([4, 11, 1000]),
        )
        for body, headers in posts:
            answer = Client().post(
                "/webhooks/sendgrid/events", body, "application/json", headers=headers
            )
            assert answer.status_code < 300, answer.status_code

    def decide(self):
        """A person has everything sent again of which the provider has not reported."""
        undecided = self.mailing.chunks.filter(state__in=["in doubt", "rejected"])
        if numbers := list(undecided.values_list("number", flat=True)):
            settle_all_by_person(
                self.mailing, Decision.RESEND, "An Operator", numbers=numbers, at_once=True
            )
        deliver(self.mailing, self.transport, threads=1, pauses=AT_ONCE)

    def check(self, *, at_the_end=False):
        """The ledger against the provider's own record."""
        copies, told = self.standin.copies(), fates(self.mailing)
        assert set(copies.values()) <= {1}, "somebody has two copies"
        reached = counts(self.mailing)
        assert agree(self.mailing, reached), reached
        for address, fate in told.items():
            has_one = copies[address] == 1
            if fate == "accepted":
                assert has_one, "counted as accepted, and has no copy"
            elif fate in {"rejected", "withdrawn", "pending", "excluded"}:
                assert not has_one, f"counted as {fate}, and has a copy"
        if at_the_end:
            assert Counter(told.values()).keys() <= {"accepted", "withdrawn", "excluded"}, told
            assert Mailing.objects.get(pk=self.mailing.pk).finished_at is not None


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def sleep_through_the_lease():
    """As a machine does that was put to sleep: the others take the worker for dead."""
    time.sleep(0.8)


def at_line(number, fate):
    """Let something happen when that many lines of the delivery room have been run through."""
    left = [number]

    def trace(frame, event, _argument):
        if not frame.f_code.co_filename.startswith(ROOM):
            return None
        if event == "line":
            left[0] -= 1
            if left[0] == 0:
                fate()
        return trace

    threading.settrace(trace)
    sys.settrace(trace)
