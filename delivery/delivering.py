"""Delivering a mailing: threads take chunks from the ledger until nothing is pending.

May be started at any time, any number of times, by any number of processes: the ledger
sees to it that no chunk is handed over twice, and each of them ends with the same counts.
Whoever stops it (Ctrl-C, SIGTERM, a closed terminal) waits for the calls in flight, whose
answers are recorded.
"""

from __future__ import annotations

import gc
import logging
import os
import secrets
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from types import FrameType

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from delivery import ledger
from delivery.claiming import Claimed, claim_next_chunk, depart
from delivery.counting import Counts, counts
from delivery.errors import DeliveryError
from delivery.holding import give_up_if_cancelled, is_held
from delivery.messages import addressees_of, message_of
from delivery.models import Mailing
from delivery.pace import Wait
from delivery.transports import Answer, Barred, Message, NotLeft, Transport, Unanswered

logger = logging.getLogger(__name__)

# A live process renews its leases every few seconds, so this is how long the chunks of a
# killed one are waited for, not how long a call may take.
LEASE = timedelta(seconds=60)
TICK = 0.25
RENEWAL = 10.0
LONGEST_LOOK_AWAY = 1.0
# One chunk that comes back may be its reader's server's fault (SMTP), two in a row are not.
ENOUGH_CAME_BACK = 2
# Seconds between rounds in which nothing left; after the last one the run gives up.
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
# A run that has to wait for longer ends, and another one goes on when the time has come: a
# process that does nothing for a night is one more that can be lost.
PATIENCE = timedelta(minutes=5)


def deliver(
    mailing: Mailing,
    transport: Transport,
    *,
    threads: int,
    on_progress: Callable[[Counts], None] | None = None,
    pauses: Sequence[float] = PAUSES,
) -> Counts:
    """Hand over everything that is pending, and wait for what other processes are handing over.

    A chunk that came back because its call never left is tried again after a pause. When
    nothing leaves for as many rounds as there are pauses, the run ends: the counts tell what
    is pending, and the chunks' answers why. It ends, too, when the mailing is paused or
    cancelled, and when its publication's pace lets nothing leave for longer than `PATIENCE`.

    Args:
        transport: the one that the mailing was started with.
        threads: chunks that are handed over at the same time.
        on_progress: called from this thread about once a second, and at the end.
        pauses: seconds to wait after the first, second … round in a row in which nothing left.

    Returns:
        The counts at the end; `pending` is 0 unless one of these has ended the run.

    Raises:
        DeliveryError: if the mailing was started with another transport.
    """
    if mailing.transport != transport.name:
        raise DeliveryError(
            f"{mailing} was started with the transport {mailing.transport}, which is also the one "
            f"that has to end it; set TWTW_TRANSPORT={mailing.transport} and publish again."
        )
    if not connection.in_atomic_block:
        # This thread's own may have been lost with a server that was started again.
        connection.close_if_unusable_or_obsolete()
    run = _Run(mailing, transport, message_of(mailing), on_progress)
    give_up_if_cancelled(mailing)
    in_vain = 0
    with _signals_as_exit(), _little_garbage(), closing(transport):
        while True:
            ledger.recover_lost_chunks(mailing, transport)
            outcome = run.round(threads)
            if is_held(mailing) or not ledger.is_unfinished(mailing):
                break
            if outcome.answered:
                in_vain = 0
            elif outcome.came_back:
                in_vain += 1
                if in_vain > len(pauses):
                    break
            if outcome.wait is not None:
                seconds = (outcome.wait.until - timezone.now()).total_seconds()
                if seconds > PATIENCE.total_seconds():
                    break
                # Looked at again and again: a person may pause the mailing or change its pace.
                run.pause(min(max(seconds, 0.01), LONGEST_LOOK_AWAY))
            elif outcome.came_back:
                run.pause(pauses[max(in_vain - 1, 0)] if pauses else 0)
            elif not outcome.answered:
                # What is pending is in another worker's hands, or in those of a lost one.
                run.pause(TICK)
    # A chunk may have come back at the very moment of a cancellation.
    give_up_if_cancelled(mailing)
    ledger.mark_finished(mailing)
    return run.report()


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a round: chunks answered for or come back, and what has to be waited for."""

    answered: int = 0
    came_back: int = 0
    wait: Wait | None = None


@dataclass
class _Run:
    """One process's work on a mailing."""

    mailing: Mailing
    transport: Transport
    message: Message
    on_progress: Callable[[Counts], None] | None
    stop: threading.Event = field(default_factory=threading.Event)
    next_report: float = 0.0
    next_renewal: float = 0.0

    def round(self, threads: int) -> _Outcome:
        """Let each thread take chunks until there is none to be had or too many come back."""
        # Never used before or after, not even by a process with the same number.
        name = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(6)}"
        workers = [f"{name}:{number}" for number in range(threads)]
        with ThreadPoolExecutor(threads, thread_name_prefix="deliver") as pool:
            try:
                futures = [pool.submit(self._work, worker) for worker in workers]
                self._watch(futures, workers)
            except BaseException:
                # No further call begins; those in flight are waited for, and stay ours.
                self.stop.set()
                self._see_off(futures, workers)
                raise
        outcomes = [future.result() for future in futures]
        return _Outcome(
            sum(outcome.answered for outcome in outcomes),
            sum(outcome.came_back for outcome in outcomes),
            next((outcome.wait for outcome in outcomes if outcome.wait), None),
        )

    def _watch(self, futures: list[Future[_Outcome]], workers: list[str]) -> None:
        self.next_renewal = time.monotonic() + RENEWAL
        while wait(futures, timeout=TICK, return_when=FIRST_EXCEPTION).not_done:
            for future in futures:
                if future.done():
                    future.result()
            with self._database_may_be_away():
                self._renew_if_due(workers)
                self._report_if_due()

    def _see_off(self, futures: list[Future[_Outcome]], workers: list[str]) -> None:
        while wait(futures, timeout=TICK).not_done:
            with self._database_may_be_away():
                self._renew_if_due(workers)

    def _renew_if_due(self, workers: list[str]) -> None:
        if time.monotonic() >= self.next_renewal:
            ledger.extend_leases(self.mailing, workers, LEASE)
            self.next_renewal = time.monotonic() + RENEWAL

    @contextmanager
    def _database_may_be_away(self) -> Iterator[None]:
        """The calls under way are no reason to end for a moment without it; the leases last."""
        try:
            yield
        except (OperationalError, InterfaceError):
            logger.warning("The database was away for a moment; the delivery goes on.")
            connection.close_if_unusable_or_obsolete()

    def _work(self, worker: str) -> _Outcome:
        """1. Claim a chunk. 2. Note that it leaves. 3. Call the transport. 4. Record its answer."""
        answered = came_back = in_a_row = 0
        try:
            while not self.stop.is_set() and in_a_row < ENOUGH_CAME_BACK:
                claimed = claim_next_chunk(self.mailing, worker, LEASE)
                if claimed is None:
                    break
                if isinstance(claimed, Wait):
                    return _Outcome(answered, came_back, claimed)
                answer = self._hand_over(claimed)
                ledger.record_answer(claimed, answer)
                if isinstance(answer, NotLeft | Barred):
                    in_a_row += 1
                    came_back += 1
                else:
                    in_a_row = 0
                    answered += 1
        finally:
            connection.close()
        return _Outcome(answered, came_back)

    def _hand_over(self, claimed: Claimed) -> Answer:
        """Call the transport; an error of our own in it is no reason to lose the chunk."""
        called = False
        try:
            addressees = addressees_of(claimed)
            if not depart(claimed):
                return NotLeft("The mailing was held, or the worker's lease lost, before the call.")
            called = True
            return self.transport.hand_over(self.message, addressees)
        except Exception as error:  # noqa: BLE001 - whatever it is, the chunk needs an answer
            # Where, but not what: the error's own words may have an address in them.
            where = "".join(traceback.format_tb(error.__traceback__))
            kind = type(error).__name__
            logger.error("%s in handing over chunk %d:\n%s", kind, claimed.number, where)  # noqa: TRY400
            reason = f"An error of this software ({kind}); the log shows where."
            repeatable = self.transport.repeatable or not called
            return NotLeft(reason) if repeatable else Unanswered(reason)

    def pause(self, seconds: float) -> None:
        """Wait, and go on reporting."""
        self._report_if_due()
        time.sleep(seconds)

    def report(self) -> Counts:
        """The counts now; whoever watches is told."""
        begun = time.monotonic()
        current = counts(self.mailing)
        if self.on_progress is not None:
            try:
                self.on_progress(current)
            except Exception:
                logger.exception("Progress could not be shown; the delivery goes on.")
        # Counting a million rows takes a while: at most a twentieth of the time goes into it.
        now = time.monotonic()
        self.next_report = now + max(1.0, 20 * (now - begun))
        return current

    def _report_if_due(self) -> None:
        if self.on_progress is not None and time.monotonic() >= self.next_report:
            self.report()


@contextmanager
def _little_garbage() -> Iterator[None]:
    """Have the collector look at what is made from now on, and not at all of Django each time.

    A chunk makes thousands of small objects that soon go; each full collection they lead to
    looks through hundreds of thousands that stay. That is a sixth of a delivery's CPU time.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def _signals_as_exit() -> Iterator[None]:
    """Let SIGTERM, and the SIGHUP of a terminal that is closed, end the run as Ctrl-C does.

    Unless somebody (Prefect) sees to them already.
    """

    def leave(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    ours = []
    if threading.current_thread() is threading.main_thread():
        both = (signal.SIGTERM, signal.SIGHUP)
        ours = [number for number in both if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
