"""The demo's readers: a file of them, and after the mailing some who come by themselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from issues.models import Publication

MATERIAL = Path(__file__).parent / "material"
BY = "the demo"
# Who signs up after the issue has left: address, name, publications, whether they confirm.
NEWCOMERS = (
    ("noor.haddad@example.org", "Noor Haddad", ("twtw", "gp-alerts"), True),
    ("oskar.lindqvist@example.org", "Oskar Lindqvist", ("twtw",), True),
    ("priya.nair@example.org", "Priya Nair", ("gp-alerts",), False),
)


def bring_in(publication: Publication) -> int:
    """Everybody in the file; then one leaves, one bounces, one never confirmed."""
    from subscribers.importing.deciding import Word
    from subscribers.importing.one_go import import_file
    from subscribers.leaving import end_subscription
    from subscribers.models import Subscription, Suppression
    from subscribers.suppressing import suppress

    import_file(MATERIAL / "readers.csv", publication, Word("Made up for the demo"), by=BY)
    subscriptions = list(Subscription.objects.order_by("-pk"))
    end_subscription(subscriptions[0].pk, "one click in a mail")
    suppress(subscriptions[1].reader.address, Suppression.Reason.BOUNCED, "made up for the demo")
    subscriptions[2].consents.all().delete()
    Subscription.objects.filter(pk=subscriptions[2].pk).update(
        state=Subscription.State.PENDING, confirmed_at=None
    )
    return len(subscriptions)


def let_some_sign_up() -> int:
    """Some fill in the form; those who press the button in their mail are welcomed. How many."""
    from django.utils import timezone

    from delivery.service_mails import send_due
    from issues.models import Publication
    from subscribers.confirming import confirm
    from subscribers.models import RegionOfInterest, Segment, SignUpForm
    from subscribers.offers import words_shown
    from subscribers.signing_up import sign_up

    by_slug = {publication.slug: publication for publication in Publication.objects.all()}
    confirmed = 0
    for address, name, slugs, confirms in NEWCOMERS:
        chosen = [by_slug[slug] for slug in slugs]
        made = sign_up(
            address,
            chosen,
            form="page",
            source="the page on which readers subscribe",
            name=name,
            wording=words_shown(chosen),
        )
        send_due(timezone.now())
        if confirms:
            confirm(made.pk)
            confirmed += 1
            RegionOfInterest.objects.create(reader=made.reader, region="africa")
    send_due(timezone.now())
    foot = SignUpForm.objects.create(slug="institute-foot", name="Foot of the institute’s pages")
    foot.publications.set(by_slug.values())
    Segment.objects.create(
        name="Africa readers", sentence="region Africa", created_by="Paul Publisher"
    )
    return confirmed
