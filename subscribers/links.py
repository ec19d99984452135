"""The readers' own links: signed, made for one purpose, and good for every mail ever sent.

A link of one purpose never does the other's work: the purpose is part of what is
signed. Links do not expire, because mails are kept for years; after a change of the
secret key the former one is kept in `SECRET_KEY_FALLBACKS`, and old links keep working.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from subscribers.errors import BadLink


class Purpose(StrEnum):
    """What a link is for; the values are names of addresses in `subscribers.urls`."""

    UNSUBSCRIBE = "unsubscribe"
    PREFERENCES = "preferences"


def unsubscribe_url(subscription_id: int) -> str:
    """The address that ends one subscription, for `List-Unsubscribe` and the mail's footer."""
    return _url(subscription_id, Purpose.UNSUBSCRIBE)


def preferences_url(subscription_id: int) -> str:
    """The address at which the subscription's reader sees all that they get."""
    return _url(subscription_id, Purpose.PREFERENCES)


def subscription_of(token: str, purpose: Purpose) -> int:
    """The id of the subscription that a link was made for; it may have been erased since.

    Raises:
        BadLink: if the token is not, letter by letter, one that was made for this purpose.
    """
    try:
        return int(_signer(purpose, *_keys()).unsign(token))
    except BadSignature:
        raise BadLink(
            "This link is damaged; open it from the mail again, or copy the whole of it."
        ) from None


def _url(subscription_id: int, purpose: Purpose) -> str:
    before, after = _path(purpose)
    token = _signer(purpose, *_keys()).sign(str(subscription_id))
    return f"{settings.SITE_URL}{before}{token}{after}"


def _keys() -> tuple[str | bytes, ...]:
    return settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS


# A mailing asks for two links a reader: signer and path are made once, not 200,000 times.
@cache
def _signer(purpose: Purpose, key: str | bytes, *former_keys: str | bytes) -> Signer:
    return Signer(
        key=key, fallback_keys=list(former_keys), sep=".", salt=f"subscribers.links.{purpose}"
    )


@cache
def _path(purpose: Purpose) -> tuple[str, str]:
    before, _, after = reverse(f"subscribers:{purpose}", args=["TOKEN"]).partition("TOKEN")
    return before, after
