"""What is searched for on its way through URLs, which end in logs and in a browser's history.

It is encrypted, and readable for half a day. Nothing is kept for it on the server, where it would
outlive a reader who was erased; so two tabs, the way back and the next page work by themselves.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from django.utils.crypto import salted_hmac

SECONDS = 12 * 3600
LONGEST = 4000


def sealed(text: str) -> str:
    """A text as a part of a URL; empty for none."""
    return _key().encrypt(text.encode()).decode() if text else ""


def opened(seal: str) -> str | None:
    """The text that was sealed here; None if that was too long ago, or not here."""
    if not seal:
        return ""
    try:
        return _key().decrypt(seal[:LONGEST].encode(), SECONDS).decode()
    except (InvalidToken, UnicodeError):
        return None


def _key() -> Fernet:
    own = salted_hmac("desk.readers.searches", b"", algorithm="sha256").digest()
    return Fernet(urlsafe_b64encode(own))
