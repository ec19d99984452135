"""The demo's people at the desk: one for each role, all with the same password."""

from __future__ import annotations

from typing import Any

PASSWORD = "read-me-on-sunday"  # noqa: S105 - for a demo on this machine, printed at its end
# User name, name, group.
PEOPLE = (
    ("contributor", "Cora Contributor", "Contributors"),
    ("editor", "Edda Editor", "Editors"),
    ("publisher", "Paul Publisher", "Publishers"),
    ("administrator", "Ada Administrator", "Administrators"),
)


def make_people() -> None:
    """Make their accounts; the administrator has every right that there is."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group

    for username, name, group in PEOPLE:
        first, last = name.split()
        user = get_user_model().objects.create_user(
            username,
            f"{username}@example.org",
            PASSWORD,
            first_name=first,
            last_name=last,
            is_superuser=username == "administrator",
        )
        user.groups.add(Group.objects.get(name=group))


def account(username: str) -> Any:
    """One of them."""
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(username=username)
