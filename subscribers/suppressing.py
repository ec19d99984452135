"""Suppressions: addresses that must not be mailed, whoever asks.

Of somebody who was erased the address is not written down again: what is said of it later is
noted with what stands in for it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from subscribers.addresses import address_key, valid_address
from subscribers.erased import is_suppressed, suppressed_among
from subscribers.errors import AddressError
from subscribers.models import Suppression

# The surer one has to be before such an address is mailed again, the later in the list. To have
# been erased is the lightest: the person may come back by a form, and who had reported mail as
# spam before is not brought back by erasing.
BY_WEIGHT = (
    Suppression.Reason.ERASED,
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
    known = is_suppressed(key_of(address))
    suppress_all([(address, reason, source)])
    return known is None


@transaction.atomic
def suppress_all(found: Iterable[tuple[str, Suppression.Reason, str]]) -> None:
    """See to it that many addresses are mailed no more, in a few statements.

    Args:
        found: address, reason and source of each, as for `suppress`.
    """
    by_key: dict[str, list[tuple[Suppression.Reason, str]]] = {}
    for address, reason, source in found:
        key = key_of(address)
        if len(key) <= LONGEST_KEY:  # No reader has a longer one.
            by_key.setdefault(key, []).append((reason, source[:LONGEST_SOURCE]))
    known = suppressed_among(by_key)
    if erased := [row.pk for key, row in known.items() if row.key != key]:
        # One of them may be confirming a return, which takes away what stands in for the address:
        # then what is said now has to stand at the address itself.
        list(Suppression.objects.select_for_update().filter(pk__in=erased).order_by("key"))
        known = suppressed_among(by_key)
    # In the order of their keys, so that two calls at once never wait for each other in a circle.
    weightiest = {
        known[key].key if key in known else key: max(said, key=lambda one: _weight(one[0]))
        for key, said in sorted(by_key.items())
    }
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
        Suppression.objects.filter(key__in=keys, reason__in=BY_WEIGHT[: _weight(reason)]).update(
            reason=reason, source=source
        )


def heavier(one: Suppression.Reason, other: Suppression.Reason) -> Suppression.Reason:
    """Of two reasons the weightier."""
    return max(one, other, key=_weight)


def _weight(reason: Suppression.Reason) -> int:
    return BY_WEIGHT.index(reason)


def key_of(address: str) -> str:
    """The key that a reader with this address has: `x@xn--bcher-kva.de` is `x@bücher.de`."""
    try:
        return address_key(valid_address(address, ascii_only=False))
    except AddressError:
        # Providers report what they were once given, even if it could not be given today.
        return address_key(address)
