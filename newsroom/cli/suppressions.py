"""`twtw suppressions`: addresses that must not be mailed, the same here and at SendGrid."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from newsroom.cli import asking
from newsroom.cli.asking import AS_JSON, say
from newsroom.cli.recording import record
from newsroom.state import make_ready

app = typer.Typer(
    help="Keep the addresses that must not be mailed the same here and at SendGrid.",
    no_args_is_help=True,
)


@app.command()
def pull(as_json: bool = AS_JSON) -> None:
    """Suppress here whom SendGrid does not mail: bounces, complaints, unsubscribed, invalid."""
    make_ready()
    from dataclasses import asdict

    from delivery.suppression_lists import pull as pull_all
    from delivery.transports.opening import open_calls

    calls = open_calls()
    with _as_failure(), asking.working("Reading SendGrid's lists"):
        lists = pull_all(calls)
    new = sum(one.new for one in lists)
    _record("subscribers.pull", f"{_addresses(new)} suppressed that were not before.")
    if as_json:
        asking.say_json([asdict(one) for one in lists])
        return
    for one in lists:
        say(f"{one.name:<19} {_addresses(one.addresses)}, {one.new:,} new here")


@app.command()
def push(as_json: bool = AS_JSON) -> None:
    """Tell SendGrid of the suppressions here that it does not know yet."""
    make_ready()
    from dataclasses import asdict

    from delivery.suppression_lists import push as push_all
    from delivery.transports.opening import open_calls

    calls = open_calls()
    with _as_failure(), asking.working("Telling SendGrid"):
        pushed = push_all(calls)
    _record("subscribers.push", f"SendGrid was told of {_addresses(pushed.told)}.")
    if as_json:
        asking.say_json(asdict(pushed))
        return
    say(f"SendGrid was told of {_addresses(pushed.told)}.")
    if pushed.left_out:
        say(f"{_addresses(pushed.left_out)} left out: no mail can be sent to such a one at all.")


def _record(action: str, sentence: str) -> None:
    from subscribers.models import Suppression

    # The list as a whole has no row of its own.
    record(Suppression(pk=0), action, sentence, name="Suppressed addresses")


@contextmanager
def _as_failure() -> Iterator[None]:
    """What SendGrid does is no wrong input, and a part may be done."""
    from delivery.errors import DeliveryError

    try:
        yield
    except DeliveryError as error:
        asking.fail(str(error))


def _addresses(number: int) -> str:
    return f"{number:,} address{'' if number == 1 else 'es'}"
