"""Confirming: the owner of an address says that a sign-up was theirs.

Only here does a wish become a subscription, and it carries the evidence: when which form was
filled in, what it said, when and from which network it was confirmed.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from subscribers.erased import is_suppressed, let_back, stand_ins
from subscribers.models import Consent, Reader, ServiceMail, SignUp, Subscription, Suppression
from subscribers.service_mails import put_out


class Standing(StrEnum):
    """What can become of a sign-up."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    SUPPRESSED = "suppressed"


def standing_of(sign_up: SignUp) -> Standing:
    """Whether a sign-up can be confirmed, or why not.

    Of a suppressed address none can, unless its owner was erased: to subscribe anew is what such a
    person may do at any time.
    """
    if sign_up.confirmed_at is not None:
        return Standing.CONFIRMED
    if sign_up.withdrawn_at is not None:
        return Standing.WITHDRAWN
    suppression = is_suppressed(sign_up.reader.key)
    if suppression is not None and suppression.reason != Suppression.Reason.ERASED:
        return Standing.SUPPRESSED
    return Standing.OPEN


@transaction.atomic
def confirm(sign_up_id: int, network: str = "") -> SignUp | None:
    """Make a sign-up true: its subscriptions are confirmed, and the reader is welcomed by mail.

    Doing it again changes nothing, and neither does one that was withdrawn: a link that is used
    after the reader has left subscribes nobody anew.

    Args:
        sign_up_id: the sign-up's id.
        network: keyed hash of the network from which it is confirmed.

    Returns:
        The sign-up as it is then (see `standing_of`); None if it has been forgotten.
    """
    # Locked in this order everywhere: the reader, the subscriptions, the sign-ups.
    list(Reader.objects.select_for_update(no_key=True, of=("self",)).filter(sign_ups=sign_up_id))
    subscriptions = list(
        Subscription.objects.select_for_update(no_key=True, of=("self",))
        .select_related("publication")
        .filter(sign_ups=sign_up_id)
        .order_by("pk")
    )
    sign_up = (
        SignUp.objects.select_for_update(no_key=True, of=("self",))
        .select_related("reader", "wording")
        .filter(pk=sign_up_id)
        .first()
    )
    if sign_up is None:
        return None
    # Nobody can weigh down what stands in for an erased address while it is taken away below.
    key = sign_up.reader.key
    list(Suppression.objects.select_for_update().filter(key__in=stand_ins(key)).order_by("key"))
    if standing_of(sign_up) != Standing.OPEN:
        return sign_up
    now = timezone.now()
    sign_up.confirmed_at = now
    sign_up.save(update_fields=["confirmed_at"])
    reader = sign_up.reader
    Reader.objects.filter(pk=reader.pk).update(heard_from_at=now)
    let_back(key)
    new = [one for one in subscriptions if one.state != Subscription.State.CONFIRMED]
    _confirm(new, sign_up, network, now)
    if new:
        put_out(
            ServiceMail.Kind.WELCOME,
            reader,
            publication=new[0].publication,
            sign_up=sign_up,
            subscription=new[0],
        )
    return sign_up


@transaction.atomic
def ask_again(sign_up: SignUp) -> None:
    """Have the mail that asks for the confirmation leave once more, with a link of its own time.

    Nothing is put out for a reader who is being erased.
    """
    reader = Reader.objects.select_for_update(no_key=True).filter(pk=sign_up.reader_id)
    if not list(reader):
        return
    first = sign_up.subscriptions.select_related("publication").order_by("pk").first()
    put_out(
        ServiceMail.Kind.CONFIRM,
        sign_up.reader,
        publication=first.publication if first else None,
        sign_up=sign_up,
    )


def _confirm(
    subscriptions: list[Subscription], sign_up: SignUp, network: str, now: datetime
) -> None:
    Subscription.objects.filter(pk__in=[one.pk for one in subscriptions]).update(
        state=Subscription.State.CONFIRMED, confirmed_at=now, ended_at=None
    )
    Consent.objects.bulk_create(
        Consent(
            subscription=one,
            act=Consent.Act.GIVEN,
            source=sign_up.source,
            at=now,
            asked_at=sign_up.asked_at,
            form=sign_up.form,
            wording=sign_up.wording,
            network=network or sign_up.network,
        )
        for one in subscriptions
    )
