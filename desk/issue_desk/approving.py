"""Approving the open issue at the desk, and taking that back or putting it off until it goes.

The page shows all that the word is given for, and the word holds for that alone: if anything of
it is another one by the time the button is pressed, nothing is approved and the page says what.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.forms import DateField, DateInput, Form, TimeField, TimeInput
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from wagtail.admin import messages

from delivery.audience import audience_of
from desk.issue_desk.asking import SENTENCES, AboutTheApproval, AboutTheOpenIssue, say
from desk.issue_desk.shown import given, how_it_looks, overruled, what_is_shown
from desk.issue_desk.starting import leaves, see_off
from desk.naming import name_of
from issues.approval import (
    Approver,
    approval_in_force,
    approve_issue,
    reschedule,
    take_back_approval,
)
from issues.errors import IssueError
from issues.models import Approval, Publication
from issues.preflight.gathering import facts_of_issue
from issues.seen import ChangedSinceSeen, as_it_is
from issues.sending_times import check_is_meant, moment_there
from rendering.dates import printed_moment


class WhenForm(Form):
    """A day and an hour by the publication's clock."""

    day = DateField(label="Day", widget=DateInput({"type": "date"}, "%Y-%m-%d"))
    hour = TimeField(label="Time", widget=TimeInput({"type": "time"}, "%H:%M"))

    def __init__(self, publication: Publication, usual: datetime, posted: Any = None) -> None:
        """`usual` is the moment that is proposed, aware; `posted` what came back, if anything."""
        self._zone = publication.zone
        self._usual = usual.astimezone(self._zone)
        super().__init__(posted, initial={"day": self._usual.date(), "hour": self._usual.time()})
        self.fields[
            "hour"
        ].help_text = f"By the clock of {self._zone}. A moment that is past means at once."

    def moment(self, now: datetime) -> datetime:
        """The moment that was written, aware.

        Raises:
            IssueError: if it is none, or more than a year away.
        """
        if not self.is_valid():
            raise IssueError("Write the day and the time at which it is to leave.")
        day, hour = self.cleaned_data["day"], self.cleaned_data["hour"]
        if (day, f"{hour:%H:%M}") == (self._usual.date(), f"{self._usual:%H:%M}"):
            # As it was proposed, to the second: where a clock shows that hour twice, too.
            return self._usual
        moment = moment_there(day, hour, self._zone)
        check_is_meant(moment, now)
        return moment


class Approve(AboutTheOpenIssue):
    """All that the approval is for; a POST gives it."""

    permission_required = "approve"
    action_title = "Approve"
    template_name = "desk/approve.html"
    refusal = ""
    form: WhenForm | None = None

    def get_question(self) -> str:
        return f"Approve {self.open_issue}?"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        issue = self.open_issue
        context = {
            **super().get_context_data(**kwargs),
            "refusal": self.refusal,
            "approval": approval_in_force(issue),
        }
        if context["approval"]:
            return {**context, "leaves": printed_moment(leaves(context["approval"]))}
        audience = audience_of(self.publication, segment=issue.segment)
        facts = facts_of_issue(issue)
        seen = as_it_is(self.publication, facts.rendering, audience.readers, issue.segment)
        due = self.publication.due(issue.date)
        return {
            **context,
            **what_is_shown(facts, seen, self._purpose),
            "audience": audience,
            "choose_readers": reverse("issue_desk:audience", args=[self.publication.slug]),
            **how_it_looks(self.request, self._preview),
            "form": self.form or WhenForm(self.publication, due),
            "due": printed_moment(due),
            "is_past": due <= timezone.now(),
        }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().get(request, *args, **kwargs)
        except SENTENCES as why:
            messages.error(request, f"It can't be shown, so it can't be approved: {why}")
            return HttpResponseRedirect(self.address())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.issue is None or request.POST.get("issue") != str(self.issue.pk):
            return self.nothing_open()
        self.form = WhenForm(self.publication, self.publication.due(self.issue.date), request.POST)
        try:
            approval = self._approve()
        except ChangedSinceSeen as refusal:
            return self._again(refusal, HTTPStatus.CONFLICT)
        except SENTENCES as refusal:
            return self._again(refusal, HTTPStatus.BAD_REQUEST)
        well, sentence = see_off(approval, f"approval-{approval.pk}", timezone.now())
        say(request, well=well, sentence=f"{approval.issue} is approved. {sentence}")
        return HttpResponseRedirect(self.address())

    def _approve(self) -> Approval:
        assert self.form is not None  # noqa: S101 - `post` has just made it
        return approve_issue(
            self.open_issue,
            Approver(
                name=name_of(self.request.user),
                account=self.request.user,
                seen=given(self.request.POST, self._purpose),
            ),
            send_at=self.form.moment(timezone.now()),
            overruled=overruled(self.request.POST),
            readers=audience_of(self.publication, segment=self.open_issue.segment).readers,
        )

    def _again(self, refusal: Exception, status: HTTPStatus) -> HttpResponse:
        """The page as it is now, with what stood in the way."""
        self.refusal = str(refusal)
        try:
            context = self.get_context_data(**self.kwargs)
        except SENTENCES as why:
            messages.error(self.request, f"Nothing was approved: {why}")
            return HttpResponseRedirect(self.address())
        return self.render_to_response(context, status=status)

    def _preview(self, mode: str) -> str:
        return reverse("issue_desk:preview", args=[self.publication.slug, mode])

    @property
    def _purpose(self) -> str:
        return f"issue-{self.open_issue.pk}"


class TakeBack(AboutTheApproval):
    """The approval, back again."""

    action_title = "Take the approval back"
    button = "Yes, take it back"
    serious = True

    def get_question(self) -> str:
        if (approval := approval_in_force(self.open_issue)) is None:
            return f"{self.open_issue} is not approved, so nothing of it leaves."
        return (
            f"{approval.approved_by} approved it, to leave on {printed_moment(leaves(approval))}. "
            "Taken back, it does not leave before somebody approves it again."
        )

    def change(self) -> None:
        self.approval()
        take_back_approval(self.open_issue, name_of(self.request.user), self.request.user)
        say(
            self.request,
            well=True,
            sentence=f"{self.open_issue} is not approved any more, and does not leave.",
        )


class Reschedule(AboutTheApproval):
    """Another time for an approved issue; the approval of its words stays."""

    action_title = "Reschedule"
    button = "Have it leave then"

    def get_question(self) -> str:
        if (approval := approval_in_force(self.open_issue)) is None:
            return f"{self.open_issue} is not approved, so nothing of it leaves."
        return (
            f"It is approved to leave on {printed_moment(leaves(approval))}. When shall it leave "
            "instead?"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        approval = approval_in_force(self.open_issue)
        form = WhenForm(self.publication, approval.send_at) if approval else None
        return {**super().get_context_data(**kwargs), "form": form}

    def change(self) -> None:
        now = timezone.now()
        form = WhenForm(self.publication, self.approval().send_at, self.request.POST)
        moment = form.moment(now)
        approval = reschedule(
            self.open_issue, moment, name_of(self.request.user), self.request.user
        )
        well, sentence = see_off(approval, f"reschedule-{approval.pk}-{self.key}", now)
        say(self.request, well=well, sentence=f"{self.open_issue}: {sentence}")
