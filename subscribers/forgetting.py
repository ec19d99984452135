"""Forgetting what nobody needs any more of readers, after the times that the operator has set.

Each function may run at any time and again; it works in short transactions and says how many rows
it was.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, Min, OuterRef, Q
from django.db.models.functions import Coalesce

from subscribers.batches import delete_in_batches, update_in_batches
from subscribers.models import (
    AddressChange,
    Consent,
    InboundMail,
    Reader,
    ReaderChange,
    ServiceMail,
    SignUp,
    Subscription,
    Tally,
)
from subscribers.reconfirming import open_runs

# What is counted is counted by the day at most.
TALLIES_KEPT = timedelta(days=2)
# A mail that was not taken in at once is repeated for some days; one that lies in a mailbox might
# be found again later.
INBOUND_KEPT = timedelta(days=90)

Kind, MailState = ServiceMail.Kind, ServiceMail.State


def forget_unconfirmed(now: datetime) -> int:
    """Forget who has not confirmed in time; how many sign-ups, subscriptions and readers.

    The time begins when the mail left that asks for it; who has still to be asked is kept. A
    reader stays whose any other subscription was ever confirmed.
    """
    before = now - settings.KEEP_UNCONFIRMED
    waiting = ServiceMail.objects.filter(
        sign_up=OuterRef("pk"), state__in=[MailState.WAITING, MailState.SENDING]
    )
    sign_ups = SignUp.objects.annotate(since=Coalesce("mailed_at", "asked_at")).filter(
        ~Exists(waiting), confirmed_at__isnull=True, since__lt=before
    )
    subscriptions = Subscription.objects.filter(
        ~Exists(SignUp.subscriptions.through.objects.filter(subscription=OuterRef("pk"))),
        ~Exists(Consent.objects.filter(subscription=OuterRef("pk"))),
        state=Subscription.State.PENDING,
        created_at__lt=before,
    )
    readers = Reader.objects.filter(
        ~Exists(Subscription.objects.filter(reader=OuterRef("pk"))),
        ~Exists(SignUp.objects.filter(reader=OuterRef("pk"))),
        created_at__lt=before,
    )
    return sum(delete_in_batches(rows) for rows in (sign_ups, subscriptions, readers))


def forget_networks(now: datetime) -> int:
    """Empty the hashed networks from which readers did things; how many."""
    before = now - settings.KEEP_NETWORKS
    kept = (
        Consent.objects.filter(at__lt=before),
        ReaderChange.objects.filter(at__lt=before),
        SignUp.objects.filter(asked_at__lt=before),
        AddressChange.objects.filter(asked_at__lt=before),
    )
    return sum(update_in_batches(rows.exclude(network=""), network="") for rows in kept)


def forget_service_mails(now: datetime) -> int:
    """Forget mails to single readers that have ended; how many.

    Those of a re-confirmation that goes on are the proof that somebody was asked.
    """
    old = ServiceMail.objects.filter(ended_at__lt=now - settings.KEEP_EVENTS)
    begun_at = open_runs().aggregate(first=Min("begun_at"))["first"]
    if begun_at is not None:
        old = old.exclude(Q(kind=Kind.STILL_WANTED) & Q(due_at__gte=begun_at))
    return delete_in_batches(old)


def forget_address_changes(now: datetime) -> int:
    """Forget wishes to get the mail elsewhere, come true or not; how many."""
    before = now - settings.KEEP_UNCONFIRMED
    return delete_in_batches(AddressChange.objects.filter(asked_at__lt=before))


def forget_tallies(now: datetime) -> int:
    """Forget what was counted against abuse; how many counts."""
    return delete_in_batches(Tally.objects.filter(begins_at__lt=now - TALLIES_KEPT))


def forget_inbound_mails(now: datetime) -> int:
    """Forget that mails came in; how many."""
    return delete_in_batches(InboundMail.objects.filter(at__lt=now - INBOUND_KEPT))
