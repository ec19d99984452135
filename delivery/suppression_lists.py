"""Suppressions, both ways: what SendGrid knows is taken in here, and what is known here told there.

Page by page, each in a short transaction of its own: what was done before an interruption stays
done, and doing it again is harmless.
https://www.twilio.com/docs/sendgrid/api-reference/suppressions
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from delivery.errors import DeliveryError
from delivery.models import Mailing
from delivery.transports.eml import in_ascii_where_possible
from delivery.transports.sendgrid_calls import Calls, NoAnswer, NotSent, Reply
from subscribers.addresses import valid_address
from subscribers.erased import IS_STAND_IN, suppressed_among
from subscribers.errors import AddressError
from subscribers.models import Suppression
from subscribers.suppressing import key_of, suppress_all

# Not its list of blocks: those are of one message each, and SendGrid goes on mailing them.
LISTS = {
    "spam_reports": ("spam reports", Suppression.Reason.COMPLAINED),
    "unsubscribes": ("global unsubscribes", Suppression.Reason.BY_REQUEST),
    "bounces": ("bounces", Suppression.Reason.BOUNCED),
    "invalid_emails": ("invalid addresses", Suppression.Reason.BOUNCED),
}
# The list on which ours are put, too.
OF_OURS = "unsubscribes"
GLOBAL = "/v3/asm/suppressions/global"
# The most that the API gives; for what it takes no limit is documented.
PAGE = 500
BATCH = 1000
# Seconds that are waited in all, where the provider wants to be asked later.
PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one of SendGrid's lists holds, and how many of it were not suppressed here."""

    name: str
    addresses: int
    new: int


@dataclass(frozen=True, slots=True)
class Pushed:
    """How many suppressions SendGrid was told of.

    `left_out` are addresses that no mail can be sent to, so that SendGrid takes them for none.
    """

    told: int
    left_out: int


def pull(calls: Calls, *, patience: float = PATIENCE) -> list[Pulled]:
    """Suppress here whom SendGrid suppresses; it counts as told of these.

    Args:
        patience: seconds to wait in all where SendGrid wants to be asked later.

    Raises:
        DeliveryError: if the lists can't be read to their end; what was read is taken in.
    """
    api = _Patient(calls, patience)
    # What comes on a list meanwhile would shift its pages.
    until = str(int(time.time()))
    return [_pull(api, path, until) for path in LISTS]


def push(calls: Calls, *, patience: float = PATIENCE) -> Pushed:
    """Tell SendGrid of all suppressions here that it has not been told of.

    Of those who were erased nobody here knows the address any more.

    Args:
        patience: as for `pull`.

    Raises:
        DeliveryError: if it can't be told of all; what it was told of is noted.
    """
    api = _Patient(calls, patience)
    told = left_out = last = 0
    while True:
        rows = dict(_untold().filter(pk__gt=last).order_by("pk").values_list("pk", "key")[:BATCH])
        if not rows:
            return Pushed(told, left_out)
        last = max(rows)
        addresses = {pk: address for pk, key in rows.items() if (address := _written(key))}
        taken = _tell(api, list(addresses), addresses)
        Suppression.objects.filter(pk__in=taken).update(pushed_at=timezone.now())
        told += len(taken)
        left_out += len(rows) - len(taken)


def are_to_be_pushed_before(mailing: Mailing) -> bool:
    """Whether a mailing is its publication's first by SendGrid, which does not know ours yet."""
    by_sendgrid = Mailing.objects.filter(
        edition__publication=mailing.edition.publication, transport="sendgrid"
    )
    return (
        mailing.transport == "sendgrid"
        and not by_sendgrid.filter(pk__lt=mailing.pk).exists()
        and _untold().exists()
    )


def _untold() -> QuerySet[Suppression]:
    return Suppression.objects.filter(~IS_STAND_IN, pushed_at__isnull=True)


def _pull(api: _Patient, path: str, until: str) -> Pulled:
    name, reason = LISTS[path]
    addresses = new = 0
    before = b""
    while True:
        query = {"limit": str(PAGE), "offset": str(addresses), "end_time": until}
        reply = api.call("GET", f"/v3/suppression/{path}", query=query)
        page = _addresses_in(reply, name)
        if page and reply.body == before:
            raise DeliveryError(f"SendGrid gives the same page of its list of {name} twice.")
        before = reply.body
        new += _take_in(page, reason, f"SendGrid's list of {name}", echoes=path == OF_OURS)
        addresses += len(page)
        if len(page) < PAGE:
            return Pulled(name, addresses, new)


def _addresses_in(reply: Reply, name: str) -> list[str]:
    try:
        if reply.status != HTTPStatus.OK:
            raise DeliveryError(_refusal(reply, f"list of {name}"))
        addresses = [entry["email"] for entry in json.loads(reply.body)]
        if not all(isinstance(one, str) and one.isprintable() for one in addresses):
            raise TypeError
    except (ValueError, TypeError, KeyError, RecursionError):
        raise DeliveryError(f"SendGrid's list of {name} can't be understood.") from None
    return addresses


@transaction.atomic
def _take_in(
    addresses: Sequence[str], reason: Suppression.Reason, source: str, *, echoes: bool
) -> int:
    """Suppress a page of addresses; how many were not suppressed before.

    Args:
        echoes: whether what SendGrid was told of comes back here, of which it knows no reason.
    """
    keys = {key_of(address): address for address in addresses}
    known = suppressed_among(keys)
    told = {key for key, row in known.items() if echoes and row.pushed_at is not None}
    suppress_all((address, reason, source) for key, address in keys.items() if key not in told)
    ours = suppressed_among(keys)
    untold = [row.pk for row in ours.values() if row.pushed_at is None]
    Suppression.objects.filter(pk__in=untold).update(pushed_at=timezone.now())
    return len(ours) - len(known)


def _tell(api: _Patient, pks: Sequence[int], addresses: Mapping[int, str]) -> list[int]:
    """Tell SendGrid of some addresses; those that it takes."""
    if not pks:
        return []
    body = json.dumps({"recipient_emails": [addresses[pk] for pk in pks]}).encode()
    reply = api.call("POST", GLOBAL, body)
    if reply.status == HTTPStatus.CREATED:
        return list(pks)
    if reply.status != HTTPStatus.BAD_REQUEST:
        raise DeliveryError(_refusal(reply, "list of global unsubscribes"))
    if len(pks) == 1:
        return []
    # One that is no address for SendGrid must not keep the others from it.
    half = len(pks) // 2
    return _tell(api, pks[:half], addresses) + _tell(api, pks[half:], addresses)


def _written(key: str) -> str:
    """The address as SendGrid takes it; empty if no mail can be sent to it."""
    try:
        return in_ascii_where_possible(valid_address(key, ascii_only=True))
    except AddressError:
        return ""


def _refusal(reply: Reply, what: str) -> str:
    if reply.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return (
            f"SendGrid's {what} is closed to TWTW_SENDGRID_API_KEY, which needs the rights "
            f"Suppressions and Unsubscribe Groups: {reply.sentence}"
        )
    return f"SendGrid's {what}: {reply.sentence} Run the same command again later."


class _Patient:
    """The API, asked again after a 429 as long as the patience lasts."""

    def __init__(self, calls: Calls, patience: float) -> None:
        self._calls = calls
        self._left = patience

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Reply:
        while True:
            try:
                reply = self._calls.call(method, path, body, query)
            except (NotSent, NoAnswer) as error:
                raise DeliveryError(f"{error} Run the same command again.") from None
            wait = reply.seconds_until_reset
            if reply.status != HTTPStatus.TOO_MANY_REQUESTS or wait > self._left:
                return reply
            self._left -= wait
            time.sleep(wait)
