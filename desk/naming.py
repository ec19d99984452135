"""What a person is called at the desk and in the record."""

from __future__ import annotations

from typing import Any


def name_of(account: Any) -> str:
    """The name of somebody with an account; their user name if they have told no other."""
    return str(account.get_full_name() or account.get_username())
