"""Wagtail without pages and documents: what would only confuse is not offered."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.search import SearchArea
from wagtail.admin.ui.components import Component


@hooks.register("construct_homepage_summary_items")
def count_no_pages(request: HttpRequest, items: list[Component]) -> None:
    """Notes are no pages, so a count of pages says nothing; the week says what there is."""
    items.clear()


# Notes are no pages, and nothing here has a document attached.
EMPTY_ROOMS = {
    "explorer",
    "pages",
    "documents",
    "aging-pages",
    "page-types-usage",
    "sites",
    "snippets",
}
# What is new in Wagtail, and its guide to pages, is of no help here. Its version is in one's name.
NO_HELP = ("editor-guide", "whats-new")


@hooks.register("construct_main_menu")
@hooks.register("construct_search")
@hooks.register("construct_help_menu")
@hooks.register("construct_reports_menu")
@hooks.register("construct_settings_menu")
def hide_empty_rooms(request: HttpRequest, items: list[MenuItem]) -> None:
    """What would only confuse is not offered."""
    items[:] = [
        item for item in items if item.name not in EMPTY_ROOMS and not item.name.startswith(NO_HELP)
    ]


@hooks.register("register_admin_search_area")
def search_notes_first() -> SearchArea:
    """The field in the menu searches the first area there is."""
    address = reverse("wagtailsnippets_notes_note:list")
    return SearchArea("Notes", address, name="notes", icon_name="doc-full", order=0)
