"""Suppressions: addresses that must not be mailed, whoever asks."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from subscribers.addresses import address_key, valid_address
from subscribers.errors import AddressError
from subscribers.models import Suppression

# The surer one has to be before such an address is mailed again, the later in the list.
BY_WEIGHT = (
    Suppression.Reason.BLOCKED,
    Suppression.Reason.BOUNCED,
    Suppression.Reason.BY_REQUEST,
    Suppression.Reason.COMPLAINED,
)
LONGEST_KEY = 254
LONGEST_SOURCE = 300


def suppress(address: str, reason: Suppression.Reason, source: str = "") -> bool:
    """See to it that an address is mailed no more.

    Args:
        address: in any writing; it need not belong to a reader.
        reason: why. Of two reasons the weightier one stays, whichever comes first: providers
            report in any order.
        source: who or what said so, without any address.

    Returns:
        Whether it was not suppressed before.
    """
    known = Suppression.objects.filter(key=key_of(address)).exists()
    suppress_all([(address, reason, source)])
    return not known


@transaction.atomic
def suppress_all(found: Iterable[tuple[str, Suppression.Reason, str]]) -> None:
    """See to it that many addresses are mailed no more, in a few statements.

    Args:
        found: address, reason and source of each, as for `suppress`.
    """
    weightiest: dict[str, tuple[Suppression.Reason, str]] = {}
    for address, reason, source in found:
        key = key_of(address)
        if len(key) > LONGEST_KEY:
            continue  # No reader has such an address.
        if key not in weightiest or reason in _heavier_than(weightiest[key][0]):
            weightiest[key] = (reason, source[:LONGEST_SOURCE])
    # In the order of their keys, so that two calls at once never wait for each other in a circle.
    Suppression.objects.bulk_create(
        (
            Suppression(key=key, reason=reason, source=source)
            for key, (reason, source) in sorted(weightiest.items())
        ),
        ignore_conflicts=True,
    )
    for why in sorted(set(weightiest.values())):
        reason, source = why
        keys = [key for key, weightiest_of_key in weightiest.items() if weightiest_of_key == why]
        Suppression.objects.filter(key__in=keys, reason__in=_lighter_than(reason)).update(
            reason=reason, source=source
        )


def _lighter_than(reason: Suppression.Reason) -> tuple[Suppression.Reason, ...]:
    return BY_WEIGHT[: BY_WEIGHT.index(reason)]


def _heavier_than(reason: Suppression.Reason) -> tuple[Suppression.Reason, ...]:
    return BY_WEIGHT[BY_WEIGHT.index(reason) + 1 :]


def key_of(address: str) -> str:
    """The key that a reader with this address has: `x@xn--bcher-kva.de` is `x@bücher.de`."""
    try:
        return address_key(valid_address(address))
    except AddressError:
        # Providers report what they were once given, even if it could not be given today.
        return address_key(address)
