"""Leaving: a subscription ends at once, once, and the reader's word for it is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, Model, OuterRef
from django.utils import timezone

from subscribers.models import Consent, ReconfirmationAsk, SignUp, Subscription
from subscribers.suppressing import key_of


def end_subscription(subscription_id: int, source: str, network: str = "", *, by: str = "") -> bool:
    """End a subscription and record that the consent to it was taken back.

    Doing it again changes nothing, and neither does a subscription that is no more.

    Args:
        subscription_id: the subscription's id.
        source: where the wish comes from, e.g. `unsubscribe link`.
        network: keyed hash of the network it comes from (`subscribers.networks`).
        by: who of the newsroom wrote it down, if it was not the reader.

    Returns:
        Whether it was this call that ended it.
    """
    return end_subscriptions({subscription_id: source}, network, by=by) == 1


@transaction.atomic
def end_subscriptions(sources: Mapping[int, str], network: str = "", *, by: str = "") -> int:
    """End many, in as many statements as one; how many this call ended.

    Args:
        sources: where the wish comes from, by the subscription's id.
        network: as above.
        by: as above.
    """
    if not sources:
        return 0
    now = timezone.now()
    # Locked: of two calls at the same time one ends it, and one consent is recorded. In order:
    # two calls that end several never wait for each other in a circle.
    states = dict(
        Subscription.objects.select_for_update(no_key=True)
        .filter(pk__in=sources)
        .order_by("pk")
        .values_list("pk", "state")
    )
    # Also of what is ended: who had left, asked again, and then leaves by an old mail, stays away.
    _withdraw_sign_ups(list(states), now)
    going = [pk for pk, state in states.items() if state != Subscription.State.ENDED]
    Subscription.objects.filter(pk__in=going).update(state=Subscription.State.ENDED, ended_at=now)
    silent = _let_go_without_a_word(states.keys() - going)
    Consent.objects.bulk_create(
        Consent(
            subscription_id=pk,
            act=Consent.Act.WITHDRAWN,
            source=sources[pk],
            at=now,
            network=network,
            by=by,
        )
        for pk in [*going, *silent]
    )
    return len(going)


def _let_go_without_a_word(subscription_ids: Collection[int]) -> list[int]:
    """Those that ended because a question was not answered, and of which nothing was said since.

    Such a question may be answered later (`subscribers.still_wanted`), unless one left after all.
    """
    if not subscription_ids:
        return []
    let_go = ReconfirmationAsk.objects.filter(
        subscription__in=subscription_ids, let_go_at=F("subscription__ended_at")
    )
    return list(let_go.exclude(own_word_since()).values_list("subscription_id", flat=True))


def own_word_since() -> Exists:
    """Of a `ReconfirmationAsk`: whether the reader left after they were let go."""
    return Exists(
        Consent.objects.filter(
            subscription=OuterRef("subscription"),
            act=Consent.Act.WITHDRAWN,
            at__gt=OuterRef("let_go_at"),
        )
    )


def _withdraw_sign_ups(subscription_ids: Iterable[int], now: datetime) -> None:
    """See to it that no confirmation mail which is still about brings anybody back."""
    naming = SignUp.subscriptions.through.objects.filter(subscription_id__in=subscription_ids)
    waiting = SignUp.objects.filter(
        pk__in=naming.values("signup_id"), confirmed_at__isnull=True, withdrawn_at__isnull=True
    )
    # In order, too: two subscriptions may be named by the same ones.
    locked = waiting.select_for_update(no_key=True).order_by("pk")
    if pks := list(locked.values_list("pk", flat=True)):
        SignUp.objects.filter(pk__in=pks).update(withdrawn_at=now)


def leave_by_address(address: str, source: str, publications: Iterable[Model] | None = None) -> int:
    """End what the reader with an address gets, for wishes that come without a link.

    Args:
        address: in any writing.
        source: where the wish comes from, e.g. `mail`.
        publications: the `issues.Publication`s to leave; None: all of them.

    Returns:
        How many subscriptions this call ended.
    """
    own = Subscription.objects.filter(reader__key=key_of(address))
    if publications is not None:
        own = own.filter(publication_id__in=[publication.pk for publication in publications])
    return end_subscriptions(dict.fromkeys(own.values_list("pk", flat=True), source))


def give_reason(subscription_id: int, reason: str, words: str) -> bool:
    """Keep why somebody left, with the consent that they took back last.

    Args:
        subscription_id: the subscription's id.
        reason: a `Consent.Reason`, or empty.
        words: the reader's own, 500 characters at most.

    Returns:
        Whether there was anything to keep it with: they have left, and not come back since.
    """
    consents = Consent.objects.filter(subscription_id=subscription_id)
    last = consents.order_by("-at", "-pk").first()
    if last is None or last.act != Consent.Act.WITHDRAWN:
        return False
    Consent.objects.filter(pk=last.pk).update(reason=reason, words=words)
    return True
