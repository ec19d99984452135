"""Choosing who gets the open issue: all readers, or those whom a sentence means.

The sentence itself is kept with the issue: what is made of a saved segment later changes nobody's
approval, and no mailing.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from delivery.audience import in_normal_form
from delivery.errors import DeliveryError
from desk.issue_desk.asking import AboutTheOpenIssue, say
from desk.segments.counting import segment_field
from issues.approval import approval_in_force
from issues.arranging import choose_readers
from issues.errors import IssueError
from issues.models import Issue
from issues.seen import audience_rule


class ChooseReaders(AboutTheOpenIssue):
    """A sentence, and how many it means; pressing *Count* changes nothing."""

    any_permission_required = ("change", "approve")
    action_title = "Who gets it"
    button = "Have it go to these readers"
    template_name = "desk/issue_audience.html"
    typed: str | None = None
    refusal = ""

    def get_question(self) -> str:
        return f"It goes to {self._rule(self.open_issue.segment)}."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        issue = self.open_issue
        words = issue.segment if self.typed is None else self.typed
        return {
            **super().get_context_data(**kwargs),
            "asked_about": approval_in_force(issue),
            "was": issue.segment,
            "refusal": self.refusal,
            **segment_field(words, [self.publication]),
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.issue is None or request.POST.get("issue") != str(self.issue.pk):
            return self.nothing_open()
        self.typed = request.POST.get("segment", "")
        if "count" in request.POST:
            return self._again(HTTPStatus.OK)
        try:
            self.change()
        except (IssueError, DeliveryError) as refusal:
            self.refusal = str(refusal)
            return self._again(HTTPStatus.BAD_REQUEST)
        return HttpResponseRedirect(f"{self.address()}#around-section")

    @transaction.atomic
    def change(self) -> None:
        segment = in_normal_form(self.typed or "")
        # Whoever approves or publishes it waits here, or was before.
        issue = Issue.objects.select_for_update().get(pk=self.open_issue.pk)
        approval = approval_in_force(issue)
        if approval is not None and self.request.POST.get("approval") != str(approval.pk):
            raise IssueError(
                f"{approval.approved_by} approved it since you opened this page, so nothing was "
                "changed. Do it again if it is still wanted: it takes the approval back."
            )
        seen = self.request.POST.get("was", "")
        changed = choose_readers(issue, segment, seen, self.request.user)
        back = " The approval was taken back." if changed and approval is not None else ""
        said = f"{issue} goes to {self._rule(segment)}.{back}"
        say(self.request, well=not back, sentence=said)

    def _rule(self, segment: str) -> str:
        return audience_rule(self.publication, segment)

    def _again(self, status: HTTPStatus) -> HttpResponse:
        response: HttpResponse = self.render_to_response(
            self.get_context_data(**self.kwargs), status=status
        )
        return response
