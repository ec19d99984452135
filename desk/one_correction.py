"""What the pages of one correction have in common."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from delivery.models import Mailing
from issues.models import Correction

# Who records and who mails may see them.
READERS = ["change", "approve"]


def corrections() -> QuerySet[Correction]:
    """All of them, with what their pages name."""
    return Correction.objects.select_related(
        "note", "edition__publication", "edition__issue__volume", "edition__note", "mailed_as"
    )


def mailing_of(correction: Correction) -> Mailing | None:
    """The mailing of a correction, if it was mailed."""
    return Mailing.objects.filter(edition__correction=correction).first()


class OneCorrection(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """A page about one correction."""

    header_icon = "edit"
    action_title = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.correction = get_object_or_404(corrections(), pk=kwargs["pk"])

    def get_page_title(self) -> str:
        return self.action_title or str(self.correction)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        above = {"url": reverse("corrections:index"), "label": "Corrections"}
        own = {"url": self.address(), "label": str(self.correction.note)}
        items = [*self.breadcrumbs_items, above, own]
        return [*items, {"url": "", "label": self.action_title}] if self.action_title else items

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "correction": self.correction,
            "back": self.address(),
        }

    def address(self) -> str:
        """Where the correction's own page is."""
        return reverse("corrections:correction", args=[self.correction.pk])
