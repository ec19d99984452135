"""Corrections at the desk: recorded by an editor, mailed by a publisher's word, never changed."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelChoiceField, RadioSelect, Textarea
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from delivery.models import Mailing
from delivery.standing import local
from desk.correction_mailing import MailCorrection, MailHtml
from desk.naming import name_of
from desk.one_correction import READERS, OneCorrection, corrections, mailing_of
from issues.correcting import correction_content, notes_in, record_correction, text_of_correction
from issues.errors import IssueError
from issues.models import Correction, Edition, Issue
from notes.models import Note
from rendering.dates import printed_date
from rendering.richtext import rich_text

MAY = ModelPermissionPolicy(Issue)
# So many of the latest mailings are offered to be corrected; older ones by their own pages.
OFFERED = 30


def how_it_is_mailed(correction: Correction) -> str:
    """Whether a correction was mailed, for a list."""
    mailing = mailing_of(correction)
    return f"mailing {mailing.pk}" if mailing is not None else "not mailed"


class CorrectionsView(PermissionCheckedMixin, BaseListingView):
    """All corrections, the latest first."""

    model = Correction
    template_name = "desk/corrections.html"
    any_permission_required = READERS
    page_title = "Corrections"
    header_icon = "edit"
    paginate_by = 20
    table_classname = "listing mailings"
    index_url_name = "corrections:index"
    columns: ClassVar = [
        TitleColumn("note", label="Note", accessor="note", url_name="corrections:correction"),
        Column("edition", label="Mailed as", accessor="edition.subject"),
        Column("day", label="Day", accessor=lambda one: printed_date(one.day)),
        Column("by", label="Recorded by", accessor="recorded_by"),
        Column("mailed", label="Mailed", accessor=how_it_is_mailed),
    ]

    def get_base_queryset(self) -> QuerySet[Correction]:
        return corrections().order_by("-pk")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return {**context, "may_record": self.user_has_permission("change")}


class ChooseMailing(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """In which issue or alert it stood."""

    permission_required = "change"
    template_name = "desk/correction_choose.html"
    header_icon = "edit"
    page_title = "Record a correction"

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        above = {"url": reverse("corrections:index"), "label": "Corrections"}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mailed = Mailing.objects.filter(edition__correction__isnull=True).select_related(
            "edition__publication", "edition__issue__volume", "edition__note"
        )
        return {**super().get_context_data(**kwargs), "mailings": mailed[:OFFERED]}


class CorrectionForm(WagtailAdminModelForm):
    """What was wrong; the rules are the room's own (`issues.correcting`)."""

    note = ModelChoiceField(Note.objects.none(), empty_label=None, widget=RadioSelect)

    class Meta:
        model = Correction
        fields = ("note", "text", "reason", "day")
        widgets: ClassVar = {"reason": Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        notes = notes_in(edition)
        self.fields["note"].queryset = Note.objects.filter(pk__in=[note.pk for note in notes])
        self.fields["note"].choices = [(note.pk, str(note)) for note in notes]
        if len(notes) == 1:
            self.initial["note"] = notes[0].pk

    def clean_text(self) -> str:
        try:
            return text_of_correction(self.cleaned_data["text"])
        except IssueError as refusal:
            raise ValidationError(str(refusal)) from None


class RecordCorrection(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """A form; what is written is shown once as readers will see it, and then recorded."""

    permission_required = "change"
    template_name = "desk/correction_record.html"
    header_icon = "edit"
    page_title = "Record a correction"
    form: CorrectionForm | None = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        mailed = Edition.objects.filter(mailing__isnull=False, correction__isnull=True)
        found = mailed.select_related("publication", "issue__volume", "note", "mailing")
        self.edition = get_object_or_404(found, pk=kwargs["edition"])

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        above = {"url": reverse("corrections:index"), "label": "Corrections"}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = self.form or CorrectionForm(edition=self.edition, initial={"day": self._today()})
        return {
            **super().get_context_data(**kwargs),
            "form": form,
            "media": form.media,
            "edition": self.edition,
            "has_unsaved_changes": form.is_bound,
            **self._shown(form),
        }

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        self.form = form = CorrectionForm(request.POST, edition=self.edition)
        # Readers see it at once and nobody changes it later: it is recorded as it was looked at.
        if form.is_valid() and request.POST.get("seen") == form.cleaned_data["text"]:
            try:
                correction = record_correction(
                    self.edition,
                    form.cleaned_data["note"],
                    form.cleaned_data["text"],
                    form.cleaned_data["reason"],
                    form.cleaned_data["day"],
                    name_of(request.user),
                    request.user,
                )
            except IssueError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, "The correction is recorded, and readers see it.")
                return HttpResponseRedirect(reverse("corrections:correction", args=[correction.pk]))
        return self.render_to_response(self.get_context_data())

    def _shown(self, form: CorrectionForm) -> dict[str, Any]:
        if not form.is_bound or not form.is_valid():
            return {}
        text = form.cleaned_data["text"]
        return {
            "seen": text,
            "erratum": rich_text(text),
            "day": printed_date(form.cleaned_data["day"]),
        }

    def _today(self) -> date:
        return timezone.now().astimezone(self.edition.publication.zone).date()


class CorrectionView(OneCorrection):
    """One correction: what readers see, how it came about, and its mailing."""

    any_permission_required = READERS
    template_name = "desk/correction.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        former = Mailing.objects.select_related("edition__publication").get(
            edition=self.correction.edition_id
        )
        return {
            **super().get_context_data(**kwargs),
            "erratum": rich_text(self.correction.text),
            "recorded": local(former, self.correction.recorded_at),
            "day": printed_date(self.correction.day),
            "content": correction_content(self.correction),
            "mailing": mailing_of(self.correction),
            "former": former,
            "may_mail": self.user_has_permission("approve"),
            "may_record": self.user_has_permission("change"),
            "may_look": self.request.user.has_perm("delivery.view_mailing"),
        }


class CorrectionsMenuItem(MenuItem):
    """Offered to those who record or mail corrections."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(MAY.user_has_any_permission(request.user, READERS))


class CorrectionsViewSet(ViewSet):
    """What was wrong, and what is right."""

    name = "corrections"
    icon = "edit"
    menu_label = "Corrections"
    menu_order = 160
    add_to_admin_menu = True
    menu_item_class = CorrectionsMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        def page(address: str, view: type[View], name: str) -> URLPattern:
            return path(address, view.as_view(permission_policy=MAY), name=name)

        return [
            page("", CorrectionsView, "index"),
            page("record/", ChooseMailing, "choose"),
            page("record/<int:edition>/", RecordCorrection, "record"),
            page("<int:pk>/", CorrectionView, "correction"),
            page("<int:pk>/mail/", MailCorrection, "mail"),
            page("<int:pk>/mail/html/", MailHtml, "mail-html"),
        ]
