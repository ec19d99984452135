"""Leaving: a subscription ends at once, once, and the reader's word for it is kept."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from subscribers.models import Consent, Subscription


@transaction.atomic
def end_subscription(subscription_id: int, source: str) -> bool:
    """End a subscription and record that the consent to it was taken back.

    Doing it again changes nothing, and neither does a subscription that is no more.

    Args:
        subscription_id: the subscription's id.
        source: where the wish comes from, e.g. `unsubscribe link`.

    Returns:
        Whether it was this call that ended it.
    """
    now = timezone.now()
    # Compare and set: of two calls at the same time one ends it, and one consent is recorded.
    ended = (
        Subscription.objects.filter(pk=subscription_id)
        .exclude(state=Subscription.State.ENDED)
        .update(state=Subscription.State.ENDED, ended_at=now)
    )
    if ended:
        Consent.objects.create(
            subscription_id=subscription_id, act=Consent.Act.WITHDRAWN, source=source, at=now
        )
    return bool(ended)
