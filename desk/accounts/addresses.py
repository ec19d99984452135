"""An account has one address, in small letters: that is how it is looked for at sign-in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db.models.signals import pre_save


def connect() -> None:
    """Have every account's address written in small letters, whoever saves it."""
    pre_save.connect(_in_small_letters, sender=get_user_model(), dispatch_uid="desk.addresses")


def _in_small_letters(instance: AbstractUser, **_: Any) -> None:
    instance.email = instance.email.lower()
