"""What a reader may change about what they get, and the links by which they come to change it.

Every change takes effect at once and is noted for the reader's story.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from subscribers.addresses import address_key
from subscribers.changes import note_change
from subscribers.errors import PreferencesError
from subscribers.limits import Limit, mailbox, take
from subscribers.models import (
    Reader,
    ReaderChange,
    RegionOfInterest,
    ServiceMail,
    SignUp,
    Subscription,
    WorldRegion,
)
from subscribers.offers import words_shown
from subscribers.service_mails import put_out
from subscribers.signing_up import checked_name, sign_up

FORM = "preferences"
SOURCE = "preferences page"
LONGEST_PAUSE = 12
# A mail may be passed on later.
_LEADS_ON = timedelta(hours=1)
_DAY = timedelta(days=1)
# Mails with a fresh link to one mailbox, and questions for one from one network.
LINK = Limit("preferences link", 3, _DAY)
LINK_FROM_A_NETWORK = Limit("link from a network", 20, _DAY)
# Mails that ask to confirm a further publication. Somebody may have passed their mail on.
FURTHER = Limit("further publication", 5, _DAY)

State = Subscription.State
Kind = ReaderChange.Kind


def pause(reader: Reader, weeks: int, network: str = "") -> datetime:
    """Mail nothing to a reader for some weeks; the last moment of that, in UTC.

    Raises:
        PreferencesError: if it is not 1 to 12 weeks.
    """
    if not 1 <= weeks <= LONGEST_PAUSE:
        raise PreferencesError(_("A pause is one of 1 to 12 weeks; choose how many."))
    last_day = timezone.now().astimezone(UTC).date() + timedelta(weeks=weeks)
    until = datetime.combine(last_day, time(23, 59, 59), UTC)
    _set(reader, paused_until=until)
    note_change(reader, Kind.PAUSED, f"Until {last_day:%-d %B %Y}.", network=network)
    return until


def resume(reader: Reader, network: str = "") -> bool:
    """End a pause; whether there was one."""
    if not is_paused(reader):
        return False
    _set(reader, paused_until=None)
    note_change(reader, Kind.RESUMED, network=network)
    return True


def is_paused(reader: Reader) -> bool:
    """Whether nothing is mailed to a reader now because they wished so."""
    return reader.paused_until is not None and reader.paused_until > timezone.now()


@transaction.atomic
def choose_regions(reader: Reader, regions: Iterable[WorldRegion], network: str = "") -> None:
    """Have alerts about some parts of the world only; none, or all of them, means all."""
    chosen = set(regions)
    if chosen == set(WorldRegion):
        chosen = set()
    # Locked: of two choices at once one comes second, and it is the one that holds.
    Reader.objects.select_for_update(no_key=True).get(pk=reader.pk)
    reader.regions.exclude(region__in=chosen).delete()
    RegionOfInterest.objects.bulk_create(
        (RegionOfInterest(reader=reader, region=region) for region in sorted(chosen)),
        ignore_conflicts=True,
    )
    names = ", ".join(region.value for region in WorldRegion if region in chosen)
    note_change(reader, Kind.PREFERENCES, f"Alerts about: {names or 'all'}.", network=network)


def choose_when(reader: Reader, *, with_weekly: bool, network: str = "") -> None:
    """Have alerts at once, or not mailed because they are in the weekly.

    Raises:
        PreferencesError: if no weekly would bring them.
    """
    if with_weekly and not gets_numbered(reader):
        raise PreferencesError(_("You get no weekly in which the alerts could come."))
    own_alerts(reader).update(with_weekly=with_weekly)
    when = "with the weekly" if with_weekly else "at once"
    note_change(reader, Kind.PREFERENCES, f"Alerts {when}.", network=network)


def own_alerts(reader: Reader) -> QuerySet[Subscription]:
    """The reader's confirmed subscriptions to what does not come out in numbered issues."""
    return reader.subscriptions.filter(publication__numbered=False, state=State.CONFIRMED)


def gets_numbered(reader: Reader) -> bool:
    """Whether the reader gets a publication that comes out in numbered issues."""
    return reader.subscriptions.filter(publication__numbered=True, state=State.CONFIRMED).exists()


def take_up(reader: Reader, publication: Any, network: str = "") -> SignUp:
    """Have a mail ask a reader to confirm that they want a further publication.

    A link to the preferences proves the mailbox only as long as its mail is not passed on.

    Args:
        publication: the `issues.Publication`.

    Raises:
        SubscriberError: if nothing can be mailed to them, or it was asked too often today.
    """
    if take(FURTHER, mailbox(reader.key)):
        raise PreferencesError(_("This was asked too often today; try it again tomorrow."))
    return sign_up(
        reader.address,
        [publication],
        form=FORM,
        source=SOURCE,
        wording=words_shown([publication]),
        network=network,
    )


def rename(reader: Reader, name: str, network: str = "") -> str:
    """Call a reader so in mails from now on; empty: by no name. The name as it is kept.

    Raises:
        SubscriberError: if it is no name.
    """
    kept = checked_name(name)
    _set(reader, name=kept)
    note_change(reader, Kind.NAME, "" if kept else "No name any more.", network=network)
    return kept


@transaction.atomic
def end_former_links(reader: Reader, network: str = "") -> int:
    """End all links to the reader's preferences that were ever made; the version of the next ones.

    Those to unsubscribe go on working. What such a link was used for and waits yet, a change of
    address, is taken back.
    """
    Reader.objects.filter(pk=reader.pk).update(link_version=F("link_version") + 1)
    reader.address_changes.filter(confirmed_at__isnull=True).delete()
    reader.refresh_from_db(fields=["link_version"])
    note_change(reader, Kind.LINKS, network=network)
    return reader.link_version


def may_lead_on(reader: Reader, confirmed_at: datetime | None) -> bool:
    """Whether the page on which something was confirmed may lead on to the preferences.

    Only at first; and no more when the reader has ended the former links since, or another address
    was confirmed: then it is behind a mail that shall open nothing any more.

    Args:
        confirmed_at: when; None if it was not.
    """
    if confirmed_at is None or timezone.now() - confirmed_at >= _LEADS_ON:
        return False
    ended = reader.changes.filter(kind__in=(Kind.LINKS, Kind.ADDRESS), at__gt=confirmed_at)
    return not ended.exists()


def mail_fresh_link(subscription: Subscription) -> None:
    """Mail a reader a link to their preferences; no more than a few a day, without a word.

    Args:
        subscription: any one of the reader's.
    """
    if _may_be_mailed_a_link(subscription.reader.key):
        put_out(
            ServiceMail.Kind.PREFERENCES_LINK,
            subscription.reader,
            subscription=subscription,
            publication=subscription.publication,
        )


@transaction.atomic
def ask_for_link(address: str, network: str = "") -> None:
    """Mail the link to whoever has this address, if anybody; the same is done for nobody.

    Args:
        address: as `valid_address` gives it.
        network: keyed hash of the network it was asked from.

    Raises:
        PreferencesError: if too much was asked from this network today.
    """
    if network and take(LINK_FROM_A_NETWORK, network):
        raise PreferencesError(_("This was asked too often today; try it again tomorrow."))
    key = address_key(address)
    allowed = _may_be_mailed_a_link(key)
    subscription = (
        Subscription.objects.filter(reader__key=key)
        .select_related("reader", "publication")
        .order_by("-pk")
        .first()
    )
    if not allowed:
        return
    if subscription is not None:
        put_out(
            ServiceMail.Kind.PREFERENCES_LINK,
            subscription.reader,
            subscription=subscription,
            publication=subscription.publication,
        )
    else:
        # As long in the doing as the other, so that the time tells nobody who is a reader here.
        now = timezone.now()
        ServiceMail.objects.create(
            kind=ServiceMail.Kind.PREFERENCES_LINK,
            state=ServiceMail.State.DROPPED,
            due_at=now,
            ended_at=now,
            answer="nobody has this address",
        )


def _may_be_mailed_a_link(key: str) -> bool:
    return take(LINK, mailbox(key)) is None


def _set(reader: Reader, **values: object) -> None:
    """Change these fields and no others, which somebody else may be changing."""
    Reader.objects.filter(pk=reader.pk).update(**values)
    for name, value in values.items():
        setattr(reader, name, value)
