"""Suppressions: addresses that must not be mailed, whoever asks."""

from __future__ import annotations

from subscribers.addresses import address_key
from subscribers.models import Suppression


def suppress(address: str, reason: Suppression.Reason) -> bool:
    """See to it that an address is mailed no more.

    Args:
        address: in any writing; it need not belong to a reader.
        reason: why. An address that is suppressed already keeps its first reason.

    Returns:
        Whether it was not suppressed before.
    """
    _, created = Suppression.objects.get_or_create(
        key=address_key(address), defaults={"reason": reason}
    )
    return created


def lift(address: str) -> bool:
    """Allow mail to an address again; its subscriptions stay as they are.

    Returns:
        Whether it was suppressed.
    """
    lifted, _ = Suppression.objects.filter(key=address_key(address)).delete()
    return lifted > 0
