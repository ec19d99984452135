"""The stand-in as tests use it: what it can be told, and what it can be asked."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Self

from tests.standins.sendgrid import control
from tests.standins.sendgrid.answers import Answer, RefusedError, Request, Work, error, refusal
from tests.standins.sendgrid.events import Event, Events, Post, post
from tests.standins.sendgrid.faults import FAULTS, Fault, Orders
from tests.standins.sendgrid.logs import Logs
from tests.standins.sendgrid.record import Copy, Record
from tests.standins.sendgrid.rules import MOST_BYTES, complaints
from tests.standins.sendgrid.serving import Listener
from tests.standins.sendgrid.suppressions import LISTS, Suppressions

KEY = "SG.a-key-for-tests"


class StandIn:
    """The server; use it in a `with` block.

    `published`: whether bodies are checked against the provider's schema too, which takes about
    0.1 ms a recipient; a campaign of thousands of calls of one form can do without.

    What may be set at any time:
        reset_after: seconds from a 429 to the reset that it names.
        pause_for: seconds that `slow` and `accept_late` wait, if nobody says `release()` before.
        trickle_every: seconds between two bytes of a `trickle`, which only `release()` ends.
        most_bytes: the largest body that is not answered 413.
        rights: what the key may do; without one of them the answer is 403.
        appear_after: seconds after which a message appears in Email Logs.
    """

    def __init__(self, port: int = 0, *, published: bool = True) -> None:
        self._published = published
        self.requests: list[str] = []
        self.closing = threading.Event()
        self.reset_after = 0.0
        self.pause_for = 60.0
        self.trickle_every = 0.05
        self.most_bytes = MOST_BYTES
        self.rights = {"mail", "logs", "suppressions"}
        self._gate = threading.Event()
        self._orders = Orders()
        self._refused: dict[str, bool] = {}
        self._record = Record(time.time)
        self._logs = Logs(self._record, time.time)
        self._suppressions = Suppressions(time.time)
        self._events = Events(self._record, self._suppressions, time.time)
        self._listener = Listener(self, port)

    def __enter__(self) -> Self:
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._gate.set()
        self._listener.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.port}"

    # What it is told.

    def misbehave(self, *faults: str, of: str = "mail") -> None:
        """Have the next requests answered so, one fault each; `of` mail, logs or suppressions."""
        if any(FAULTS[name].waits for name in faults):
            self._gate.clear()
        self._orders.add(faults, of)

    def misbehave_at_random(
        self, seed: int, share: float, faults: Iterable[str] | None = None
    ) -> None:
        """Have this share of all chunks answered by faults, until `behave()`.

        What a chunk gets follows from the seed, its first address and how often it came, so it
        is the same in every run, whatever the threads do. Without `faults` it is any that keeps
        nobody waiting.
        """
        self._orders.at_random(seed, share, faults)

    def behave(self) -> None:
        """End all misbehaviour, and let go of whoever is kept waiting by a pause."""
        self._orders.clear()
        self._refused = {}
        self.rights = {"mail", "logs", "suppressions"}
        self.release()

    def release(self) -> None:
        """End all pauses, those too of faults that were commanded and have not come yet."""
        self._gate.set()

    def released(self, after: float) -> bool:
        """Wait this many seconds at most; whether `release()` or the end came before."""
        return self._gate.wait(after)

    def refuse(self, *addresses: str, named: bool = True) -> None:
        """Answer 400 to chunks with one of these; without `named` no field says which it is."""
        self._refused = self._refused | dict.fromkeys((a.lower() for a in addresses), named)

    def suppress(
        self, name: str, *addresses: str, created: float | None = None, **said: str
    ) -> None:
        """Put addresses on a list: bounces, blocks, invalid_emails, spam_reports, unsubscribes."""
        for address in addresses:
            self._suppressions.add(name, address, created, **said)

    @property
    def appear_after(self) -> float:
        return self._logs.appear_after

    @appear_after.setter
    def appear_after(self, seconds: float) -> None:
        self._logs.appear_after = seconds

    # What it is asked.

    @property
    def accepted(self) -> list[Copy]:
        """Every copy taken, in the order of their coming."""
        return self._record.all()

    def copies(self) -> Counter[str]:
        """How many copies were taken for each address."""
        return self._record.copies()

    def wait_until(self, seen: Callable[[StandIn], object], timeout: float = 30.0) -> None:
        """Wait for what requests bring about: copies taken, or just the requests.

        Raises:
            TimeoutError: if it was not seen within this many seconds.
        """
        with self._record.changed:
            if not self._record.changed.wait_for(lambda: seen(self), timeout):
                raise TimeoutError("The stand-in did not get what was waited for.")

    def suppressed(self, name: str) -> set[str]:
        """The addresses on a list."""
        return self._suppressions.on(name)

    @property
    def verification_key(self) -> str:
        """What an operator copies from the webhook's settings."""
        return self._events.verification_key

    def events(
        self,
        *kinds: str,
        to: Iterable[str] | None = None,
        late: float = 0.0,
        reason: str = "",
    ) -> list[Event]:
        """What happened to the copies: of each kind, or else the usual course of each copy.

        They are then also in Email Logs and, where they have this effect, on the lists.
        """
        return self._events.of(kinds, to, late, reason)

    def signed(self, events: list[Event] | bytes, at: float | None = None) -> Post:
        """One post of these events, or of any bytes, with a good signature."""
        return self._events.signed(events, at)

    def event_posts(
        self,
        *kinds: str,
        to: Iterable[str] | None = None,
        late: float = 0.0,
        reason: str = "",
        **how: Any,
    ) -> list[Post]:
        """The bodies and headers of posts; see `events`, and `Events.posts` for how."""
        return self._events.posts(self.events(*kinds, to=to, late=late, reason=reason), **how)

    def post_events(self, url: str, *kinds: str, **how: Any) -> list[int]:
        """Make those posts to an address on loopback; gives the statuses answered."""
        return post(url, self.event_posts(*kinds, **how))

    # How it answers.

    def fault_before_reading(self, method: str, path: str) -> Fault | None:
        if not path.startswith("/control/"):
            with self._record.changed:
                self.requests.append(f"{method} {path}")
                self._record.changed.notify_all()
        found = self._route(method, path)
        return self._orders.next(found[0]) if found and found[0] in self.rights else None

    def fault_after_reading(self, request: Request) -> Fault | None:
        if request.path != "/v3/mail/send":
            return None
        return self._orders.drawn_for(request.json()["personalizations"][0]["to"][0]["email"])

    def work_for(self, request: Request) -> Work:
        """What a request asks for.

        Raises:
            RefusedError: if it is not to be done.
        """
        if request.path.startswith("/control/"):
            return control.work_for(self, request)
        if request.path == "/elsewhere":
            return lambda: Answer(200, {})
        if request.headers.get("authorization") != f"Bearer {KEY}":
            wrong = error(None, "The provided authorization grant is invalid")
            raise RefusedError(Answer(401, {"errors": [wrong]}))
        found = self._route(request.method, request.path)
        if found is None:
            known = any(self._route(method, request.path) for method in ("GET", "POST", "DELETE"))
            raise RefusedError(refusal(405 if known else 404))
        kind, work = found
        if kind not in self.rights:
            raise RefusedError(refusal(403))
        return work(request)

    def _route(self, method: str, path: str) -> Any:
        """The right that is needed and the function that answers, or None."""
        lists = self._suppressions
        match method, *path.strip("/").split("/"):
            case "POST", "v3", "mail", "send":
                return "mail", self._mail
            case "POST", "v3", "logs":
                return "logs", self._logs.search
            case "GET", "v3", "logs", _:
                return "logs", self._logs.details
            case "GET", "v3", "suppression", name if name in LISTS:
                return "suppressions", lists.page
            case "DELETE", "v3", "suppression", name if name in LISTS and name != "unsubscribes":
                return "suppressions", lists.delete_many
            case "GET", "v3", "suppression", name, _ if name in LISTS and name != "unsubscribes":
                return "suppressions", lists.one
            case "DELETE", "v3", "suppression", name, _ if name in LISTS and name != "unsubscribes":
                return "suppressions", lists.delete_one
            case "POST", "v3", "asm", "suppressions", "global":
                return "suppressions", lists.add_globally
            case "GET", "v3", "asm", "suppressions", "global", _:
                return "suppressions", lists.one_globally
            case "DELETE", "v3", "asm", "suppressions", "global", _:
                return "suppressions", lists.delete_globally
        return None

    def _mail(self, request: Request) -> Work:
        if len(request.raw) > self.most_bytes:
            raise RefusedError(refusal(413))
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise RefusedError(refusal(415))
        body = request.json()
        if found := complaints(body, published=self._published):
            raise RefusedError(Answer(400, {"errors": found}))
        if self._refused and (errors := self._refusals(body)):
            raise RefusedError(Answer(400, {"errors": errors}))
        sandbox = body.get("mail_settings", {}).get("sandbox_mode", {})
        if sandbox.get("enable"):
            return lambda: Answer(200)

        def work() -> Answer:
            message_id = self._record.add(body, self._suppressions.why_dropped)
            return Answer(202, None, {"X-Message-Id": message_id})

        return work

    def _refusals(self, body: Any) -> list[dict[str, Any]]:
        refused = self._refused
        errors = []
        for place, person in enumerate(body["personalizations"]):
            for number, to in enumerate(person["to"]):
                named = refused.get(to["email"].lower())
                if named is None:
                    continue
                field = f"personalizations.{place}.to.{number}.email" if named else None
                errors.append(error(field, f"Does not contain a valid address: {to}"))
        unnamed = [one for one in errors if one["field"] is None]
        # One word for all of them, and nothing that tells which.
        return [error(None, "invalid request")] if unnamed else errors
