"""Signing up: a wish to get some publications, which counts when its address has confirmed it.

The same statements whether or not the address is known, left, suppressed or was erased; so
neither the answer nor its time tells anybody who is a reader.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from subscribers.addresses import address_key, valid_address
from subscribers.braking import note_sign_up
from subscribers.errors import SubscriberError
from subscribers.grants import LIFETIMES, Grant
from subscribers.models import ApiKey, Reader, ServiceMail, SignUp, Subscription
from subscribers.service_mails import put_out
from subscribers.wordings import together, wording_of

if TYPE_CHECKING:
    from django.db.models import Model

LONGEST_NAME = 200
# Control characters, and halves of characters that no database takes.
_NO_LETTERS = {"Cc", "Cs"}
_WEB_ADDRESS = re.compile(r"://|\bwww\.|@", re.IGNORECASE)

State = Subscription.State


def sign_up(
    address: str,
    publications: Sequence[Model],
    *,
    form: str,
    source: str,
    name: str = "",
    wording: str = "",
    network: str = "",
    api_key: ApiKey | None = None,
    due_at: datetime | None = None,
) -> SignUp:
    """Take in a wish, and have one mail ask the address to confirm it.

    What the reader gets or has left stays as it is until then. Older wishes of the same reader
    that wait for their confirmation, and came in without a key or with the same one, are
    withdrawn, and this one takes their publications along.
    Who gets all of it already is told so by mail instead.

    Args:
        address: as the person wrote it.
        publications: the `issues.Publication`s, at least one; the first one's sender writes.
        form: the form's own name, at most 40 characters.
        source: the same for people, at most 300.
        name: the person's; counts only if it is one, and for who has never confirmed anything.
        wording: what the person was shown, its paragraphs parted by blank lines.
        network: keyed hash of the network it came from.
        api_key: the key that it was sent in with, if any.
        due_at: the moment before which the mail stays here. Such wishes are throttled already, so
            the brake does not count them.

    Raises:
        AddressError: if no mail can ever be sent there.
        SubscriberError: if there is no publication.
    """
    address = valid_address(address)
    if not publications:
        raise SubscriberError(_("Choose at least one publication."))
    now = timezone.now()
    if due_at is None:
        note_sign_up(now)
    wanted = [publication.pk for publication in publications]
    with transaction.atomic():
        reader = _reader(address, name)
        subscriptions, shown = _taken_together(reader, wanted, wording, api_key, now)
        is_new = any(one.state != State.CONFIRMED for one in subscriptions)
        made = SignUp.objects.create(
            reader=reader,
            form=form,
            source=source,
            wording=wording_of(shown) if shown else None,
            network=network,
            api_key=api_key,
            asked_at=now,
        )
        linked = SignUp.subscriptions.through
        linked.objects.bulk_create(linked(signup=made, subscription=one) for one in subscriptions)
        put_out(
            ServiceMail.Kind.CONFIRM if is_new else ServiceMail.Kind.SUBSCRIBED_ALREADY,
            reader,
            publication=publications[0],
            sign_up=made,
            subscription=None if is_new else subscriptions[0],
            due_at=due_at,
        )
    return made


def checked_name(text: str) -> str:
    """A person's name on one line, fit for a mail's header; it may be empty.

    Raises:
        SubscriberError: if it is too long, or has in it what no name has: a web address, with
            which our mail would greet somebody else. The sentence is in the readers' language.
    """
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(name) > LONGEST_NAME or any(unicodedata.category(char) in _NO_LETTERS for char in name):
        raise SubscriberError(
            _("Write the name on one line, in at most %(most)d characters.")
            % {"most": LONGEST_NAME}
        )
    if _WEB_ADDRESS.search(name):
        raise SubscriberError(_("Write the name without a web or mail address in it."))
    return name


def _reader(address: str, name: str) -> Reader:
    """The reader of an address, made if there is none; what they have is locked.

    Another's word never changes the name of who has confirmed or left anything.
    """
    key = address_key(address)
    # In this order everywhere: the reader, the subscriptions, the sign-ups. Who was there may be
    # erased, or get another address, before they are locked: then once more.
    locked_readers: list[Reader] = []
    while not locked_readers:
        Reader.objects.bulk_create([Reader(address=address, key=key)], ignore_conflicts=True)
        locked_readers = list(Reader.objects.select_for_update(no_key=True).filter(key=key))
    for rows in (Subscription.objects, SignUp.objects):
        locked = rows.select_for_update(no_key=True, of=("self",)).filter(reader__key=key)
        list(locked.order_by("pk").values_list("pk", flat=True))
    with suppress(SubscriberError):
        if name := checked_name(name):
            settled = Subscription.objects.filter(reader=OuterRef("pk"))
            Reader.objects.filter(~Exists(settled.exclude(state=State.PENDING)), key=key).update(
                name=name
            )
    return Reader.objects.get(key=key)


def _taken_together(
    reader: Reader,
    wanted: Sequence[int],
    wording: str,
    api_key: ApiKey | None,
    now: datetime,
) -> tuple[list[Subscription], str]:
    """What the wish is about with those that it replaces, and what the person was shown for it."""
    Subscription.objects.bulk_create(
        (Subscription(reader=reader, publication_id=pk) for pk in dict.fromkeys(wanted)),
        ignore_conflicts=True,
    )
    # A site with a key learns what became of its own wishes; of others it must not learn.
    waiting = SignUp.objects.filter(
        reader=reader, api_key=api_key, confirmed_at__isnull=True, withdrawn_at__isnull=True
    )
    # The links of the others have ended by themselves. Their time begins with the mail.
    since = now - LIFETIMES[Grant.CONFIRM]
    older = waiting.filter(Q(asked_at__gt=since) | Q(mailed_at__gt=since))
    carried = Exists(older.filter(subscriptions=OuterRef("pk")))
    subscriptions = list(
        Subscription.objects.filter(Q(publication__in=wanted) | Q(carried), reader=reader).order_by(
            "pk"
        )
    )
    texts = older.order_by("pk").values_list("wording__text", flat=True)
    shown = together(*(text or "" for text in texts), wording)
    waiting.update(withdrawn_at=now)
    return subscriptions, shown
