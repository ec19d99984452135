"""API keys: made once, shown once, kept as a hash, each with its scopes and its publications."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.utils.crypto import constant_time_compare

from subscribers.api.problems import Problem
from subscribers.limits import count
from subscribers.models import ApiKey

# Recognised as ours, by people and by scanners for secrets that were published by mistake.
MARK = "twtw"
_BYTES_OF_THE_KEY = 32
A_MINUTE = timedelta(minutes=1)
# Who guesses keys finds none; it only must not cost much either.
WRONG_KEYS_A_MINUTE = 30
# The time of the last use is for people: to the minute is enough, and saves a write a call.
_USE_IS_NOTED_AFTER = timedelta(minutes=1)


class Scope(StrEnum):
    """What a key lets its holder do."""

    WRITE = "subscriptions:write"
    READ = "subscriptions:read"
    DELETE = "subscriptions:delete"

    @property
    def meaning(self) -> str:
        return _MEANINGS[self]


_MEANINGS = {
    Scope.WRITE: "ask people to confirm that they want a publication",
    Scope.READ: "see what became of those whom this key asked",
    Scope.DELETE: "end what this key began",
}


@transaction.atomic
def make_key(
    name: str,
    scopes: Collection[Scope],
    publications: Iterable[Any],
    *,
    per_minute: int = 60,
    account: Any = None,
) -> tuple[ApiKey, str]:
    """A new key, and the text that its holder sends along; nobody can read it again.

    Args:
        name: who uses it, and for what.
        scopes: what it is for.
        publications: the `issues.Publication`s that it can subscribe people to.
        per_minute: how many calls are answered in a minute.
        account: whose desk account made it, if any.
    """
    prefix = secrets.token_hex(4)
    secret = f"{MARK}_{prefix}_{secrets.token_urlsafe(_BYTES_OF_THE_KEY)}"
    key = ApiKey.objects.create(
        name=name,
        prefix=prefix,
        digest=_digest(secret),
        scopes=sorted(scopes),
        per_minute=per_minute,
        created_by=account,
    )
    key.publications.set(publications)
    return key, secret


def revoke(key: ApiKey, now: datetime) -> bool:
    """End a key for good; whether it was this call that did."""
    return bool(ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=now))


def holder(authorization: str, scope: Scope | None, network: str, now: datetime) -> ApiKey:
    """The key that a request shows, counted and found good for a scope.

    Args:
        authorization: the request's header of this name: `Bearer twtw_…` (RFC 6750).
        scope: what the request is about to do; None for what every key may.
        network: the keyed hash of where it comes from.
        now: an aware moment.

    Raises:
        Problem: 401 without a good key, 403 without the scope, 429 with too many calls.
    """
    key = _known(authorization)
    if key is None:
        if count("api-wrong-key", network, A_MINUTE) > WRONG_KEYS_A_MINUTE:
            raise _too_many("Too many calls without a good key came from this network.")
        # RFC 6750, section 3.1: who shows no key is not told that one is wrong.
        wrong = ', error="invalid_token"' if authorization[:7].lower() == "bearer " else ""
        raise Problem(
            HTTPStatus.UNAUTHORIZED,
            "Send a key that is in force, as “Authorization: Bearer twtw_…”.",
            headers={"WWW-Authenticate": f'Bearer realm="subscriptions"{wrong}'},
        )
    if count("api-call", key.prefix, A_MINUTE) > key.per_minute:
        raise _too_many(f"This key may make {key.per_minute} calls a minute.")
    if scope is not None and scope not in key.scopes:
        raise Problem(
            HTTPStatus.FORBIDDEN,
            f"This key lacks the scope {scope}; a key with it is made at the desk.",
            headers={
                "WWW-Authenticate": f'Bearer realm="subscriptions", '
                f'error="insufficient_scope", scope="{scope}"'
            },
        )
    if key.last_used_at is None or now - key.last_used_at > _USE_IS_NOTED_AFTER:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def _known(authorization: str) -> ApiKey | None:
    kind, _, secret = authorization.partition(" ")
    mark, _, rest = secret.strip().partition("_")
    prefix = rest.partition("_")[0]
    # ASCII: PostgreSQL refuses to look for a NUL, and no other could be in one of ours.
    if kind.lower() != "bearer" or mark != MARK or not (prefix.isascii() and prefix.isalnum()):
        return None
    found = ApiKey.objects.filter(prefix=prefix, revoked_at__isnull=True).first()
    if found is None or not constant_time_compare(found.digest, _digest(secret.strip())):
        return None
    return found


def _digest(secret: str) -> str:
    # Plain: of 256 random bits nobody guesses any, and another SECRET_KEY must not end all keys.
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def _too_many(why: str) -> Problem:
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        f"{why} Call again after a minute.",
        headers={"Retry-After": str(int(A_MINUTE.total_seconds()))},
    )
