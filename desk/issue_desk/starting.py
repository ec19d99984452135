"""The buttons that start what the schedule starts: prepare now, send now.

What they ask for is written down first, so that it comes about also if the schedule does not run
at this moment.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from wagtail.log_actions import log

from delivery.audience import audience_of
from desk.issue_desk.asking import AboutTheApproval, AsksFirst, say
from desk.naming import name_of
from issues.approval import approval_in_force, reschedule
from issues.assembling import check_assembling
from issues.errors import IssueError
from issues.models import Approval
from rendering.dates import printed_moment


def leaves(approval: Approval) -> datetime:
    """When an approved issue is to leave, by its publication's clock."""
    return approval.send_at.astimezone(approval.issue.publication.zone)


def see_off(approval: Approval, key: str, now: datetime) -> tuple[bool, str]:
    """Have an approved issue leave if its time has come.

    Args:
        key: asking twice with the same key starts one run.
        now: an aware moment.

    Returns:
        Whether all is well, and a sentence on what happens when.
    """
    if approval.send_at > now:
        return True, f"It leaves on {printed_moment(leaves(approval))}."
    from flows.starting import start_publishing

    started = start_publishing(approval.issue.publication.slug, key)
    if started.ok:
        return True, "It leaves now."
    return False, (
        f"{started.why} Nothing is lost: it is to leave at once, and leaves as soon as the "
        "schedule runs again."
    )


class SendNow(AboutTheApproval):
    """An approved issue, before its time."""

    action_title = "Send now"
    button = "Yes, send it now"
    is_awaited = True

    def get_question(self) -> str:
        if (approval := approval_in_force(self.open_issue)) is None:
            return f"{self.open_issue} is not approved, so it can't be sent. Approve it first."
        audience = audience_of(self.publication, segment=self.open_issue.segment)
        return (
            f"{audience.sentence} It was to leave on "
            f"{printed_moment(leaves(approval))}; it leaves now instead. What has left can't be "
            "taken back."
        )

    def change(self) -> None:
        issue, user, now = self.open_issue, self.request.user, timezone.now()
        approval = self.approval()
        if approval.send_at > now:
            approval = reschedule(issue, now, name_of(self.request.user), user)
        log(issue, "issues.send_now", user=user, data={"sha256": approval.sha256})
        well, sentence = see_off(approval, f"send-now-{approval.pk}-{self.key}", now)
        say(self.request, well=well, sentence=f"{issue}: {sentence}")


class Prepare(AsksFirst):
    """The week's issue, put together or refreshed at once."""

    any_permission_required = ("change", "approve")
    action_title = "Prepare now"
    button = "Yes, prepare it now"
    is_awaited = True

    def get_question(self) -> str:
        approval = approval_in_force(self.issue) if self.issue else None
        if approval is not None:
            return (
                f"{self.issue} is approved by {approval.approved_by}. To prepare it anew takes the "
                "approval back: it is not sent before somebody approves it again."
            )
        if self.issue is not None:
            return (
                f"The notes of the week that are approved by now come into {self.issue}, and those "
                "that are not any more are taken out. What is arranged and written stays."
            )
        return "The approved notes of the week are put together as the next issue."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        approved = self.issue is not None and approval_in_force(self.issue) is not None
        return {**super().get_context_data(**kwargs), "reopen": approved, "serious": approved}

    def change(self) -> None:
        reopen = self.request.POST.get("reopen") == "yes"
        if self.issue is not None and approval_in_force(self.issue) is not None and not reopen:
            raise IssueError(
                f"Nothing was done: {self.issue} was approved meanwhile. Whoever still wants it "
                "prepared anew presses the button again."
            )
        from flows.due import day_to_prepare
        from flows.starting import start_preparing

        # The run would tell the log why it can't, and not whoever waits here.
        day = day_to_prepare(self.publication, timezone.now())
        check_assembling(self.publication, day, reopen=reopen)
        slug = self.publication.slug
        started = start_preparing(slug, reopen=reopen, key=f"prepare-{slug}-{self.key}")
        if not started.ok:
            say(
                self.request,
                well=False,
                sentence=f"{started.why} Nothing was changed: ask whoever looks after the "
                "newsroom's machine to start it with `twtw up`, and press the button again.",
            )
            return
        log(self.publication, "issues.prepare", user=self.request.user, data={"reopen": reopen})
        say(self.request, well=True, sentence="It is being prepared; this takes a few seconds.")
