"""Who was erased, known again by nothing but a keyed hash of the address.

It stands in `Suppression.key` where the address would, and keeps imports and additions from
bringing the person back; nobody can read the address out of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q

from subscribers.models import Suppression
from subscribers.networks import keyed

# An address may begin with it too, but has an "@".
MARK = "#"
IS_STAND_IN = Q(key__startswith=MARK) & ~Q(key__contains="@")
_BATCH = 2000


def stand_in(key: str) -> str:
    """What stands in `Suppression.key` for an erased address: `#` and 64 characters.

    Args:
        key: the address as `subscribers.suppressing.key_of` gives it.
    """
    return f"{MARK}{keyed('erased', key)}"


def stand_ins(key: str) -> list[str]:
    """All that may stand there, the present one first: those of former secret keys still count."""
    former = [f"{MARK}{keyed('erased', key, secret)}" for secret in settings.SECRET_KEY_FALLBACKS]
    return [stand_in(key), *former]


def keep_away(key: str, source: str) -> None:
    """Let nobody but its owner bring an address back, as if they had been erased.

    Args:
        key: of an address that nobody has here any more.
        source: why, without any address.
    """
    Suppression.objects.bulk_create(
        [Suppression(key=stand_in(key), reason=Suppression.Reason.ERASED, source=source)],
        ignore_conflicts=True,
    )


def let_back(key: str) -> None:
    """The owner of an address has said themselves that they want mail there (again)."""
    Suppression.objects.filter(key__in=stand_ins(key), reason=Suppression.Reason.ERASED).delete()


def is_suppressed(key: str) -> Suppression | None:
    """The suppression of an address, whether it is written there or was erased; in one query."""
    return suppressed_among([key]).get(key)


def suppressed_among(keys: Iterable[str]) -> dict[str, Suppression]:
    """The suppressions of many addresses, in one query for each 2,000 of them.

    Args:
        keys: of addresses, as `subscribers.suppressing.key_of` gives them.

    Returns:
        The suppression by key, without those who are not suppressed. Of an erased one the key
        of the suppression itself is another: it begins with `#`.
    """
    wanted = list(dict.fromkeys(keys))
    found: dict[str, Suppression] = {}
    for start in range(0, len(wanted), _BATCH):
        whose = {
            row_key: key
            for key in wanted[start : start + _BATCH]
            for row_key in (key, *stand_ins(key))
        }
        rows = Suppression.objects.filter(key__in=whose)
        # Where there are both, the plain one is the newer, and takes the other's place.
        for row in sorted(rows, key=lambda row: whose[row.key] == row.key):
            found[whose[row.key]] = row
    return found
