"""Putting a mail to one reader into the queue; `delivery.service_mails` hands it over.

A page that answers a stranger only ever puts a row here: so it takes the same time, and says the
same, whether or not the address is known.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from subscribers.models import AddressChange, Reader, ServiceMail, SignUp, Subscription


def put_out(
    kind: ServiceMail.Kind,
    reader: Reader | None,
    *,
    publication: Any = None,
    address: str = "",
    sign_up: SignUp | None = None,
    subscription: Subscription | None = None,
    address_change: AddressChange | None = None,
    due_at: datetime | None = None,
) -> ServiceMail:
    """Have a mail leave as soon as it can; in the transaction of what it is about.

    Args:
        kind: which mail.
        reader: whom it is about, and to whose address it goes; None for somebody who was erased.
        publication: the `issues.Publication` whose sender writes; None: the newsroom's first.
        address: where it goes instead; it is forgotten as soon as the mail has left.
        sign_up: what it asks to confirm.
        subscription: the one that it is about.
        address_change: what it asks to confirm.
        due_at: an aware moment before which it stays here; None: now.
    """
    return ServiceMail.objects.create(
        kind=kind,
        reader=reader,
        publication=publication,
        address=address,
        sign_up=sign_up,
        subscription=subscription,
        address_change=address_change,
        due_at=due_at or timezone.now(),
    )
