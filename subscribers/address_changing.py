"""Changing an address: wished for at the preferences, and true once it is confirmed at the new one.

Whether somebody else has the new address, or it must not be mailed, is told only to who can open
mail there.
"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum, auto

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from subscribers.addresses import address_key, valid_address
from subscribers.changes import note_change
from subscribers.erased import is_suppressed, keep_away, let_back
from subscribers.errors import PreferencesError
from subscribers.limits import Limit, mailbox, take
from subscribers.models import (
    AddressChange,
    Reader,
    ReaderChange,
    ServiceMail,
    SignUp,
    Suppression,
)
from subscribers.service_mails import put_out

# Mails that ask for a confirmation: for one reader's wishes, and to one mailbox.
WISHES = Limit("new address", 5, timedelta(days=1))
TO_A_MAILBOX = Limit("mail to an address", 3, timedelta(days=1))


class Confirmed(Enum):
    """What came of confirming a change of address."""

    CHANGED = auto()
    REPLACED = auto()
    TAKEN = auto()
    SUPPRESSED = auto()


def ask_for(reader: Reader, address: str, network: str = "") -> AddressChange:
    """Have a mail ask at a new address whether mail shall go there; takes a former wish back.

    Args:
        reader: whose address it is to be.
        address: as it was typed.
        network: keyed hash of the network the wish comes from (`subscribers.networks`).

    Raises:
        AddressError: if no mail can ever be sent to it.
        PreferencesError: if mail goes there already, or too much was asked for today.
    """
    written = valid_address(address)
    if written == reader.address:
        raise PreferencesError(_("Your mail goes to this address already."))
    if take(WISHES, str(reader.pk)) or take(TO_A_MAILBOX, mailbox(address_key(written))):
        raise PreferencesError(
            _("You have asked for several changes of address today; try it again tomorrow.")
        )
    with transaction.atomic():
        locked = Reader.objects.select_for_update(no_key=True).get(pk=reader.pk)
        change = AddressChange.objects.create(
            reader=locked, address=written, asked_at=timezone.now(), network=network
        )
        put_out(ServiceMail.Kind.NEW_ADDRESS, locked, address=written, address_change=change)
    return change


def confirm(change_id: int, network: str = "") -> Confirmed | None:
    """Make a change of address true, and tell the former one of it; again changes nothing more.

    The former links to the preferences end, and so do wishes to subscribe that were to be
    confirmed at the former address.

    Returns:
        What came of it; None if the reader was erased.
    """
    change = AddressChange.objects.filter(pk=change_id).first()
    if change is None:
        return None
    try:
        with transaction.atomic():
            return _confirm(change, network)
    except IntegrityError:
        # The address is somebody's, perhaps since this very moment.
        return Confirmed.TAKEN


def _confirm(change: AddressChange, network: str) -> Confirmed | None:
    reader = Reader.objects.select_for_update().filter(pk=change.reader_id).first()
    if reader is None:
        return None
    newest = reader.address_changes.first()
    if newest is None or newest.pk != change.pk:
        return Confirmed.REPLACED
    if newest.confirmed_at is not None:
        return Confirmed.CHANGED
    key = address_key(newest.address)
    suppression = is_suppressed(key)
    if suppression is not None and suppression.reason != Suppression.Reason.ERASED:
        return Confirmed.SUPPRESSED
    now = timezone.now()
    former = reader.address
    if key != reader.key:
        let_back(key)
        # No old list brings back mail to an address that its reader has given up.
        keep_away(reader.key, "the reader moved to another address")
        put_out(ServiceMail.Kind.ADDRESS_CHANGED, reader, address=former)
    Reader.objects.filter(pk=reader.pk).update(
        address=newest.address, key=key, link_version=F("link_version") + 1
    )
    SignUp.objects.filter(
        reader=reader, confirmed_at__isnull=True, withdrawn_at__isnull=True
    ).update(withdrawn_at=now)
    note_change(reader, ReaderChange.Kind.ADDRESS, "Confirmed at the new one.", network=network)
    # Later than the note, so that of two changes it is seen which one still holds.
    AddressChange.objects.filter(pk=newest.pk).update(confirmed_at=timezone.now())
    return Confirmed.CHANGED
