"""Proof of when a form was opened: who fills one in takes longer than a script."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer

SHORTEST = timedelta(seconds=3)
LONGEST = timedelta(days=1)
_ONE_MILLISECOND = timedelta(milliseconds=1)


def time_token(opened_at: datetime) -> str:
    """What a form that was opened at an aware moment brings back."""
    return _signer().sign(f"{opened_at.timestamp() * 1000:.0f}")


def age(token: str, now: datetime) -> timedelta | None:
    """How long ago the form was opened; None if the token is none of ours."""
    try:
        opened_at = int(_signer().unsign(token))
    except BadSignature:
        return None
    return round(now.timestamp() * 1000 - opened_at) * _ONE_MILLISECOND


def _signer() -> Signer:
    return Signer(sep=".", salt="subscribers.time_tokens")
