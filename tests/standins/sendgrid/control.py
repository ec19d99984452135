"""What a test in another process tells the stand-in and asks of it: under /control/, by JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.standins.sendgrid.answers import Answer, RefusedError, Request, Work, refusal

if TYPE_CHECKING:
    from tests.standins.sendgrid.standin import StandIn

SHOWN = ("to", "message_id", "sg_message_id", "custom_args", "categories", "subject", "accepted_at")
SETTABLE = ("reset_after", "pause_for", "most_bytes", "appear_after")


def work_for(standin: StandIn, request: Request) -> Work:
    """GET copies, accepted, requests, verification-key; POST what the class has as methods."""
    said: Any = request.json() if request.raw else {}

    def done(_: None) -> Answer:
        return Answer(200, {})

    match request.method, request.path.removeprefix("/control/"):
        case "GET", "copies":
            return lambda: Answer(200, standin.copies())
        case "GET", "accepted":
            return lambda: Answer(
                200, [{name: copy[name] for name in SHOWN} for copy in standin.accepted]
            )
        case "GET", "requests":
            return lambda: Answer(200, standin.requests)
        case "GET", "verification-key":
            return lambda: Answer(200, standin.verification_key)
        case "POST", "misbehave":
            return lambda: done(standin.misbehave(*said["faults"], of=said.get("of", "mail")))
        case "POST", "misbehave-at-random":
            return lambda: done(standin.misbehave_at_random(**said))
        case "POST", "behave":
            return lambda: done(standin.behave())
        case "POST", "release":
            return lambda: done(standin.release())
        case "POST", "refuse":
            return lambda: done(standin.refuse(*said["addresses"], named=said.get("named", True)))
        case "POST", "set" if set(said) <= set(SETTABLE):
            return lambda: done([setattr(standin, *pair) for pair in said.items()] and None)
        case "POST", "post-events":
            return lambda: Answer(
                200, standin.post_events(said.pop("url"), *said.pop("kinds", ()), **said)
            )
    raise RefusedError(refusal(404))
