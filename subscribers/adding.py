"""Adding a reader by hand: with the reason why they may be mailed, or by asking them first.

Nobody who left, was erased or must not be mailed comes back this way; they subscribe themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from subscribers.addresses import address_key, valid_address
from subscribers.changes import note_change
from subscribers.erased import is_suppressed
from subscribers.errors import SubscriberError
from subscribers.models import Consent, Reader, ReaderChange, SignUp, Subscription
from subscribers.sentences import checked_sentence
from subscribers.signing_up import checked_name, sign_up

FORM = "desk"
# Who is asked again so soon was asked by a button that was pressed twice.
A_MOMENT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Added:
    """Who was added, to which publications, and which of those chosen they got already."""

    reader: Reader
    to: tuple[Any, ...]
    already: tuple[Any, ...]


@transaction.atomic
def add_reader(
    address: str,
    publications: Sequence[Any],
    *,
    basis: Consent.Basis,
    source: str,
    by: str,
    name: str = "",
) -> Added:
    """Add a reader who gets the publications from now on.

    Args:
        address: in any writing.
        publications: at least one `issues.Publication`.
        basis: why the law lets this person be mailed.
        source: where that is recorded, e.g. `signed list of the conference in May`.
        by: who of the newsroom adds them.
        name: the person's; one that is known already stays.

    Raises:
        AddressError: if no mail can be sent to the address.
        SubscriberError: if something is missing, or the person is not to be added by others.
    """
    address, name = valid_address(address), checked_name(name)
    source = checked_sentence(source, "where it is recorded that this person may be mailed")
    key = address_key(address)
    Reader.objects.bulk_create([Reader(address=address, key=key, name=name)], ignore_conflicts=True)
    # Locked, then looked at: who is being erased at this moment is gone, or suppressed, by now.
    reader = Reader.objects.select_for_update(no_key=True).filter(key=key).first()
    _refuse_unwanted(key, publications)
    if reader is None:
        raise SubscriberError("This reader was erased in this very moment; nothing was done.")
    if name and not reader.name:
        Reader.objects.filter(pk=reader.pk, name="").update(name=name)
    now = timezone.now()
    confirmed, already = _confirm(reader, publications, now)
    Consent.objects.bulk_create(
        Consent(
            subscription=subscription,
            act=Consent.Act.GIVEN,
            source=source,
            at=now,
            basis=basis,
            form=FORM,
            by=by,
        )
        for subscription in confirmed
    )
    to = [subscription.publication for subscription in confirmed]
    if to:
        note_change(reader, ReaderChange.Kind.ADDED, f"To {names_of(to)}.", by=by)
    return Added(reader, tuple(to), tuple(already))


@transaction.atomic
def ask_reader(
    address: str, publications: Sequence[Any], *, source: str, by: str, name: str = ""
) -> SignUp:
    """Have a mail ask somebody whether they want the publications; they get nothing before.

    Args:
        address: in any writing.
        publications: at least one `issues.Publication`.
        source: where the wish comes from, e.g. `asked for it at the conference in May`.
        by: who of the newsroom asks.
        name: the person's.

    Raises:
        AddressError, SubscriberError: as for `add_reader`; and if they were asked just now.
    """
    name = checked_name(name)
    source = checked_sentence(source, "where the wish comes from")
    _refuse_unwanted(address_key(valid_address(address)), publications)
    asked = sign_up(address, publications, form=FORM, source=source, name=name)
    # Looked at with the reader locked; the refusal takes back what was done.
    _refuse_twice(asked, publications)
    sentence = f"Asked to confirm {names_of(publications)}."
    note_change(asked.reader, ReaderChange.Kind.ADDED, sentence, by=by)
    return asked


def _refuse_twice(asked: SignUp, publications: Sequence[Any]) -> None:
    before = SignUp.objects.filter(
        reader=asked.reader, form=FORM, asked_at__gt=asked.asked_at - A_MOMENT
    ).exclude(pk=asked.pk)
    known = set(before.values_list("subscriptions__publication", flat=True))
    if known.issuperset(publication.pk for publication in publications):
        raise SubscriberError(
            "They were asked a moment ago, and the mail is on its way; nothing was done."
        )


def _refuse_unwanted(key: str, publications: Sequence[Any]) -> None:
    if not publications:
        raise SubscriberError("Choose at least one publication.")
    suppression = is_suppressed(key)
    # What stands in for the address of an erased person is not that address.
    if suppression is not None and suppression.key != key:
        raise SubscriberError(
            "Its owner had everything erased, or gave this address up, so nobody adds it again. If "
            "they want mail there, let them subscribe themselves."
        )
    if suppression is not None:
        raise SubscriberError(
            f"This address must not be mailed ({suppression.get_reason_display()}). If its owner "
            "wants mail again, allow the address first."
        )
    ended = Subscription.objects.filter(
        reader__key=key, publication__in=publications, state=Subscription.State.ENDED
    )
    if left := [row.publication for row in ended.select_related("publication")]:
        raise SubscriberError(
            f"This person has left {names_of(left)}, so nobody adds them again. If they want it "
            "back, let them subscribe themselves."
        )


def _confirm(
    reader: Reader, publications: Sequence[Any], now: datetime
) -> tuple[list[Subscription], list[Any]]:
    """The subscriptions that this call confirms, and the publications that they got already.

    Raises:
        SubscriberError: if the reader has left one in this very moment.
    """
    Subscription.objects.bulk_create(
        (Subscription(reader=reader, publication=publication) for publication in publications),
        ignore_conflicts=True,
    )
    # In order: two that do the same never wait for each other in a circle.
    rows = (
        Subscription.objects.select_for_update(no_key=True, of=("self",))
        .filter(reader=reader, publication__in=publications)
        .select_related("publication")
        .order_by("pk")
    )
    pending, already = [], []
    for row in rows:
        if row.state == Subscription.State.ENDED:
            raise SubscriberError(f"This person has just left {row.publication}; let them be.")
        if row.state == Subscription.State.CONFIRMED:
            already.append(row.publication)
        else:
            row.state, row.confirmed_at = Subscription.State.CONFIRMED, now
            pending.append(row)
    Subscription.objects.bulk_update(pending, ["state", "confirmed_at"])
    return pending, already


def names_of(publications: Sequence[Any]) -> str:
    """Publications in a sentence: `GP Alerts and The World This Week`."""
    return " and ".join(sorted(str(publication) for publication in publications))
