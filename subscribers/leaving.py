"""Leaving: a subscription ends at once, once, and the reader's word for it is kept."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from subscribers.models import Consent, Subscription


def end_subscription(subscription_id: int, source: str) -> bool:
    """End a subscription and record that the consent to it was taken back.

    Doing it again changes nothing, and neither does a subscription that is no more.

    Args:
        subscription_id: the subscription's id.
        source: where the wish comes from, e.g. `unsubscribe link`.

    Returns:
        Whether it was this call that ended it.
    """
    return end_subscriptions({subscription_id: source}) == 1


@transaction.atomic
def end_subscriptions(sources: Mapping[int, str]) -> int:
    """End many, in as many statements as one; how many this call ended.

    Args:
        sources: where the wish comes from, by the subscription's id.
    """
    if not sources:
        return 0
    now = timezone.now()
    # Locked: of two calls at the same time one ends it, and one consent is recorded. In order:
    # two calls that end several never wait for each other in a circle.
    going = list(
        Subscription.objects.select_for_update(no_key=True)
        .filter(pk__in=sources)
        .exclude(state=Subscription.State.ENDED)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    Subscription.objects.filter(pk__in=going).update(state=Subscription.State.ENDED, ended_at=now)
    Consent.objects.bulk_create(
        Consent(subscription_id=pk, act=Consent.Act.WITHDRAWN, source=sources[pk], at=now)
        for pk in going
    )
    return len(going)
