"""Shows accounts at the desk; imported by `desk.wagtail_hooks`."""

from __future__ import annotations

from wagtail import hooks

from desk.accounts.recording import register_log_actions
from desk.accounts.viewset import account_menu_item, listing_buttons

hooks.register("register_log_actions", register_log_actions)
hooks.register("register_account_menu_item", account_menu_item)
hooks.register("register_user_listing_buttons", listing_buttons)
