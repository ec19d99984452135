"""What the pages have in common that ask before something is done about an issue.

A GET asks and changes nothing, a POST does it. A question about one issue is never answered for
the next one, however long its page was open.
"""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from wagtail.admin import messages

from delivery.errors import DeliveryError
from desk.issue_desk.publication import OfOnePublication
from issues.approval import approval_in_force
from issues.errors import IssueError
from issues.models import Approval, Issue
from notes.content import NoteContentError
from rendering.errors import RenderingError

# What a person reads as it is.
SENTENCES = (IssueError, DeliveryError, NoteContentError, RenderingError)

_KEY = re.compile(r"[0-9a-f]{32}")


def say(request: HttpRequest, *, well: bool, sentence: str) -> None:
    """Say at the top of the next page what happens."""
    tell = messages.success if well else messages.warning
    tell(request, sentence)


class AsksFirst(OfOnePublication):
    """A question, and what the answer does; then back to the publication's page."""

    template_name = "desk/approve_ask.html"
    button = ""
    serious = False
    # Whether what it starts is done by somebody else in the next minute: the page then looks on.
    is_awaited = False

    def get_question(self) -> str:
        """What the person is asked."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "question": self.get_question(),
            "button": self.button,
            "possible": True,
            "serious": self.serious,
            "key": secrets.token_hex(16),
        }

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        try:
            self.change()
        except SENTENCES as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(self.address())
        return HttpResponseRedirect(f"{self.address()}{'?awaited' if self.is_awaited else ''}")

    def change(self) -> None:
        """Do it, and say so.

        Raises:
            IssueError, DeliveryError, NoteContentError, RenderingError: if it can't be done.
        """
        raise NotImplementedError

    @property
    def key(self) -> str:
        """The form's own: pressing its button twice does it once."""
        posted = self.request.POST.get("key", "")
        return posted if _KEY.fullmatch(posted) else secrets.token_hex(16)


class AboutTheOpenIssue(AsksFirst):
    """A question about the open issue."""

    @property
    def open_issue(self) -> Issue:
        """The issue that the page is about; asked for only where there is one."""
        assert self.issue is not None  # noqa: S101 - `get` and `post` see to it
        return self.issue

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.issue is None:
            return self.nothing_open()
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.issue is None or request.POST.get("issue") != str(self.issue.pk):
            return self.nothing_open()
        return super().post(request, **kwargs)

    def nothing_open(self) -> HttpResponse:
        """There is no such issue (any more): back, with a sentence."""
        messages.error(
            self.request,
            f"Nothing was done: {self.publication} has no open issue now, or another one than you "
            "saw. Look at what there is.",
        )
        return HttpResponseRedirect(self.address())


class AboutTheApproval(AboutTheOpenIssue):
    """A question about the approval in force: never answered for one that was given since."""

    permission_required = "approve"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        approval = approval_in_force(self.open_issue)
        context = super().get_context_data(**kwargs)
        return {**context, "asked_about": approval, "possible": approval is not None}

    def approval(self) -> Approval:
        """The approval that the person was asked about.

        Raises:
            IssueError: if it is void by now, or another one was given.
        """
        found = approval_in_force(self.open_issue)
        if found is None:
            raise IssueError(f"{self.open_issue} is not approved, so nothing of it leaves.")
        if self.request.POST.get("approval") != str(found.pk):
            raise IssueError(
                f"Nothing was done: {found.approved_by} approved {self.open_issue} since you "
                "opened that page. Look at what there is."
            )
        return found
