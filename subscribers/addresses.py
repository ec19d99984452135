"""E-mail addresses: whether one can be, when two are the same, and how one is shown."""

from __future__ import annotations

import unicodedata

from django.conf import settings
from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

from subscribers.errors import AddressError

# No address has more than 254 bytes; what is much longer is not even looked through.
_LONGEST_LOOKED_AT = 1000


def valid_address(text: str, *, ascii_only: bool | None = None) -> str:
    """The address as it is to be written, e.g. with its domain in lower case.

    Nothing is looked up: whether the domain takes mail shows when mail is sent.

    Args:
        text: what somebody wrote; spaces around it do not count.
        ascii_only: whether the part before the @ has to be ASCII. None: where SendGrid sends,
            which takes no other, and refuses the whole call for one.

    Raises:
        AddressError: if no mail can ever be sent to it.
    """
    if ascii_only is None:
        ascii_only = settings.DELIVERY_TRANSPORT == "sendgrid"
    text = text.strip()
    if len(text) > _LONGEST_LOOKED_AT:
        raise AddressError("The email address is too long.")
    try:
        found = validate_email(text, check_deliverability=False)
    except EmailNotValidError as error:
        raise AddressError(str(error)) from None
    if ascii_only and found.smtputf8:
        raise AddressError(
            _(
                "The service that sends our mail takes only letters without accents, digits and "
                "simple signs before the @; please give another address."
            )
        )
    return found.normalized


def address_key(address: str) -> str:
    """What two writings of one address share: case and Unicode form, nothing more.

    Points and `+tags` count: at most providers they tell two people apart. Lower case, not case
    folding: that would make one of `strasse@` and `straße@`.
    """
    # Composed before and after: some letters have a lower case that is not composed.
    composed = unicodedata.normalize("NFC", address.strip())
    return unicodedata.normalize("NFC", composed.lower())


def masked(address: str) -> str:
    """Enough of an address for its owner to know it again: `r…@example.org`."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"
