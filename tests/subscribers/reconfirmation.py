"""Readers who were silent, and a post office that takes their mails at the moment it is told."""

from datetime import timedelta

from django.utils import timezone

from subscribers.models import Reader, ReconfirmationAsk, ServiceMail, Subscription

# So long ago a run may have begun whose deadline is over by now.
BEGUN = timezone.now() - timedelta(days=60)
SILENT = BEGUN - timedelta(days=5 * 365)
MAILS = ServiceMail.objects.filter(kind="still_wanted")


def silent(publication, number=1):
    """Subscriptions of readers who were not heard from for five years."""
    readers = Reader.objects.bulk_create(
        Reader(address=address, key=address)
        for address in (f"reader{place}@{publication.slug}.example.org" for place in range(number))
    )
    return Subscription.objects.bulk_create(
        Subscription(reader=reader, publication=publication, state="confirmed", confirmed_at=SILENT)
        for reader in readers
    )


def leave(at, state="sent", mails=MAILS):
    """Let the mails come to their end that are due at a moment, as the queue does; how many."""
    due = list(mails.filter(state="waiting", due_at__lte=at).values_list("pk", "subscription"))
    ServiceMail.objects.filter(pk__in=[pk for pk, _ in due]).update(state=state, ended_at=at)
    if state == "sent":
        ReconfirmationAsk.objects.filter(
            subscription__in=[subscription for _, subscription in due], asked_at__isnull=True
        ).update(asked_at=at)
    return len(due)
