"""Approval links at the desk: sent to a person without an account, listed, and taken back.

What such a link opens is in `desk.issue_desk.linked`.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.forms import CharField, EmailField, EmailInput, Form, TextInput
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from wagtail.admin import messages

from delivery.errors import DeliveryError
from desk.issue_desk.asking import SENTENCES, AboutTheOpenIssue, say
from desk.naming import name_of
from desk.pressing import DoneByAButton
from issues.approval_links import make_link, withdraw
from issues.errors import IssueError
from issues.models import ApprovalLink
from rendering.dates import printed_moment
from rendering.mail import render_notice


class LinkForm(Form):
    """Who is asked to approve."""

    name = CharField(
        max_length=150,
        help_text="As the record shall name them.",
        widget=TextInput({"autocomplete": "off"}),
    )
    address = EmailField(
        label="E-mail address",
        help_text="The link goes there, and opens for whoever has it.",
        widget=EmailInput({"autocomplete": "off"}),
    )


class Links(AboutTheOpenIssue):
    """The links of the open issue, and a new one."""

    permission_required = "approve"
    action_title = "Approval links"
    template_name = "desk/approve_links.html"
    button = "Send the link"
    form: LinkForm | None = None

    def get_question(self) -> str:
        return (
            f"A link lets one person without an account look at {self.open_issue} and approve it, "
            "once, within three days."
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        links = self.open_issue.approval_links.select_related("made_by")
        return {
            **super().get_context_data(**kwargs),
            "form": self.form or LinkForm(),
            "links": [(link, *self._state(link, now)) for link in links],
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.issue is None or request.POST.get("issue") != str(self.issue.pk):
            return self.nothing_open()
        self.form = LinkForm(request.POST)
        if not self.form.is_valid():
            return self.render_to_response(self.get_context_data(**kwargs), status=400)
        try:
            self._send(self.form.cleaned_data["name"], self.form.cleaned_data["address"])
        except SENTENCES as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(request.path)

    def _send(self, name: str, address: str) -> None:
        issue, user = self.open_issue, self.request.user
        link, token = make_link(issue, name, address, user)
        try:
            taken = _mail(link, token, name_of(self.request.user))
        except (DeliveryError, OSError):
            taken = False
        if not taken:
            withdraw(link, user)
            raise IssueError(
                f"The mail to {name} was not taken, so the link is withdrawn. Look at the "
                "address, and send another one."
            )
        say(self.request, well=True, sentence=f"The link was mailed to {name}.")

    def _state(self, link: ApprovalLink, now: Any) -> tuple[str, bool]:
        """What became of a link, and whether it still opens."""

        def local(moment: Any) -> str:
            return printed_moment(moment.astimezone(self.publication.zone))

        if link.used_at is not None:
            return f"used on {local(link.used_at)}", False
        if link.withdrawn_at is not None:
            return f"withdrawn on {local(link.withdrawn_at)}", False
        if now >= link.expires_at:
            return f"ran out on {local(link.expires_at)}", False
        return f"open until {local(link.expires_at)}", True


class WithdrawLink(DoneByAButton, AboutTheOpenIssue):
    """A link that opens nothing any more."""

    permission_required = "approve"

    def address(self) -> str:
        return reverse("issue_desk:links", args=[self.publication.slug])

    def change(self) -> None:
        link = get_object_or_404(self.open_issue.approval_links, pk=self.kwargs["link"])
        withdraw(link, self.request.user)
        say(self.request, well=True, sentence=f"The link for {link.name} opens nothing any more.")


def _mail(link: ApprovalLink, token: str, by: str) -> bool:
    """Mail a link to whom it is for; whether the transport took it."""
    issue = link.issue
    until = printed_moment(link.expires_at.astimezone(issue.publication.zone))
    rendering = render_notice(
        f"{issue} waits for your approval",
        [
            f"{by} asks you, {link.name}, to approve {issue}.",
            "The link shows it as its readers will get it. It is for you alone: whoever has it can "
            f"approve in your name. It can be used once, until {until}.",
        ],
        [
            (
                "Look at it, and approve it",
                f"{settings.SITE_URL}{reverse('approval:page', args=[token])}",
            )
        ],
        audience="those who approve",
        because="you are asked to approve an issue",
    )
    mail = EmailMultiAlternatives(rendering.subject, rendering.text, to=[link.address])
    mail.attach_alternative(rendering.html, "text/html")
    return bool(mail.send())
