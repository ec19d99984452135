"""Which transport is used, and with what: the settings say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings

from delivery.errors import DeliveryError
from delivery.transports import Transport

if TYPE_CHECKING:
    from delivery.transports.sendgrid_calls import Calls


def _outbox() -> Transport:
    from delivery.transports.outbox import Outbox

    return Outbox(settings.OUTBOX)


def _sendgrid(*, sandbox: bool = False) -> Transport:
    # Imported when it is used: its package takes a tenth of a second.
    from delivery.transports.sendgrid import SendGrid

    return SendGrid(
        api_key=settings.SENDGRID_API_KEY,
        url=settings.SENDGRID_URL,
        timeout=settings.SENDGRID_TIMEOUT,
        sandbox=sandbox,
    )


def _smtp() -> Transport:
    from delivery.transports.smtp import SMTP
    from delivery.transports.smtp_relay import Relay

    relay = Relay(
        host=settings.SMTP_HOST,
        port=settings.SMTP_PORT,
        security=settings.SMTP_SECURITY,
        user=settings.SMTP_USER,
        password=settings.SMTP_PASSWORD,
        timeout=settings.SMTP_TIMEOUT,
    )
    return SMTP(relay, return_path=settings.SMTP_RETURN_PATH)


TRANSPORTS: dict[str, Callable[[], Transport]] = {
    "outbox": _outbox,
    "sendgrid": _sendgrid,
    "smtp": _smtp,
}


def open_transport(name: str | None = None) -> Transport:
    """The transport of a name; without one, the one that the newsroom's settings name.

    Raises:
        DeliveryError: if there is no such transport, or it lacks what it needs.
    """
    name = name or settings.DELIVERY_TRANSPORT
    if name not in TRANSPORTS:
        raise DeliveryError(f"There is no transport {name}; there are {', '.join(TRANSPORTS)}.")
    return TRANSPORTS[name]()


def open_calls() -> Calls:
    """SendGrid's API for everything but mail: its logs and its lists, by the same key.

    Raises:
        DeliveryError: if there is no key, or it can't be one.
    """
    from delivery.transports.sendgrid_calls import Calls

    return Calls(settings.SENDGRID_API_KEY, settings.SENDGRID_URL, settings.SENDGRID_TIMEOUT)


def open_sandbox() -> Transport:
    """A transport by which the provider checks what it is handed, and mails nothing.

    Raises:
        DeliveryError: if the newsroom's transport has no such thing, or lacks what it needs.
    """
    if settings.DELIVERY_TRANSPORT != "sendgrid":
        raise DeliveryError(
            "Only SendGrid can check copies without mailing them; set TWTW_TRANSPORT=sendgrid, or "
            "look at the issue with `twtw issue preview`."
        )
    return _sendgrid(sandbox=True)
