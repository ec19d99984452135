"""Following: for days after a mailing left, what is in doubt is settled by what becomes known.

Where no evidence comes in time, the editors are told, once, that a person has to decide.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from delivery.asking import ask_about_doubts
from delivery.models import Mailing
from delivery.settling import (
    doubtful_readers,
    settle_what_is_proved,
    waiting_for_a_person,
)
from delivery.transports.opening import open_calls
from flows import telling
from flows.steps import step, story


@dataclass(frozen=True)
class FollowReport:
    """What following came to: `settled` and `told` are numbers of chunks and of mailings."""

    settled: int
    told: int
    in_doubt: int

    @property
    def sentence(self) -> str:
        """`2 chunks were settled by evidence. The copies of 1,000 readers are in doubt.`"""
        chunks = f"{self.settled:,} chunk{' was' if self.settled == 1 else 's were'}"
        readers = f"{self.in_doubt:,} reader{'' if self.in_doubt == 1 else 's'}"
        mailings = f"{self.told:,} mailing{'' if self.told == 1 else 's'}"
        parts = (
            f"{chunks} settled by evidence." if self.settled else "",
            f"The copies of {readers} are in doubt." if self.in_doubt else "Nothing is in doubt.",
            f"The editors were told to decide about {mailings}." if self.told else "",
        )
        return " ".join(part for part in parts if part)

    @property
    def trouble(self) -> str:
        return ""


@step(retries=2)
def settle_by_events() -> int:
    """Settle the doubts of which the provider's reports have left nothing."""
    return settle_what_is_proved()


@step(retries=2)
def settle_by_logs() -> int:
    """Ask SendGrid's logs about the other doubts, where it was SendGrid that was called."""
    return ask_about_doubts(open_calls, timezone.now())


@step()
def tell_who_decides() -> int:
    """Tell the editors of the doubts that only a person can settle; of how many mailings."""
    told, now = 0, timezone.now()
    for mailing, doubts in waiting_for_a_person(now):
        if telling.ask_to_settle(mailing, doubts):
            Mailing.objects.filter(pk=mailing.pk).update(doubts_told_at=now)
            told += 1
    return told


def _name_of_following() -> str:
    return "follow the mailings"


@story(run_name=_name_of_following)
def follow() -> FollowReport:
    """Settle what has become known since, and tell the editors what is for them to decide."""
    settled = settle_by_events() + settle_by_logs()
    return FollowReport(settled, tell_who_decides(), doubtful_readers())
