"""People at the desk, each with a browser of their own."""

from types import SimpleNamespace

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client

# By name, with their group; the last one is a superuser, who is in none.
PEOPLE = {
    "cora": "Contributors",
    "carl": "Contributors",
    "ed": "Editors",
    "eve": "Editors",
    "paul": "Publishers",
    "ada": "Administrators",
    "root": None,
}


def at_the_desk():
    """Everybody, signed in; `one.user` is their account."""
    return SimpleNamespace(**{name: _signed_in(name, group) for name, group in PEOPLE.items()})


def _signed_in(name, group):
    made = get_user_model().objects.create_user(
        name, f"{name}@example.org", first_name=name.title(), is_superuser=group is None
    )
    if group is not None:
        made.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(made)
    client.user = made
    return client
