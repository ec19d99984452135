"""What was mailed, byte by byte as it was mailed, for as long as the database lasts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin

from desk.issue_desk.previewing import HTML, in_a_box
from desk.mailings import LOOKERS, OneMailing
from rendering.mail import digest
from rendering.marks import shown_to_nobody


class SentView(OneMailing):
    """Both parts of the mail, and whether they are still the bytes that were frozen."""

    any_permission_required = LOOKERS
    template_name = "desk/mailing_sent.html"
    action_title = "What was sent"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        edition = self.mailing.edition
        computed = digest(subject=edition.subject, html=edition.html, text=edition.text)
        approval = getattr(edition, "approval", None)
        approved = approval.sha256 if approval is not None else edition.sha256
        return {
            **super().get_context_data(**kwargs),
            "edition": edition,
            "text": shown_to_nobody(edition.text),
            "html_url": reverse("mailings:sent-html", args=[self.mailing.pk]),
            "computed": computed,
            "is_as_approved": computed == edition.sha256 == approved,
        }


@method_decorator(xframe_options_sameorigin, name="dispatch")
class SentHtml(OneMailing):
    """The HTML part, for a frame in which nothing runs."""

    any_permission_required = LOOKERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        shown = HttpResponse(shown_to_nobody(self.mailing.edition.html), content_type=HTML)
        shown["Content-Security-Policy"] = in_a_box()
        return shown
