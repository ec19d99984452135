"""Which transport is used, and with what: the settings say so."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from delivery.errors import DeliveryError
from delivery.transports.notice import TellingTransport


def _outbox() -> TellingTransport:
    from delivery.transports.outbox import Outbox

    return Outbox(settings.OUTBOX)


def _sendgrid() -> TellingTransport:
    # Imported when it is used: its package takes a tenth of a second.
    from delivery.transports.sendgrid import SendGrid

    return SendGrid(
        api_key=settings.SENDGRID_API_KEY,
        url=settings.SENDGRID_URL,
        timeout=settings.SENDGRID_TIMEOUT,
    )


TRANSPORTS: dict[str, Callable[[], TellingTransport]] = {"outbox": _outbox, "sendgrid": _sendgrid}


def open_transport(name: str | None = None) -> TellingTransport:
    """The transport of a name; without one, the one that the newsroom's settings name.

    Raises:
        DeliveryError: if there is no such transport, or it lacks what it needs.
    """
    name = name or settings.DELIVERY_TRANSPORT
    if name not in TRANSPORTS:
        raise DeliveryError(f"There is no transport {name}; there are {', '.join(TRANSPORTS)}.")
    return TRANSPORTS[name]()
