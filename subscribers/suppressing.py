"""Suppressions: addresses that must not be mailed, whoever asks."""

from __future__ import annotations

from subscribers.addresses import address_key, valid_address
from subscribers.errors import AddressError
from subscribers.models import Suppression


def suppress(address: str, reason: Suppression.Reason) -> bool:
    """See to it that an address is mailed no more.

    Args:
        address: in any writing; it need not belong to a reader.
        reason: why. An address that is suppressed already keeps its first reason.

    Returns:
        Whether it was not suppressed before.
    """
    _, created = Suppression.objects.get_or_create(key=_key(address), defaults={"reason": reason})
    return created


def _key(address: str) -> str:
    """The key that a reader with this address has: `x@xn--bcher-kva.de` is `x@bücher.de`."""
    try:
        return address_key(valid_address(address))
    except AddressError:
        # Providers report what they were once given, even if it could not be given today.
        return address_key(address)
