"""Housekeeping: every night what nobody needs any more is forgotten, and who bounced thrice is
suppressed; every quarter of an hour the brake is looked at, and the re-confirmations go on.

What could keep somebody waiting is in the second one: a brake that has to be released, readers
who are to be asked, a deadline that is over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

from delivery.bouncing import suppress_thrice_bounced
from delivery.forgetting import forget_old_reports
from flows import telling
from flows.steps import step, story
from issues.outside.forgetting import forget_old_answers
from newsroom import forgetting as frame
from subscribers import braking, forgetting, tending
from subscribers.importing.deciding import forget_old_files
from subscribers.tending import Tended

# What is forgotten, in the words of one and of many, and who forgets it.
FORGOTTEN: tuple[tuple[str, str, Callable[[datetime], int]], ...] = (
    ("unconfirmed wish", "unconfirmed wishes", forgetting.forget_unconfirmed),
    ("network", "networks", forgetting.forget_networks),
    ("change of address", "changes of address", forgetting.forget_address_changes),
    ("mail to one reader", "mails to single readers", forgetting.forget_service_mails),
    ("mail that came in", "mails that came in", forgetting.forget_inbound_mails),
    ("count against abuse", "counts against abuse", forgetting.forget_tallies),
    ("imported file", "imported files", forget_old_files),
    ("report of the provider", "reports of the provider", forget_old_reports),
    ("answer about links and spam", "answers about links and spam", forget_old_answers),
    ("session", "sessions", frame.forget_sessions),
    ("entry of the cache", "entries of the cache", frame.forget_cached),
    ("entry of the record", "entries of the record", frame.forget_record),
)


@dataclass(frozen=True)
class HousekeepingReport:
    """What one night's housekeeping came to: how much of each kind was forgotten, by its name."""

    forgotten: dict[str, int]
    suppressed: int

    @property
    def lines(self) -> tuple[str, ...]:
        """What was done, a line for each thing that was; e.g. `12 sessions forgotten`."""
        named = {many: one for one, many, _ in FORGOTTEN}
        forgotten = (
            f"{number:,} {named[many] if number == 1 else many} forgotten"
            for many, number in self.forgotten.items()
            if number
        )
        return (*forgotten, f"{_readers(self.suppressed)} suppressed that bounced thrice")

    @property
    def sentence(self) -> str:
        """`1,204 rows were forgotten. 2 readers were suppressed after bouncing thrice.`"""
        rows = sum(self.forgotten.values())
        was = "was" if rows == 1 else "were"
        forgotten = f"{rows:,} row{'' if rows == 1 else 's'} {was} forgotten." if rows else ""
        suppressed = (
            f"{_who(self.suppressed, 'was', 'were')} suppressed after bouncing thrice."
            if self.suppressed
            else ""
        )
        return " ".join(filter(None, (forgotten, suppressed))) or "There was nothing to forget."

    @property
    def trouble(self) -> str:
        return ""


@dataclass(frozen=True)
class TendingReport:
    """What a quarter of an hour's look at the readers came to."""

    brake: str
    tended: Tended

    @property
    def sentence(self) -> str:
        """`The brake is on. 2 readers were let go without an answer.`"""
        tended = self.tended
        parts = (
            self.brake,
            f"{_who(tended.put_out, 'is', 'are')} asked in the next hour."
            if tended.put_out
            else "",
            f"{_who(tended.reminded, 'is', 'are')} reminded." if tended.reminded else "",
            f"{_who(tended.let_go, 'was', 'were')} let go without an answer."
            if tended.let_go
            else "",
            f"Re-confirmations that ended: {tended.ended:,}." if tended.ended else "",
        )
        return " ".join(part for part in parts if part) or "Nothing was to be done."

    @property
    def trouble(self) -> str:
        return ""


@step(retries=2)
def forget_what_is_old() -> dict[str, int]:
    """Forget what the operator's settings say is old; how much of each kind."""
    now = timezone.now()
    return {many: forget(now) for _, many, forget in FORGOTTEN}


@step(retries=2)
def suppress_who_bounced_thrice() -> int:
    """See to it that nobody is mailed any more whose last three copies were turned away."""
    return suppress_thrice_bounced(timezone.now())


@step(retries=2)
def look_at_the_brake() -> str:
    """End the brake if it is quiet; tell the editors, once, of one that is on."""
    if braking.end_if_quiet(timezone.now()):
        return "The brake was ended, because it is quiet."
    brake = braking.current()
    if brake is None:
        return ""
    # In the cache, because that they were told is of no interest once the brake is off.
    told = f"brake-told-{brake.pk}"
    if cache.get(told) is None and telling.tell_of_brake(brake):
        cache.set(told, True, timeout=None)
    return "The brake is on."


@step(retries=2)
def bring_reconfirmations_forward() -> Tended:
    """Ask, remind and let go whom the re-confirmations have come to."""
    return tending.tend(timezone.now())


def _name_of_housekeeping() -> str:
    return "keep house"


def _name_of_tending() -> str:
    return "tend the readers"


@story(run_name=_name_of_housekeeping)
def housekeeping() -> HousekeepingReport:
    """Suppress who bounced thrice, and forget what is old. Doing it twice changes nothing more."""
    suppressed = suppress_who_bounced_thrice()
    return HousekeepingReport(forget_what_is_old(), suppressed)


@story(run_name=_name_of_tending)
def tend_readers() -> TendingReport:
    """Look at the brake, and bring the re-confirmations forward."""
    return TendingReport(look_at_the_brake(), bring_reconfirmations_forward())


def _readers(number: int) -> str:
    return f"{number:,} reader{'' if number == 1 else 's'}"


def _who(number: int, one: str, many: str) -> str:
    return f"{_readers(number)} {one if number == 1 else many}"
