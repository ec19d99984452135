"""The pages of the import: one to drop files on, and one that says what became of them."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log
from wagtail.permission_policies import ModelPermissionPolicy

from desk.importing.results import SAID, keep, kept, result_of
from desk.importing.uploads import MOST_BYTES, MOST_FILES, Uploads
from desk.ownership import seen_by
from issues.assembling import day_of_new_note
from issues.models import Publication
from notes.importing import NOTE_ENDINGS, Imported, NoteFile, NoteFormatError, import_each
from notes.importing.files import LARGEST_BYTES
from notes.models import Note

MAY = ModelPermissionPolicy(Note)
_NOT_READ = (BadRequest, MultiPartParserError, SuspiciousOperation, UnreadablePostError)


class ImportForm(forms.Form):
    """For which publication the notes are written; the files come past Django's forms."""

    publication = forms.ModelChoiceField(
        Publication.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        help_text="The notes in the files are written for it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Publication]", self.fields["publication"])
        publications = Publication.objects.annotate(written=Count("notes"))
        field.queryset = publications.order_by("-numbered", "-written", "name")
        field.initial = field.queryset.first()


class Importing(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """What the two pages have in common."""

    permission_policy = MAY
    permission_required = "add"
    header_icon = "upload"
    page_title = "Import notes"

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        notes = reverse(Note.snippet_viewset.get_url_name("list"))
        return [
            *self.breadcrumbs_items,
            {"url": notes, "label": "Notes"},
            {"url": "", "label": self.page_title},
        ]


@method_decorator(csrf_exempt, name="dispatch")
class ImportView(Importing):
    """A form for files: each becomes a draft of the person who brings it."""

    template_name = "desk/note_import.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """As Django's; but how files are taken in must be said before anything reads the form.

        The middleware that asks for the form's token would, so that is asked here.
        """
        self.uploads = Uploads(request)
        if request.method == "POST":
            request.upload_handlers = [self.uploads]
            try:
                request.POST.keys()
            except _NOT_READ:
                messages.error(
                    request,
                    f"The files did not arrive. Drop at most {MOST_FILES} files at once, of "
                    f"{MOST_BYTES // 1_000_000} MB together.",
                )
                return HttpResponseRedirect(request.path)
        answered: HttpResponseBase = csrf_protect(super().dispatch)(request, *args, **kwargs)
        return answered

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = ImportForm(request.POST)
        taken = list(self.uploads)
        if not form.is_valid() or not taken:
            if not taken:
                messages.error(request, "No file was chosen. Choose one, or drop it on the page.")
            return self.render_to_response(self.get_context_data(form=form))
        keep(request.session, self._import(taken, form.cleaned_data["publication"]))
        return HttpResponseRedirect(reverse("note_import:done"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            "form": ImportForm(),
            "endings": ",".join(sorted(NOTE_ENDINGS)),
            "most_files": MOST_FILES,
            "largest": LARGEST_BYTES,
            "most_bytes": MOST_BYTES,
            **super().get_context_data(**kwargs),
        }

    def _import(
        self, taken: list[NoteFile | NoteFormatError], publication: Publication
    ) -> list[dict[str, Any]]:
        """What became of each file, in their order."""
        files = [one for one in taken if isinstance(one, NoteFile)]
        day = day_of_new_note(publication, timezone.now())
        outcomes = import_each(files, publication, day=day, user=self.request.user)
        results = []
        for one in taken:
            if isinstance(one, NoteFormatError):
                results.append(result_of(one.source_name, one))
                continue
            became = next(outcomes)
            self._record(became, one.name)
            results.append(result_of(one.name, became))
        return results

    def _record(self, became: Imported | NoteFormatError, file: str) -> None:
        if isinstance(became, NoteFormatError) or became.status == "unchanged":
            return
        data = {"sentence": f"{SAID[became.status].removesuffix('.')}, from {file}."}
        log(became.note, "notes.import", user=self.request.user, data=data)


class ImportedView(Importing):
    """What became of the files that somebody imported last."""

    template_name = "desk/note_imported.html"
    page_title = "Imported"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not kept(request.session):
            return HttpResponseRedirect(reverse("note_import:import"))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        results = kept(self.request.session)
        wanted = [one["note"] for one in results if "note" in one]
        notes = {
            note.pk: note.get_latest_revision_as_object()
            for note in seen_by(self.request.user).filter(pk__in=wanted)
        }
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            **context,
            "results": [{**one, "draft": notes.get(one.get("note"))} for one in results],
            "edit_url": Note.snippet_viewset.get_url_name("edit"),
            "drafts": sum("note" in one for one in results),
            "refused": sum("refused" in one for one in results),
        }
