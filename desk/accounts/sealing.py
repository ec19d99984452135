"""Encrypts what must not lie open in the database: the secrets of authenticator apps, the seeds
of recovery codes. The keys are derived from Django's, the former ones too.
"""

from __future__ import annotations

import base64
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_PURPOSE = b"desk.accounts: second factors"


class SealError(Exception):
    """What was sealed was sealed with a key that is not here any more."""


def seal(text: str) -> str:
    """The text, encrypted with the key of now."""
    return (
        _keys(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        .encrypt(text.encode())
        .decode("ascii")
    )


def unseal(sealed: str) -> str:
    """What `seal` was given.

    Raises:
        SealError: if neither the key of now nor a former one fits.
    """
    keys = _keys(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    try:
        return keys.decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealError("sealed with a key that is not here any more") from None


@cache
def _keys(*secrets: str) -> MultiFernet:
    return MultiFernet([Fernet(_derived(secret)) for secret in secrets])


def _derived(secret: str) -> bytes:
    key = HKDF(SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(key)
