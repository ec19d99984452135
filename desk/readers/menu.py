"""The menu "Readers": every page about readers registers its own entry in it.

An entry is registered on the hook `register_readers_menu_item`. The menu is there for whoever may
see at least one of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

HOOK = "register_readers_menu_item"
READERS_MENU = Menu(register_hook_name=HOOK)


class ReadersMenuItem(MenuItem):
    """An entry for those who have at least one of its rights."""

    def __init__(
        self, label: str, url: str, *, rights: Sequence[str], icon_name: str, order: int
    ) -> None:
        super().__init__(label, url, icon_name=icon_name, order=order)
        self.rights = rights

    def is_shown(self, request: HttpRequest) -> bool:
        return any(request.user.has_perm(right) for right in self.rights)


@hooks.register("register_admin_menu_item")
def readers_menu() -> SubmenuMenuItem:
    """In the main menu, after mailings and corrections."""
    return SubmenuMenuItem("Readers", READERS_MENU, name="readers", icon_name="group", order=170)
