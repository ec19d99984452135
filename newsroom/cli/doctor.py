"""`twtw doctor`: whether the newsroom, and the world around it, are ready for its mail."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

import typer

from newsroom.cli import asking
from newsroom.cli.asking import AS_JSON, PUBLICATION, WrongInput, say
from newsroom.state import make_ready

if TYPE_CHECKING:
    from delivery.sending_domain import Sending, Verdict
    from issues.models import Publication

app = typer.Typer(
    help="Look at what mail needs, here and around the newsroom.", no_args_is_help=True
)

SELECTOR = typer.Option(
    [],
    "--selector",
    help="DKIM selector by which mails are signed; more than one may be given. SendGrid's are "
    "known: s1 and s2.",
)
NAMESERVER = typer.Option(
    "", help="DNS server to ask, as ADDRESS or ADDRESS:PORT; the system's without one."
)
RETURN_PATH = typer.Option(
    "", help="Host that SendGrid uses for bounces, like em1234.example.org, as it shows it."
)
SENDS_FROM = typer.Option(
    [], help="Public address of your relay, where its name has another one or none."
)
SIGNS = {"good": "✓", "wrong": "✗", "unsure": "?"}
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+")


@app.command()
def dns(
    publication: str = PUBLICATION,
    selector: list[str] = SELECTOR,
    nameserver: str = NAMESERVER,
    return_path: str = RETURN_PATH,
    sends_from: list[str] = SENDS_FROM,
    as_json: bool = AS_JSON,
) -> None:
    """Check SPF, DKIM, DMARC, return path, MX and PTR of the domain that a publication is sent
    from, and say which record to make or change. Exit status 1 if one must be."""
    make_ready()
    from dataclasses import asdict

    from django.conf import settings

    from delivery.sending_domain import State, examine
    from delivery.sending_domain.names import Names

    server, port = _server(nameserver)
    chosen = asking.publication_named(publication)
    sending = _sending(chosen, selector, return_path, sends_from)
    with asking.working("Asking DNS"):
        verdicts = examine(Names(server, port), sending)
    ready = all(verdict.state is not State.WRONG for verdict in verdicts)
    if as_json:
        asking.say_json(
            {
                "publication": chosen.slug,
                "domain": sending.domain,
                "transport": settings.DELIVERY_TRANSPORT,
                "ready": ready,
                "verdicts": [asdict(verdict) for verdict in verdicts],
            }
        )
    else:
        sent = "by SendGrid" if sending.sendgrid else f"by the relay {sending.relay}"
        if settings.DELIVERY_TRANSPORT == "outbox":
            sent += ", once TWTW_TRANSPORT is no longer outbox"
        say(f"{chosen} from {sending.domain}, sent {sent}:")
        _print(verdicts)
    if not ready:
        raise typer.Exit(1)


@app.command()
def brake(as_json: bool = AS_JSON) -> None:
    """Say whether the brake on the mails that ask for a confirmation is on, why, and how many
    wait. Exit status 1 if it is."""
    make_ready()
    from django.utils import timezone

    from subscribers import braking

    on = braking.current()
    waiting = braking.held_back(timezone.now())
    if as_json:
        told = {"on": on is not None, "waiting": waiting}
        asking.say_json(told | {"why": on.why, "since": on.began_at} if on else told)
    elif on is None:
        say("The brake is off: who signs up is asked by mail to confirm.")
    else:
        mails = "1 mail waits" if waiting == 1 else f"{waiting:,} mails wait"
        say(f"The brake is on since {on.began_at:%Y-%m-%d %H:%M %Z}: {on.why} {mails}.")
        say("Release it at the desk, under Readers; else it ends when it is quiet for an hour.")
    if on is not None:
        raise typer.Exit(1)


def _print(verdicts: list[Verdict]) -> None:
    width = max(len(verdict.subject) for verdict in verdicts)
    for verdict in verdicts:
        say(f"{SIGNS[verdict.state]} {verdict.subject:<{width}}  {verdict.found}")
        if verdict.advice:
            say(f"{'':<{width + 4}}{verdict.advice}")


def _sending(
    publication: Publication, selectors: list[str], return_path: str, sends_from: list[str]
) -> Sending:
    """How a publication is sent; what is in the outbox is looked at as if SendGrid sent it.

    Raises:
        WrongInput: if what was named is no name of a host, or no address.
    """
    from django.conf import settings

    from delivery.errors import DeliveryError
    from delivery.sending_domain import Sending

    smtp = settings.DELIVERY_TRANSPORT == "smtp"
    if smtp and return_path:
        raise WrongInput(
            "--return-path is for SendGrid; the relay's is set by TWTW_SMTP_RETURN_PATH."
        )
    if sends_from and not smtp:
        raise WrongInput("--sends-from is for a relay of your own (TWTW_TRANSPORT=smtp).")
    if smtp and not settings.SMTP_HOST:
        raise DeliveryError("TWTW_SMTP_HOST is empty; set it to the name of your relay.")
    if return_path and not _HOST.fullmatch(return_path):
        raise WrongInput(f"{return_path!r} is no host; write it like em1234.example.org.")
    for one in selectors:
        if not re.fullmatch(r"[\w.-]+", one):
            raise WrongInput(f"{one!r} is no selector; write only what stands after s=.")
    return Sending(
        sender=publication.sender_address,
        reply_to=publication.reply_to,
        sendgrid=not smtp,
        return_path=settings.SMTP_RETURN_PATH if smtp else return_path,
        selectors=tuple(selectors),
        relay=settings.SMTP_HOST,
        sends_from=tuple(_address(one) for one in sends_from),
    )


def _server(text: str) -> tuple[str, int]:
    """The address and the port of a DNS server: `192.0.2.1`, `192.0.2.1:53` or `[2001:db8::1]:53`.

    Raises:
        WrongInput: if it is none of them.
    """
    if not text:
        return "", 53
    bare, port = text, "53"
    if found := re.fullmatch(r"\[(.+)\](?::(\d{1,5}))?|([^:]+):(\d{1,5})", text):
        bare = found[1] or found[3]
        port = found[2] or found[4] or port
    if not 0 < int(port) < 2**16:
        raise WrongInput(f"{text!r} has no port between 1 and 65535.")
    return _address(bare), int(port)


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise WrongInput(f"{text!r} is no IP address; write it like 192.0.2.1.") from None
