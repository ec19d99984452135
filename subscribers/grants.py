"""Links that grant something: signed, made for one purpose, and good for a time.

What a link grants is in a row of the database, which can take it back or end it by being used;
the link only names the row, never anybody's address.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.urls import reverse

from subscribers.errors import BadLink, ExpiredLink


class Grant(StrEnum):
    """What a link grants; the values are names of addresses in `subscribers.urls`."""

    CONFIRM = "confirm"
    NEW_ADDRESS = "new-address"
    STILL_WANTED = "still-wanted"


LIFETIMES = {
    Grant.CONFIRM: timedelta(days=7),
    Grant.NEW_ADDRESS: timedelta(days=2),
    Grant.STILL_WANTED: timedelta(days=60),
}


def grant_url(grant: Grant, row: int) -> str:
    """The absolute address that grants something; its time begins now.

    Args:
        row: the id of the row in which it is written what is granted.
    """
    return f"{settings.SITE_URL}{reverse(f'subscribers:{grant}', args=[grant_token(grant, row)])}"


def grant_token(grant: Grant, row: int) -> str:
    """The part of such an address that is signed."""
    return _signer(grant).sign(str(row))


def row_granted(grant: Grant, token: str) -> int:
    """The id of the row that a link names.

    Raises:
        ExpiredLink: if its time is over; `row` is the id all the same.
        BadLink: if the token is not, letter by letter, one that was made for this.
    """
    signer = _signer(grant)
    try:
        return int(signer.unsign(token, max_age=LIFETIMES[grant]))
    except SignatureExpired:
        raise ExpiredLink("This link has expired.", int(signer.unsign(token))) from None
    except BadSignature:
        raise BadLink(
            "This link is damaged; open it from the mail again, or copy the whole of it."
        ) from None


def _signer(grant: Grant) -> TimestampSigner:
    return TimestampSigner(sep=".", salt=f"subscribers.grants.{grant}")
