"""What the API does: begin a subscription, say what became of it, and end it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from subscribers.addresses import address_key, valid_address
from subscribers.api.bodies import OfOnePublication, State, Subscription, Wish
from subscribers.api.problems import Problem
from subscribers.errors import AddressError
from subscribers.grants import LIFETIMES, Grant
from subscribers.leaving import end_subscriptions
from subscribers.limits import ADDRESS, mailbox, take
from subscribers.models import ApiKey, SignUp
from subscribers.models import Subscription as Row
from subscribers.networks import network_of_address
from subscribers.signing_up import sign_up

FORM = "api"


def begin(key: ApiKey, wish: Wish) -> Subscription:
    """Ask the owner of an address to confirm; the same answer whether or not it is known.

    Raises:
        Problem: 422 for an address or a publication that is none; 429 for a mailbox to which as
            many mails went today as one gets in a day, whoever asked for them.
    """
    publications = _publications(key, wish.publications)
    try:
        if wait := take(ADDRESS, mailbox(address_key(valid_address(wish.address)))):
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                "This address was asked too often today; try it again tomorrow.",
                headers={"Retry-After": str(math.ceil(wait.total_seconds()))},
            )
        made = sign_up(
            wish.address,
            publications,
            form=FORM,
            source=f"API: {key.name}",
            name=wish.name,
            wording=wish.wording,
            network=network_of_address(wish.visitor) if wish.visitor else "",
            api_key=key,
        )
    except AddressError as error:
        raise _wrong("/address", str(error)) from None
    return told(made, timezone.now())


def find(key: ApiKey, public_id: UUID) -> SignUp:
    """What a key began, by its id.

    Raises:
        Problem: 404 if this key began no such thing, or its reader was erased.
    """
    found = _of(key).filter(public_id=public_id).first()
    if found is None:
        raise Problem(HTTPStatus.NOT_FOUND, "This key began no subscription with this id.")
    return found


def page(key: ApiKey, before: int | None, size: int) -> tuple[list[SignUp], int | None]:
    """What a key began, the newest first, and where the page after it begins.

    Args:
        before: what a former page named; None for the first.
        size: how many at most.
    """
    rows = _of(key).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


@transaction.atomic
def end(key: ApiKey, public_id: UUID) -> None:
    """End what a key began; what its reader confirmed anew since stays. Again changes nothing.

    Raises:
        Problem: 404 as for `find`.
    """
    # In this order everywhere: the subscriptions, the sign-ups. Its reader may be confirming it.
    own = Row.objects.filter(sign_ups__public_id=public_id, sign_ups__api_key=key)
    rows = list(own.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    list(SignUp.objects.select_for_update(no_key=True, of=("self",)).filter(public_id=public_id))
    made = find(key, public_id)
    ending = [row.pk for row in rows if _is_of(made, row)]
    SignUp.objects.filter(pk=made.pk, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())
    end_subscriptions(dict.fromkeys(ending, f"API: {key.name}"))


def told(made: SignUp, now: datetime) -> Subscription:
    """A sign-up as the API shows it.

    Only what its own confirmation has made of it: whether somebody has the publication from
    elsewhere is not the key's business.
    """
    state = _state(made, now)
    return Subscription(
        id=made.public_id,
        state=state,
        asked_at=made.asked_at,
        confirmed_at=made.confirmed_at,
        publications=[
            OfOnePublication(
                publication=row.publication.slug,
                state=_state_of(made, row) if made.confirmed_at is not None else state,
            )
            for row in sorted(made.subscriptions.all(), key=lambda row: row.publication.slug)
        ],
    )


def _state(made: SignUp, now: datetime) -> State:
    if made.confirmed_at is not None:
        states = {_state_of(made, row) for row in made.subscriptions.all()}
        return State.CONFIRMED if State.CONFIRMED in states else State.ENDED
    if made.withdrawn_at is not None:
        return State.ENDED
    over = (made.mailed_at or made.asked_at) + LIFETIMES[Grant.CONFIRM] < now
    return State.EXPIRED if over else State.WAITING


def _state_of(made: SignUp, row: Row) -> State:
    return State.CONFIRMED if _is_of(made, row) else State.ENDED


def _is_of(made: SignUp, row: Row) -> bool:
    """Whether a reader still has what they confirmed by this sign-up, and not by a later one."""
    if made.withdrawn_at is not None or made.confirmed_at is None or row.confirmed_at is None:
        return False
    return row.state == Row.State.CONFIRMED and row.confirmed_at <= made.confirmed_at


def _of(key: ApiKey) -> QuerySet[SignUp]:
    return SignUp.objects.filter(api_key=key).prefetch_related("subscriptions__publication")


def _publications(key: ApiKey, slugs: Sequence[str]) -> list[Any]:
    known = {publication.slug: publication for publication in key.publications.all()}
    if unknown := [slug for slug in slugs if slug not in known]:
        there = ", ".join(sorted(known)) or "none"
        place = slugs.index(unknown[0])
        raise _wrong(
            f"/publications/{place}", f"This key subscribes to other publications: {there}."
        )
    return [known[slug] for slug in dict.fromkeys(slugs)]


def _wrong(pointer: str, detail: str) -> Problem:
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "A field has a value that can't be.",
        errors=[{"pointer": pointer, "detail": detail}],
    )
