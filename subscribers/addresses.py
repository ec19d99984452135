"""E-mail addresses: whether one can be, when two are the same, and how one is shown."""

from __future__ import annotations

import unicodedata

from email_validator import EmailNotValidError, validate_email

from subscribers.errors import AddressError


def valid_address(text: str) -> str:
    """The address as it is to be written, e.g. with its domain in lower case.

    Nothing is looked up: whether the domain takes mail shows when mail is sent. The part before
    the @ has to be ASCII: SendGrid takes no other, and refuses the whole call for one.

    Raises:
        AddressError: if no mail can ever be sent to it.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
        return found.normalized
    except EmailNotValidError as error:
        raise AddressError(str(error)) from None


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
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"
