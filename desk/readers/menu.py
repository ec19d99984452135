"""The menu "Readers". It is there for whoever may see at least one of its pages."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

HOOK = "register_readers_menu_item"
READERS_MENU = Menu(register_hook_name=HOOK)
# In this order: what is said, its page, the right to see that, the icon.
ENTRIES = (
    ("All readers", "readers:index", "view_reader", "group"),
    ("Health", "reader_health:index", "view_reconfirmation", "table"),
    ("Import", "reader_import:index", "add_importrun", "upload"),
    ("Suppressed addresses", "readers:suppressions", "view_suppression", "no-view"),
    ("Segments", "segments:index", "view_segment", "tag"),
    ("Ask the silent", "reconfirming:index", "view_reconfirmation", "help"),
    ("Forms on other sites", "readers:forms", "view_signupform", "form"),
    ("API keys", "api_keys:index", "view_apikey", "key"),
)


class ReadersMenuItem(MenuItem):
    """An entry for those who have its right."""

    def __init__(self, label: str, url: str, *, right: str, icon_name: str, order: int) -> None:
        super().__init__(label, url, icon_name=icon_name, order=order)
        self.right = right

    def is_shown(self, request: HttpRequest) -> bool:
        shown: bool = request.user.has_perm(self.right)
        return shown


def _register(order: int, label: str, name: str, right: str, icon: str) -> None:
    # A function, because the addresses are not known yet while this is loaded.
    def entry() -> ReadersMenuItem:
        return ReadersMenuItem(
            label, reverse(name), right=f"subscribers.{right}", icon_name=icon, order=order
        )

    hooks.register(HOOK, entry)


for place, told in enumerate(ENTRIES):
    _register(place, *told)


@hooks.register("register_admin_menu_item")
def readers_menu() -> SubmenuMenuItem:
    """In the main menu, after mailings and corrections."""
    return SubmenuMenuItem("Readers", READERS_MENU, name="readers", icon_name="group", order=170)
