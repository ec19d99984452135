"""Import of readers at the desk: a file is brought, looked through, and taken in after a word.

What is read and taken in is done by a run of Prefect; these pages only ask for it and show it.
"""

from __future__ import annotations

from itertools import islice
from typing import Any, cast

from django import forms
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.permission_policies import ModelPermissionPolicy

from desk.naming import name_of
from desk.readers.pages import SEES_ADDRESSES
from desk.readers.uploads import MOST_BYTES, FileToDisk
from issues.models import Publication
from subscribers.importing import deciding
from subscribers.importing.folders import Folder
from subscribers.importing.outcomes import Outcome
from subscribers.importing.refusals import refused_rows
from subscribers.importing.running import UNDER_WAY, is_in_hand
from subscribers.importing.telling import columns_in_words, lines_of, rows_of
from subscribers.models import ImportRun

MAY = ModelPermissionPolicy(ImportRun)
# So many refused rows are shown on the page; the file has all of them.
SHOWN = 20
LISTED = 20
_NOT_READ = (BadRequest, MultiPartParserError, SuspiciousOperation, UnreadablePostError)
# What a person may say of a column, as the form asks.
_LABELS = {
    "address": "Address",
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "state": "State",
    "consented": "Day of consent",
}

State = ImportRun.State


class BringForm(forms.Form):
    """Whose readers they become; the file comes past Django's forms."""

    publication = forms.ModelChoiceField(
        Publication.objects.none(), empty_label=None, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Publication]", self.fields["publication"])
        field.queryset = Publication.objects.order_by("-numbered", "name")
        field.initial = field.queryset.first()


class ImportPage(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """What the pages have in common."""

    permission_policy = MAY
    permission_required = "add"
    header_icon = "upload"
    page_title = "Import readers"

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        readers = {"url": reverse("readers:index"), "label": "Readers"}
        own = {"url": reverse("reader_import:index"), "label": "Import"}
        return [*self.breadcrumbs_items, readers, own, *self.below()]

    def below(self) -> list[dict[str, str]]:
        """The pages below the import's first one."""
        return []


@method_decorator(csrf_exempt, name="dispatch")
class Bring(ImportPage):
    """A form for a file, and the files that came before."""

    template_name = "desk/reader_import.html"
    begun = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """As Django's; but where the file goes must be said before anything reads the form.

        The middleware that asks for the form's token would, so that is asked here. Who may not
        import is turned away before a byte of the file is taken in.
        """
        self.upload = FileToDisk(request)
        if not self.user_has_permission("add"):
            turned_away: HttpResponseBase = super().dispatch(request, *args, **kwargs)
            return turned_away
        if request.method == "POST":
            request.upload_handlers = [self.upload]
            try:
                request.POST.keys()
            except _NOT_READ:
                self.upload.discard()
                messages.error(request, "The file did not arrive; bring it again.")
                return HttpResponseRedirect(request.path)
        answered: HttpResponseBase = csrf_protect(super().dispatch)(request, *args, **kwargs)
        if not self.begun:
            self.upload.discard()
        return answered

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = BringForm(request.POST)
        if self.upload.size is None or not form.is_valid():
            messages.error(
                request,
                self.upload.refusal or "No file was chosen; choose one and its publication.",
            )
            return self.render_to_response(self.get_context_data(form=form), status=400)
        run = deciding.begin(
            self.upload.key,
            form.cleaned_data["publication"],
            file_name=self.upload.name,
            size=self.upload.size,
            by=name_of(request.user)[:150],
            account=request.user,
        )
        self.begun = True
        start(request, run)
        return HttpResponseRedirect(reverse("reader_import:run", args=[run.pk]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            "form": BringForm(),
            "largest": MOST_BYTES,
            "runs": ImportRun.objects.select_related("publication")[:LISTED],
            **super().get_context_data(**kwargs),
        }


class OneImport(ImportPage):
    """What the pages of one import have in common."""

    action_title = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.run = get_object_or_404(
            ImportRun.objects.select_related("publication"), pk=kwargs["pk"]
        )

    def get_page_title(self) -> str:
        return self.action_title or f"Import {self.run.pk}"

    def get_page_subtitle(self) -> str:
        return self.run.file_name

    def below(self) -> list[dict[str, str]]:
        own = {"url": "", "label": f"Import {self.run.pk}"}
        if not self.action_title:
            return [own]
        return [{**own, "url": self.address()}, {"url": "", "label": self.action_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "run": self.run,
            "rows": rows_of(self.run),
            "lines": lines_of(self.run),
            "refused": self.run.counts.get(Outcome.REFUSED, 0),
            "back": self.address(),
        }

    def address(self) -> str:
        """Where the import's own page is."""
        return reverse("reader_import:run", args=[self.run.pk])

    def may_see_rows(self) -> bool:
        """Whether the person may see addresses: all readers', or those that they brought."""
        user = self.request.user
        return bool(user.has_perm(SEES_ADDRESSES)) or self.run.account_id == user.pk

    def refuse(self, why: str) -> HttpResponseRedirect:
        """Back to the import's page, with the sentence why nothing was done."""
        messages.error(self.request, why)
        return HttpResponseRedirect(self.address())


class Run(OneImport):
    """An import as it stands, and what can be done about it."""

    template_name = "desk/reader_import_run.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.run
        moves = run.state in UNDER_WAY
        waiting = run.state == State.READ
        file = Folder(run.key).refused
        may_see_rows = self.may_see_rows()
        return {
            **super().get_context_data(**kwargs),
            "moves": moves,
            "nobody": moves and not is_in_hand(run),
            "waiting": waiting,
            "open": run.state in deciding.OPEN,
            "columns": columns_in_words(run),
            "choices": self._choices() if waiting else [],
            "sheets": run.columns.get("sheets", []),
            "sheet": run.columns.get("sheet", ""),
            "may_see_rows": may_see_rows,
            "has_file": file.exists() and bool(run.counts.get(Outcome.REFUSED)),
            "refused_rows": list(islice(refused_rows(file), SHOWN)),
            "more_refused": max(0, run.counts.get(Outcome.REFUSED, 0) - SHOWN),
            "subscribes": deciding.readers_of(run, ask=False),
            "asks": deciding.readers_of(run, ask=True),
            "days": deciding.KEPT.days,
        }

    def _choices(self) -> list[dict[str, Any]]:
        """For each meaning the columns there are, and which of them it is."""
        return [
            {"meaning": meaning, "label": label, "chosen": self.run.columns.get(meaning)}
            for meaning, label in _LABELS.items()
        ]


class Now(Run):
    """The part of an import's page that changes meanwhile."""

    template_name = "desk/reader_import_now.html"


class RefusedRows(OneImport):
    """The refused rows as a file."""

    def get(  # type: ignore[override]
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        file = Folder(self.run.key).refused
        if not self.may_see_rows() or not file.exists():
            raise Http404
        response = FileResponse(
            file.open("rb"),
            as_attachment=True,
            filename=f"import-{self.run.pk}-refused.csv",
            content_type="text/csv; charset=utf-8",
        )
        response["Cache-Control"] = "no-store"
        return response


def start(request: HttpRequest, run: ImportRun) -> None:
    """Have what is next be done; without Prefect it comes about as soon as that runs again."""
    from flows.starting import start_importing

    started = start_importing(run.pk, key=f"import-{run.pk}-{run.changed_at.isoformat()}")
    if not started.ok:
        messages.warning(
            request,
            f"{started.why} Nothing is lost: it goes on as soon as the schedule runs again.",
        )
