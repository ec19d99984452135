"""The pages in which a note is written: what a new one begins with, slips mended by a button."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import ChecksSidePanel
from wagtail.log_actions import log
from wagtail.snippets.views.snippets import CreateView, EditView

from desk.notes.slips import SHOWN, slips_of
from issues.assembling import day_of_new_note
from issues.models import Publication
from notes.models import Note, SectionSchema
from notes.schemas import opening_body, schema_to_begin_with

_LONGEST_NUMBER = 9


class Writing:
    """What the pages of a new and of a known note have in common."""

    slips_url_name: str | None = None
    new_slips_url_name: str | None = None

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)  # type: ignore[misc]
        form.to_mend = tuple(self.request.POST.get("mend", "").split()[:SHOWN])  # type: ignore[attr-defined]
        return form

    def is_valid(self, form: Any) -> bool:
        # A save by hand may go over somebody else's, after Wagtail has asked. A slip is not worth
        # that.
        if form.to_mend and self.is_out_of_date:  # type: ignore[attr-defined]
            self.produced_error_code = "invalid_revision"
            self.produced_error_message = (
                "Somebody else has saved this note since you opened it, so nothing was mended. "
                "Open it in another window, and put together there what both of you wrote."
            )
            return False
        return bool(super().is_valid(form))  # type: ignore[misc]

    def save_instance(self) -> Note:
        note: Note = super().save_instance()  # type: ignore[misc]
        mended = self.form.mended  # type: ignore[attr-defined]
        if mended and mended.done:
            data = {"sentence": mended.sentence}
            log(note, "notes.mend", revision=self.new_revision, data=data)  # type: ignore[attr-defined]
        return note

    def get_success_message(self, instance: Any = None) -> Any:
        # A note that is locked for its writer can be taken back from review: without a form.
        mended = self.form.mended if hasattr(self, "form") else None
        return mended.sentence if mended else super().get_success_message(instance)  # type: ignore[misc]

    def get_side_panels(self) -> MediaContainer:
        """Without Wagtail's checks of a page, which ask for a script in the preview."""
        panels = super().get_side_panels()  # type: ignore[misc]
        return MediaContainer([one for one in panels if not isinstance(one, ChecksSidePanel)])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        if self.expects_json_response:  # type: ignore[attr-defined]
            return context
        note = self.object  # type: ignore[attr-defined]
        address = (
            reverse(self.slips_url_name, args=[note.pk])
            if note is not None and note.pk
            else reverse(self.new_slips_url_name)
        )
        return {
            **context,
            **slips_of(note if note is not None else Note()),
            "slips_url": address,
            "bodies": _bodies(),
        }


class WriteNew(Writing, CreateView):
    """A new note: for the next issue, with the headings of its section schema."""

    def get_initial_form_instance(self) -> Note:
        publication = (
            Publication.objects.annotate(written=Count("notes"))
            .order_by("-numbered", "-written", "name")
            .first()
        )
        notes = Note.objects.filter(publication=publication)
        schema = self._schema_asked_for() or schema_to_begin_with(notes)
        day = day_of_new_note(publication, timezone.now()) if publication is not None else None
        return Note(publication=publication, date=day, schema=schema, body=opening_body(schema))

    def _schema_asked_for(self) -> SectionSchema | None:
        asked = self.request.GET.get("schema", "")
        if not asked:
            return None
        if not asked.isdecimal() or len(asked) > _LONGEST_NUMBER:
            raise Http404
        schema: SectionSchema | None = SectionSchema.objects.filter(pk=asked).first()
        if schema is None:
            raise Http404
        return schema


class Write(Writing, EditView):
    """A note that is there."""


def _bodies() -> dict[int, Any]:
    """For each section schema the state of a body that begins with it, as the page wants it."""
    block = Note._meta.get_field("body").stream_block
    return {
        schema.pk: block.get_form_state(block.normalize(opening_body(schema)))
        for schema in SectionSchema.objects.prefetch_related("headings")
    } | {0: block.get_form_state(block.normalize(opening_body(None)))}
