"""What the pages of one publication's issue desk have in common: whose it is, and who may look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.permission_policies import ModelPermissionPolicy

from issues.models import Issue, Publication

# By the rights on issues: `issues.view_issue`, `issues.change_issue`, `issues.approve_issue`.
MAY = ModelPermissionPolicy(Issue)
LOOKERS = ("view", "change", "approve")


class OfOnePublication(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """A page about one numbered publication, and its open issue where there is one.

    Whoever may do nothing but look may look; a page that changes something names the right.
    """

    permission_policy = MAY
    any_permission_required: Sequence[str] = LOOKERS
    header_icon = "calendar-check"
    action_title = ""
    numbered = True

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        of_the_kind = Publication.objects.filter(numbered=self.numbered)
        self.publication = get_object_or_404(of_the_kind, slug=kwargs["publication"])
        self.issue = (
            self.publication.issues.open()
            .select_related("publication", "volume")
            .prefetch_related("taken_serials")
            .first()
        )

    def get_page_title(self) -> str:
        return self.action_title or str(self.publication)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        desk = {"url": reverse("issue_desk:index"), "label": "Issue desk"}
        own = {"url": "", "label": str(self.publication)}
        if not self.action_title:
            return [*self.breadcrumbs_items, desk, own]
        own["url"] = self.address()
        return [*self.breadcrumbs_items, desk, own, {"url": "", "label": self.action_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            **context,
            "publication": self.publication,
            "issue": self.issue,
            "back": self.address(),
        }

    def address(self) -> str:
        """Where the publication's own page at the issue desk is."""
        return reverse("issue_desk:issue", args=[self.publication.slug])
