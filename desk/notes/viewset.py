"""The note's pages at the desk: a list, and a form in the order in which a note is read."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.forms import Select
from django.http import HttpRequest
from django.urls import URLPattern, path
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.snippets.views.snippets import SnippetViewSet

from desk.importing.viewset import NotesWithImport
from desk.notes.countries import CountriesPanel, CountriesWidget
from desk.notes.editing import Write, WriteNew
from desk.notes.form import NoteForm
from desk.notes.previewing import (
    PreviewForReviewer,
    PreviewOfNew,
    PreviewOfRevision,
    PreviewWhileWritten,
    SlipsOfNew,
    SlipsWhileWritten,
)
from desk.ownership import OwnNotesOnly, seen_by
from desk.workflow import ReviewPanel
from notes.models import Note


class NoteViewSet(OwnNotesOnly, SnippetViewSet):
    """Notes, written in the order in which they are read."""

    model = Note
    icon = "doc-full"
    menu_label = "Notes"
    list_display = [
        "__str__",
        Column("date"),
        Column("publication"),
        BooleanColumn("is_approved", label="Approved"),
    ]
    list_filter = ["publication", "date"]
    copy_view_enabled = False
    index_view_class = NotesWithImport
    add_view_class = WriteNew
    edit_view_class = Write
    create_template_name = "desk/note_create.html"
    edit_template_name = "desk/note_edit.html"
    preview_on_add_view_class = PreviewOfNew
    preview_on_edit_view_class = PreviewWhileWritten
    revisions_view_class = PreviewOfRevision
    workflow_preview_view_class = PreviewForReviewer
    edit_handler = ObjectList(
        [
            ReviewPanel(),
            MultiFieldPanel(
                [
                    FieldPanel("subject", help_text="What it is about: Russia and Mali."),
                    FieldPanel(
                        "claim", help_text="What the note says of it: The growing presence…"
                    ),
                ],
                heading="Headline",
            ),
            InlinePanel(
                "authors",
                [
                    FieldPanel("person"),
                    FieldPanel("affiliation"),
                    FieldPanel("biography"),
                ],
                label="Author",
                heading="Authors, in order",
                help_text="Affiliation and biography may stay empty: then the note has what the "
                "people registry says of them on its day.",
            ),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("publication", widget=Select), FieldPanel("date")])],
                heading="Publication and date",
            ),
            MultiFieldPanel([FieldPanel("photo"), FieldPanel("photo_source")], heading="Picture"),
            FieldPanel(
                "schema",
                widget=Select,
                heading="Sections",
                help_text="Another choice changes the headings under which nothing is written yet.",
            ),
            FieldPanel("body"),
            InlinePanel("sources", label="Source", heading="Sources"),
            CountriesPanel("countries", widget=CountriesWidget, classname="collapsed"),
        ],
        base_form_class=NoteForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Note]:
        return seen_by(request.user).select_related("publication", "latest_revision")

    def get_add_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        known: dict[str, Any] = super().get_add_view_kwargs(**self._slips_names(), **kwargs)
        return known

    def get_edit_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        known: dict[str, Any] = super().get_edit_view_kwargs(**self._slips_names(), **kwargs)
        return known

    def _slips_names(self) -> dict[str, str]:
        return {
            "slips_url_name": self.get_url_name("slips"),
            "new_slips_url_name": self.get_url_name("slips_of_new"),
        }

    def get_urlpatterns(self) -> list[URLPattern]:
        of_new = self.construct_view(SlipsOfNew, form_class=self.get_form_class())
        of_known = self.construct_view(
            SlipsWhileWritten, form_class=self.get_form_class(for_update=True)
        )
        return [
            *super().get_urlpatterns(),
            path("slips/", of_new, name="slips_of_new"),
            path("slips/<int:pk>/", of_known, name="slips"),
        ]
