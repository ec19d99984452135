"""The open issues at the desk: what stands around their notes, and above them in a mailbox."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.log_actions import log
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.snippets import EditView, SnippetViewSet

from issues.models import Issue


class OpenIssuePolicy(ModelPermissionPolicy):
    """An issue is made by preparing it, so it is only written at, by whoever may change issues."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "change" and bool(super().user_has_permission(user, action))


class OpenIssueView(EditView):
    """The open issue's page; what was published stays as it is."""

    def get_object(self, queryset: Any = None) -> Issue:
        issue: Issue = super().get_object(queryset)
        if issue.is_published:
            raise Http404
        return issue

    def save_instance(self) -> Issue:
        """Only what the form has: the issue may be published, or prepared anew, at this moment.

        Called in a transaction.
        """
        issue: Issue = self.form.save(commit=False)
        if Issue.objects.select_for_update().get(pk=issue.pk).is_published:
            raise PermissionDenied("It was published while you wrote; what was mailed stays.")
        issue.save(update_fields=list(self.form.fields))
        self.has_content_changes = self.form.has_changed()
        log(instance=issue, action="wagtail.edit", content_changed=self.has_content_changes)
        return issue


class IssueViewSet(SnippetViewSet):
    """The open issues: what stands around their notes, and above them in a mailbox."""

    model = Issue
    icon = "mail"
    menu_label = "Open issues"
    list_display = ["__str__", Column("subject_line"), Column("date")]
    permission_policy = OpenIssuePolicy(Issue)
    edit_view_class = OpenIssueView
    copy_view_enabled = False
    panels = [
        FieldPanel("subject_line"),
        FieldPanel("preview_text"),
        FieldPanel("introduction"),
        FieldPanel("cover"),
        FieldPanel("regions"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Issue]:
        return Issue.objects.open().select_related("publication", "volume")
