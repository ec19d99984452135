"""The addresses of the import of readers, and its entry in the menu."""

from __future__ import annotations

from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet

from desk.readers.import_decisions import Cancel, ChooseColumns, TakeIn
from desk.readers.importing import Bring, Now, RefusedRows, Run


class ReaderImportViewSet(ViewSet):
    """Imports are made by bringing a file; nobody writes or deletes one."""

    name = "reader_import"
    url_prefix = "readers/import"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", Bring.as_view(), name="index"),
            path("<int:pk>/", Run.as_view(), name="run"),
            path("<int:pk>/now/", Now.as_view(), name="now"),
            path("<int:pk>/columns/", ChooseColumns.as_view(), name="columns"),
            path("<int:pk>/refused/", RefusedRows.as_view(), name="refused"),
            path(
                "<int:pk>/subscribe/",
                TakeIn.as_view(action_title="Subscribe them"),
                name="subscribe",
            ),
            path(
                "<int:pk>/ask/",
                TakeIn.as_view(ask=True, action_title="Ask each of them"),
                name="ask",
            ),
            path("<int:pk>/cancel/", Cancel.as_view(), name="cancel"),
        ]


@hooks.register("register_admin_viewset")
def show_the_import() -> ReaderImportViewSet:
    """Called once, when Wagtail collects what there is at the desk."""
    return ReaderImportViewSet()
