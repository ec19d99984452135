"""E-mail addresses: whether one can be, and when two are the same."""

from __future__ import annotations

import unicodedata

from email_validator import EmailNotValidError, validate_email


class AddressError(ValueError):
    """Not an address; the message says why, without repeating the address."""


def valid_address(text: str) -> str:
    """The address as it is to be written, e.g. with its domain in lower case.

    Nothing is looked up: whether the domain takes mail shows when mail is sent.

    Raises:
        AddressError: if no mail can ever be sent to it.
    """
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise AddressError(str(error)) from None


def address_key(address: str) -> str:
    """What two writings of one address share: case and Unicode form, nothing more.

    Points and `+tags` count: at most providers they tell two people apart. Lower case, not case
    folding: that would make one of `strasse@` and `straße@`.
    """
    return unicodedata.normalize("NFC", address.strip()).lower()
