"""Wrong passwords are counted for each account: however its name is typed, whatever the browser
says of the site. What is locked opens with time, or with a new password by mail.

How many, for how long: `ACCOUNT_RATE_LIMITS` in the settings.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from allauth.account.signals import password_reset
from allauth.core import ratelimit
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest


def account_meant(*, username: str = "", email: str = "", **_: Any) -> AbstractUser | None:
    """Whose account a person means who types a user name or an address."""
    account: AbstractUser | None = get_user_by_username(username) if username else None
    if account is None and email:
        account = next(iter(filter_users_by_email(email, for_login=True)), None)
    return account


def counted_for(**typed: Any) -> str:
    """What wrong passwords are counted for: an account, or a name that has none.

    Allauth counts by the name as it was typed and by the `Host` header, which anybody may write
    with another port each time: then nobody would ever be locked.
    """
    account = account_meant(**typed)
    if account:
        return f"account {account.pk}"
    return f"name {(typed.get('email') or typed.get('username') or '').casefold()}"


def connect() -> None:
    """Have a new password, got by mail, open a locked account."""
    password_reset.connect(_open, dispatch_uid="desk.locking")


def _open(request: HttpRequest, user: AbstractUser, **_: Any) -> None:
    ratelimit.clear(request, action="login_failed", key=f"account {user.pk}")
