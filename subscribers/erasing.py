"""Erasing: a reader goes with all that is held about them (GDPR, article 17).

What stays is a keyed hash of the address among the suppressions, which keeps imports and
additions from bringing it back, and the counts of past mailings: the ledger's rows stay, and
belong to nobody any more. If mail to the address must not be sent for a weightier reason than the
erasing, as after a complaint, the hash keeps that reason.
"""

from __future__ import annotations

from django.db import transaction

from subscribers.erased import stand_in, stand_ins
from subscribers.models import Reader, ServiceMail, Subscription, Suppression
from subscribers.service_mails import put_out
from subscribers.suppressing import heavier


@transaction.atomic
def erase(reader: Reader, by: str = "") -> bool:
    """Erase a reader at once, in as many statements for a thousand mailings as for one.

    A mail that says so goes to the address and is the last one. Erasing somebody who is gone
    already changes nothing.

    Args:
        reader: who is erased.
        by: who of the newsroom did it; empty for the reader.

    Returns:
        Whether it was this call that did.
    """
    locked = Reader.objects.select_for_update().filter(pk=reader.pk).first()
    if locked is None:
        return False
    # A mailing that is being frozen holds the subscriptions, so that its rows are known by the
    # time they are taken from the reader below.
    own = Subscription.objects.filter(reader=locked).select_related("publication")
    subscriptions = list(own.select_for_update(of=("self",)).order_by("pk"))
    _keep_suppressed(locked.key, f"erased by {by}" if by else "erased by the reader")
    put_out(
        ServiceMail.Kind.ERASED,
        None,
        address=locked.address,
        publication=subscriptions[0].publication if subscriptions else None,
    )
    locked.delete()
    return True


def _keep_suppressed(key: str, source: str) -> None:
    """Put the stand-in in the place of what is known of an address."""
    mark = stand_in(key)
    rows = list(
        Suppression.objects.select_for_update()
        .filter(key__in=[key, *stand_ins(key)])
        .order_by("key")
    )
    weightiest = Suppression(key=mark, reason=Suppression.Reason.ERASED, source=source)
    for row in rows:
        reason = heavier(Suppression.Reason(weightiest.reason), Suppression.Reason(row.reason))
        if reason == row.reason != weightiest.reason:
            weightiest.reason, weightiest.source = row.reason, row.source
        # The provider, if it was told of the address, knows it still.
        weightiest.pushed_at = weightiest.pushed_at or row.pushed_at
    Suppression.objects.filter(pk__in=[row.pk for row in rows]).delete()
    weightiest.save()
