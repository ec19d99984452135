"""The import's addresses, and its place in the menu and on the list of notes."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.snippets.views.snippets import IndexView

from desk.importing.views import MAY, ImportedView, ImportView


class ImportMenuItem(MenuItem):
    """Offered to those who may write notes."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(MAY.user_has_permission(request.user, "add"))


class NoteImportViewSet(ViewSet):
    """Files become drafts."""

    name = "note_import"
    url_prefix = "note-import"
    icon = "upload"
    menu_label = "Import notes"
    menu_item_class = ImportMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", ImportView.as_view(), name="import"),
            path("done/", ImportedView.as_view(), name="done"),
        ]


class NotesWithImport(IndexView):
    """The list of notes, with a way to bring some in."""

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        buttons: list[HeaderButton] = super().header_buttons
        if self.user_has_permission("add"):
            address = reverse("note_import:import")
            buttons = [*buttons, HeaderButton("Import notes", url=address, icon_name="upload")]
        return buttons
