"""Return paths that name their recipient, so that a bounce does (VERP), without an address.

`bounces@example.org` becomes `bounces+<recipient id>.<signature>@example.org`: whoever writes to
such an address without having had the mail can't make it up. Case does not matter in it, because
some servers change it on the way.
"""

from __future__ import annotations

import base64
import re

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "delivery.transports.return_path"
SIGNATURE = 12
SIGNED = re.compile(rf"[^@]+\+([1-9]\d{{0,18}})\.([a-z2-7]{{{SIGNATURE}}})@[^@]+", re.ASCII)
# Before the @ there may be 64 characters (RFC 5321, 4.5.3.1.1).
LONGEST_LOCAL_PART = 64 - len("+.") - len(str(2**63)) - SIGNATURE


def return_path_of(recipient_id: int, mailbox: str) -> str:
    """The return path of one recipient's copy.

    Args:
        mailbox: where the bounces come in; its part before the @ has at most
            `LONGEST_LOCAL_PART` characters.
    """
    local_part, _, domain = mailbox.rpartition("@")
    signature = _signature(str(recipient_id), settings.SECRET_KEY)
    return f"{local_part}+{recipient_id}.{signature}@{domain}"


def recipient_of(return_path: str) -> int | None:
    """The recipient whose return path this is; None if it is none that was made here.

    After a change of the secret key, those signed with a former one are still known.
    """
    found = SIGNED.fullmatch(return_path.lower())
    if found is None:
        return None
    recipient_id, signature = found.groups()
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if any(constant_time_compare(_signature(recipient_id, key), signature) for key in keys):
        return int(recipient_id)
    return None


def _signature(recipient_id: str, key: str | bytes) -> str:
    digest = salted_hmac(SALT, recipient_id, key, algorithm="sha256").digest()
    return base64.b32encode(digest).decode()[:SIGNATURE].lower()
