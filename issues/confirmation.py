"""How much is asked of a person before a mail leaves: the more readers, the more.

Pressing a wrong button must not mail thousands; but a confirmation that is asked for always is
given without being read.
"""

from __future__ import annotations

from enum import IntEnum

from issues.errors import IssueError

TICK_FROM = 100
NUMBER_FROM = 1_000
# More readers than this share, and than these few, were not what the person meant.
GROWTH = 0.1
FEW = 10


class Confirmation(IntEnum):
    """What a person does besides pressing the button."""

    BUTTON = 0
    TICK = 1
    NUMBER = 2


class NotConfirmed(IssueError):  # noqa: N818 - it reads as the state that it reports
    """The person has not confirmed how many readers get it; the message says what to do."""


def confirmation_for(readers: int) -> Confirmation:
    """What so many readers deserve."""
    if readers >= NUMBER_FROM:
        return Confirmation.NUMBER
    return Confirmation.TICK if readers >= TICK_FROM else Confirmation.BUTTON


def check_confirmation(readers: int, answer: str) -> None:
    """See whether a person has confirmed the size of an audience.

    Args:
        readers: how many get it, as the person was shown.
        answer: what came with the button: anything for a tick, the number itself, however it is
            grouped (`1,204`, `1 204`).

    Raises:
        NotConfirmed: if it is not what so many readers deserve.
    """
    wanted = confirmation_for(readers)
    if wanted is Confirmation.TICK and not answer:
        raise NotConfirmed(f"Tick the box to confirm that {readers:,} readers get it.")
    if wanted is Confirmation.NUMBER:
        typed = "".join(sign for sign in answer if sign not in ",.'’ \u00a0\u202f")
        if typed != str(readers):
            raise NotConfirmed(
                f"Type {readers:,} to confirm how many readers get it; nothing was done."
            )


def grew_much(seen: int, now: int) -> bool:
    """Whether an audience is so much larger than the one that was seen that it is to be asked anew.

    >>> grew_much(1000, 1100), grew_much(1000, 1111), grew_much(3, 9)
    (False, True, False)
    """
    more = now > seen + max(FEW, seen * GROWTH)
    return more or confirmation_for(now) > confirmation_for(seen)
