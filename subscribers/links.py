"""The readers' own links: signed, made for one purpose, and good for every mail ever sent.

A link of one purpose never does the other's work: the purpose is part of what is
signed. Links do not expire, because mails are kept for years; after a change of the
secret key the former one is kept in `SECRET_KEY_FALLBACKS`, and old links keep working.
A reader may end the former links to the preferences: those carry the version of the reader's
links (`Reader.link_version`) in what is signed, the first version none, as mails always had it.
"""

from __future__ import annotations

from binascii import b2a_base64
from enum import StrEnum
from functools import cache

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.crypto import salted_hmac

from subscribers.errors import BadLink


class Purpose(StrEnum):
    """What a link is for; the values are names of addresses in `subscribers.urls`."""

    UNSUBSCRIBE = "unsubscribe"
    PREFERENCES = "preferences"


def unsubscribe_url(subscription_id: int) -> str:
    """The address that ends one subscription, for `List-Unsubscribe` and the mail's footer."""
    return form(Purpose.UNSUBSCRIBE).url(subscription_id)


def preferences_url(subscription_id: int, version: int = 0) -> str:
    """The address at which the subscription's reader sees all that they get.

    Args:
        subscription_id: any subscription of the reader.
        version: the reader's `link_version`.
    """
    return form(Purpose.PREFERENCES).url(subscription_id, version)


def subscription_of(token: str, purpose: Purpose) -> int:
    """The id of the subscription that a link was made for; it may have been erased since.

    Raises:
        BadLink: if the token is not, letter by letter, one that was made for this purpose.
    """
    subscription_id, _ = subscription_and_version(token, purpose)
    return subscription_id


def subscription_and_version(token: str, purpose: Purpose) -> tuple[int, int]:
    """The same, and for which version of the reader's links it was made.

    Raises:
        BadLink: as above.
    """
    try:
        subscription_id, _, version = _signer(purpose, *_keys()).unsign(token).partition("-")
    except BadSignature:
        raise BadLink(
            "This link is damaged; open it from the mail again, or copy the whole of it."
        ) from None
    return int(subscription_id), int(version or 0)


class Form:
    """What all links of a purpose have in common; `url` fills it in.

    A mailing to a million asks for two million links. They are signed as Django's Signer does
    it, with a key that was hashed once, in a sixth of its time.
    """

    def __init__(self, purpose: Purpose, site: str, key: str | bytes) -> None:
        before, _, after = reverse(f"subscribers:{purpose}", args=["TOKEN"]).partition("TOKEN")
        self._beginning, self._end = f"{site}{before}", after
        # "signer" is what Signer adds to its salt.
        self._mac = salted_hmac(f"{_salt(purpose)}signer", b"", key, algorithm="sha256")

    def url(self, subscription_id: int, version: int = 0) -> str:
        """The absolute address for one subscription, of a version of its reader's links."""
        signed = f"{subscription_id}-{version}" if version else f"{subscription_id}"
        mac = self._mac.copy()
        mac.update(signed.encode())
        signature = b2a_base64(mac.digest(), newline=False).translate(_URL_SAFE, b"=").decode()
        return f"{self._beginning}{signed}.{signature}{self._end}"


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def form(purpose: Purpose) -> Form:
    """The form of a purpose's links, for who needs many."""
    return _form(purpose, settings.SITE_URL, settings.SECRET_KEY)


@cache
def _form(purpose: Purpose, site: str, key: str | bytes) -> Form:
    return Form(purpose, site, key)


def _salt(purpose: Purpose) -> str:
    return f"subscribers.links.{purpose}"


def _keys() -> tuple[str | bytes, ...]:
    return settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS


@cache
def _signer(purpose: Purpose, key: str | bytes, *former_keys: str | bytes) -> Signer:
    return Signer(key=key, fallback_keys=list(former_keys), sep=".", salt=_salt(purpose))
