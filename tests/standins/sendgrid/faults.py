"""Every way to misbehave, as a table; and which of them the next request gets."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.standins.sendgrid.answers import Answer, refusal

if TYPE_CHECKING:
    from tests.standins.sendgrid.serving import Conversation

Act = Callable[["Conversation", Answer | None], None]
PAGE = b"<!doctype html><title>A page</title><p>This is no API."


@dataclass(frozen=True)
class Fault:
    """`taken`: what the request asks for is done all the same; `act` gets the answer to it.

    `reads`: how much of the body is read before. `late`: done only after the pause.
    """

    what: str
    act: Act
    taken: bool = False
    reads: float = 1.0
    late: bool = False
    waits: bool = False


def _reset(conversation: Conversation, _: Answer | None) -> None:
    conversation.reset()


def _close(conversation: Conversation, _: Answer | None) -> None:
    conversation.close_connection = True


def _hang(conversation: Conversation, _: Answer | None) -> None:
    conversation.standin.closing.wait()
    conversation.reset()


def _as_usual(conversation: Conversation, answer: Answer | None) -> None:
    assert answer is not None
    conversation.give(answer)


def _without_id(conversation: Conversation, answer: Answer | None) -> None:
    assert answer is not None
    conversation.give(Answer(answer.status, answer.content))


def _then_close(conversation: Conversation, answer: Answer | None) -> None:
    _as_usual(conversation, answer)
    conversation.close_connection = True


def _slowly(conversation: Conversation, answer: Answer | None) -> None:
    assert answer is not None
    conversation.standin.released(conversation.standin.pause_for)
    for byte in conversation.bytes_of(answer):
        conversation.write(bytes([byte]))


def _trickle(conversation: Conversation, _: Answer | None) -> None:
    standin = conversation.standin
    conversation.write(b"HTTP/1.1 202 Accepted\r\nX-Padding: ")
    while conversation.write(b".") and not standin.released(standin.trickle_every):
        pass
    conversation.write(b"\r\nContent-Length: 0\r\n\r\n")


def _raw(said: bytes) -> Act:
    def act(conversation: Conversation, _: Answer | None) -> None:
        conversation.write(said)
        conversation.close_connection = True

    return act


def _say(answer: Answer) -> Act:
    def act(conversation: Conversation, _: Answer | None) -> None:
        conversation.give(answer)

    return act


def _redirect(conversation: Conversation, _: Answer | None) -> None:
    conversation.give(Answer(302, {}, {"Location": f"{conversation.standin.url}/elsewhere"}))


def _too_many(conversation: Conversation, _: Answer | None) -> None:
    wait = conversation.standin.reset_after
    headers = {
        "X-RateLimit-Limit": "600",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(int(time.time() + wait)),
        "Retry-After": str(int(wait)),
    }
    conversation.give(refusal(429, **headers))


FAULTS: dict[str, Fault] = {
    "accept_then_drop": Fault("takes the chunk, then resets the connection", _reset, taken=True),
    "accept_then_close": Fault("takes the chunk, then closes without a byte", _close, taken=True),
    "accept_then_hang": Fault("takes the chunk and never answers", _hang, taken=True, waits=True),
    "accept_late": Fault(
        "takes the chunk only after a pause, and answers",
        _as_usual,
        taken=True,
        late=True,
        waits=True,
    ),
    "accept_without_id": Fault("202 without the message's id", _without_id, taken=True),
    "accept_then_close_idle": Fault(
        "202, then closes the connection that it said to keep", _then_close, taken=True
    ),
    "slow": Fault(
        "takes the chunk and answers after a pause, byte by byte", _slowly, taken=True, waits=True
    ),
    "trickle": Fault(
        "takes the chunk and answers a byte, a pause, a byte, for ever",
        _trickle,
        taken=True,
        waits=True,
    ),
    "drop_before_read": Fault(
        "resets the connection before it has read the request", _reset, reads=0
    ),
    "drop_midway": Fault("reads half of the body, then resets the connection", _reset, reads=0.5),
    "drop_before_accept": Fault("reads it all, takes nothing, resets the connection", _reset),
    "close_before_accept": Fault("reads it all, takes nothing, closes without a byte", _close),
    "too_many": Fault("429, with the time of the reset", _too_many),
    "too_many_unexplained": Fault("429, without a word on when", _say(refusal(429))),
    "error_before": Fault("500, nothing taken", _say(refusal(500))),
    "error_after": Fault("500, the chunk taken all the same", _say(refusal(500)), taken=True),
    "unavailable": Fault("503, nothing taken", _say(refusal(503))),
    "unavailable_after": Fault("503, the chunk taken all the same", _say(refusal(503)), taken=True),
    "bad_gateway_after": Fault(
        "502 by something between, the chunk taken", _say(Answer(502, PAGE)), taken=True
    ),
    "garbage": Fault(
        "takes the chunk and answers something that is no HTTP",
        _raw(b"\x00\x01 what?\r\n\r\n"),
        taken=True,
    ),
    "half_an_answer": Fault(
        "takes the chunk, closes within the answer's head",
        _raw(b"HTTP/1.1 202 Accepted\r\nX-Mess"),
        taken=True,
    ),
    "half_a_body": Fault(
        "takes the chunk, closes within the body of its 202",
        _raw(b"HTTP/1.1 202 Accepted\r\nContent-Length: 20\r\n\r\n{"),
        taken=True,
    ),
    "redirect": Fault("302 to a page that answers 200", _redirect),
    "another_page": Fault("200 and a page, nothing taken", _say(Answer(200, PAGE))),
    "refused_unnamed": Fault("400 that names no field", _say(refusal(400))),
    "refused_in_html": Fault("400 that is no JSON", _say(Answer(400, PAGE))),
    "too_large": Fault("413, nothing taken", _say(refusal(413))),
    "unauthorized": Fault("401, nothing taken", _say(refusal(401))),
    "forbidden": Fault("403, nothing taken", _say(refusal(403))),
    "no_such_page": Fault("404 from a web site that is no API", _say(Answer(404))),
    "no_such_method": Fault("405, likewise", _say(Answer(405))),
}
# What can be drawn once the body is known, and keeps nobody waiting.
BY_CHANCE = [name for name, fault in FAULTS.items() if fault.reads == 1 and not fault.waits]


class Orders:
    """What was commanded: for the next requests one by one, or for a share of all of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: dict[str, deque[str]] = defaultdict(deque)
        self._seen: Counter[str] = Counter()
        self._draw: tuple[int, float, list[str]] | None = None

    def add(self, faults: Iterable[str], of: str) -> None:
        faults = list(faults)
        assert set(faults) <= set(FAULTS), set(faults) - set(FAULTS)
        assert of in {"mail", "logs", "suppressions"}, of
        with self._lock:
            self._next[of].extend(faults)

    def at_random(self, seed: int, share: float, faults: Iterable[str] | None) -> None:
        chosen = BY_CHANCE if faults is None else list(faults)
        assert all(FAULTS[name].reads == 1 for name in chosen), "it is drawn from the body read"
        with self._lock:
            self._seen.clear()
            self._draw = (seed, share, chosen)

    def clear(self) -> None:
        with self._lock:
            self._next.clear()
            self._draw = None

    def next(self, of: str) -> Fault | None:
        with self._lock:
            return FAULTS[self._next[of].popleft()] if self._next[of] else None

    def drawn_for(self, what: str) -> Fault | None:
        """The same for the same seed, request and try, in whatever order requests come."""
        with self._lock:
            if self._draw is None:
                return None
            seed, share, faults = self._draw
            self._seen[what] += 1
            luck = random.Random(f"{seed} {what} {self._seen[what]}")
        return FAULTS[luck.choice(faults)] if luck.random() < share else None
