"""The addresses of the readers' pages, their places in the menu, and their links in the record."""

from __future__ import annotations

from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.admin.admin_url_finder import ModelAdminURLFinder, register_admin_url_finder
from wagtail.admin.viewsets.base import ViewSet

from desk.readers.adding import Add
from desk.readers.brake import Release
from desk.readers.changing import EndSubscription, Erase, Suppress
from desk.readers.exporting import Export
from desk.readers.forms import AddForm, Forms, OneForm, Switch
from desk.readers.listing import ReadersView
from desk.readers.pages import MAY
from desk.readers.story import ReaderView
from desk.readers.suppressions import Allow, SuppressAddress, Suppressions
from subscribers.models import Reader


class ReadersViewSet(ViewSet):
    """Readers are no snippets: nobody writes one, and what is done about one leaves a trace."""

    name = "readers"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", ReadersView.as_view(), name="index"),
            path("add/", Add.as_view(), name="add"),
            path("export/", Export.as_view(), name="export"),
            path("brake/release/", Release.as_view(), name="release"),
            path("suppressed/", Suppressions.as_view(), name="suppressions"),
            path("suppressed/add/", SuppressAddress.as_view(), name="suppress-address"),
            path("suppressed/<int:pk>/", Allow.as_view(), name="suppressed"),
            path("forms/", Forms.as_view(), name="forms"),
            path("forms/add/", AddForm.as_view(), name="add-form"),
            path("forms/<int:pk>/", OneForm.as_view(), name="form"),
            path("forms/<int:pk>/close/", Switch.as_view(), name="close-form"),
            path("forms/<int:pk>/open/", Switch.as_view(opens=True), name="open-form"),
            path("<int:pk>/", ReaderView.as_view(), name="reader"),
            path("<int:pk>/suppress/", Suppress.as_view(), name="suppress"),
            path("<int:pk>/erase/", Erase.as_view(), name="erase"),
            path("<int:pk>/end/<int:subscription>/", EndSubscription.as_view(), name="end"),
        ]


class ReaderURLFinder(ModelAdminURLFinder):
    """From an entry of the record to the reader it is about."""

    edit_url_name = "readers:reader"
    permission_policy = MAY


register_admin_url_finder(Reader, ReaderURLFinder)


@hooks.register("register_admin_viewset")
def show_readers() -> ReadersViewSet:
    """Called once, when Wagtail collects what there is at the desk."""
    return ReadersViewSet()
