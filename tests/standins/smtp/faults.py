"""What can go wrong, where, and when it does: by order, or at random from a seed."""

from __future__ import annotations

import random
import threading
from collections import Counter, deque
from collections.abc import Callable

FAULTS = {
    "drop": "resets the connection",
    "close": "closes the connection without a word",
    "421": "says 421 and closes",
    "4xx": "says no for now",
    "5xx": "says no for ever",
    "garbage": "says what is no SMTP",
    "odd": "says a yes that does not belong there",
    "twice": "gives the right answer two times",
    "hang": "says nothing more, and holds the connection",
    "trickle": "says an answer without an end, letter by letter",
}
WORDS = {
    "421": "421 4.3.2 {}Service shutting down",
    "4xx": "451 4.3.0 {}Not now",
    "5xx": "554 5.7.1 {}Never",
    "garbage": "HTTP/1.1 400 Bad Request",
    "odd": "399 What?",
}
TALK = ("drop", "close", "421", "4xx", "garbage", "odd", "twice")
# In order; and what of it takes no time, bars nobody for ever, and is no lie: a server that has
# kept a message does not say no. `content` is in the middle of a message; at `the dot` all of it
# is there and not yet kept; at `kept` it is kept, and the answer not yet given.
STAGES: dict[str, tuple[str, ...]] = {
    "connect": TALK,
    "EHLO": TALK,
    "STARTTLS": TALK,
    "AUTH": TALK,
    "MAIL": TALK,
    "RCPT": (*TALK, "5xx"),
    "DATA": (*TALK, "5xx"),
    "content": ("drop", "close", "421", "4xx", "5xx"),
    "the dot": ("drop", "close", "421", "4xx", "5xx", "garbage", "odd"),
    "kept": ("drop", "close", "garbage", "odd", "twice"),
    "RSET": TALK,
    "QUIT": TALK,
}

Order = str | Callable[[], object]


class Orders:
    """What a server is to do when it comes to a stage."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._given: dict[str, deque[Order]] = {stage: deque() for stage in STAGES}
        self._asked: Counter[str] = Counter()
        self._seed, self._share = 0, 0.0

    def give(self, stage: str, *orders: Order) -> None:
        """For the next times: a fault, something to call, or `""` for nothing."""
        assert all(callable(order) or not order or order in FAULTS for order in orders)
        self._given[stage].extend(orders)

    def at_random(self, seed: int, share: float) -> None:
        """At each stage, with this probability, a fault.

        What happens to a recipient depends on nothing but the seed and how often they were tried.
        """
        self._seed, self._share = seed, share

    def due(self, stage: str, recipient: str) -> str:
        """The fault that is due now, or nothing; what is to be called is called here."""
        with self._lock:
            given = self._given[stage]
            order = given.popleft() if given else ""
            self._asked[stage + recipient] += 1
            times = self._asked[stage + recipient]
        if callable(order):
            order()
            return ""
        if not order and self._share:
            chance = random.Random(f"{self._seed} {stage} {recipient} {times}")
            return chance.choice(STAGES[stage]) if chance.random() < self._share else ""
        return order
