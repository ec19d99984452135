"""The open issues at the desk: what stands around their notes, and above them in a mailbox."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.forms import CharField, HiddenInput
from django.http import Http404, HttpRequest
from django.urls import reverse
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.log_actions import log
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.snippets import EditView, SnippetViewSet

from issues.models import Issue
from issues.voiding import approval_in_force, desk_page, void_approval_of


class OpenIssuePolicy(ModelPermissionPolicy):
    """An issue is made by preparing it, so it is only written at, by whoever may change issues."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "change" and bool(super().user_has_permission(user, action))


WRITTEN = ("subject_line", "preview_text", "introduction", "cover", "regions")


class OpenIssueForm(WagtailAdminModelForm):
    """Knows which words it was opened with, so that nobody's are written over unseen."""

    opened_with = CharField(widget=HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["opened_with"] = self._words_now()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("opened_with") != self._words_now():
            raise ValidationError(
                "Somebody else wrote at this issue since you opened it, or approved it. Open it in "
                "another window, and put together there what both of you wrote."
            )
        return cleaned

    def _words_now(self) -> str:
        """A digest of what is in the database; the form's own instance holds what was typed.

        The approval is in it: nobody takes one back that they were not told of.
        """
        stored = {f"{name}_stored": Cast(name, TextField()) for name in WRITTEN}
        row = Issue.objects.filter(pk=self.instance.pk).annotate(**stored).values_list(*stored)
        approval = approval_in_force(self.instance)
        seen = (row.first(), approval and approval.pk)
        return hashlib.sha256(repr(seen).encode()).hexdigest()


class OpenIssueView(EditView):
    """What is written at an open issue; what was published stays as it is."""

    template_name = "desk/issue_write.html"

    def get_object(self, queryset: Any = None) -> Issue:
        issue: Issue = super().get_object(queryset)
        if issue.is_published:
            raise Http404
        return issue

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        """As the issue desk's other pages have them: it is one of these."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("issue_desk:index"), "label": "Issue desk"},
            {"url": desk_page(self.object), "label": str(self.object.publication)},
            {"url": "", "label": self.object.line},
        ]

    def get_success_url(self) -> str:
        """Back to where everything else of the issue is."""
        return f"{desk_page(self.object)}#around-section"

    def get_success_buttons(self) -> list[Any]:
        """None: it is to be seen where the person is then."""
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "approval": approval_in_force(self.object)}

    def save_instance(self) -> Issue:
        """Only what the form has: the issue may be published, or prepared anew, at this moment.

        Called in a transaction.
        """
        issue: Issue = self.form.save(commit=False)
        if Issue.objects.select_for_update().get(pk=issue.pk).is_published:
            raise PermissionDenied("It was published while you wrote; what was mailed stays.")
        issue.save(update_fields=WRITTEN)
        self.has_content_changes = self.form.has_changed()
        if self.has_content_changes:
            void_approval_of(issue, "what stands around its notes was edited at the desk.")
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
    edit_template_name = OpenIssueView.template_name
    copy_view_enabled = False
    edit_handler = ObjectList([FieldPanel(name) for name in WRITTEN], base_form_class=OpenIssueForm)

    def get_permissions_to_register(self) -> QuerySet[Permission]:
        """None but those of the table, see `desk.roles`: nobody adds or deletes an issue here."""
        return Permission.objects.none()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Issue]:
        return Issue.objects.open().select_related("publication", "volume")
