"""Taking an approval back: at once, on the record, and with a mail to whoever gave it."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import log

from issues.models import Approval, Issue
from rendering.mail import render_notice

logger = logging.getLogger(__name__)


def approval_in_force(issue: Issue) -> Approval | None:
    """The approval that holds now, as far as the database knows; None if there is none."""
    return issue.approvals.filter(voided_at__isnull=True).select_related("edition").first()


def void_approval(approval: Approval, reason: str, *, tell: bool = True) -> None:
    """Take an approval back, for a reason that its approver will read.

    Args:
        tell: whether the approver gets a mail; not if it is the approver's own doing.
    """
    approval.voided_at = timezone.now()
    approval.void_reason = reason[:300]
    approval.save(update_fields=["voided_at", "void_reason"])
    log(approval.issue, "issues.void", data={"reason": approval.void_reason})
    if tell:
        transaction.on_commit(lambda: tell_approver(approval), robust=True)


def void_approval_of(issue: Issue, reason: str) -> None:
    """Take the approval of an issue back, if it has one."""
    if (approval := approval_in_force(issue)) is not None:
        void_approval(approval, reason)


def tell_approver(approval: Approval) -> bool:
    """Mail whoever approved that it is void, and why; whether a mail was handed over."""
    account = approval.approver
    address = account.email if account is not None else approval.approver_address
    if not address:
        return False
    issue = approval.issue
    rendering = render_notice(
        f"{issue}: your approval is void",
        [
            f"You approved {issue}. Your approval is void now: {approval.void_reason}",
            "It is not sent before somebody approves it as it is now.",
        ],
        [("Look at it", f"{settings.SITE_URL}{desk_page(issue)}")] if account is not None else [],
    )
    mail = EmailMultiAlternatives(rendering.subject, rendering.text, to=[address])
    mail.attach_alternative(rendering.html, "text/html")
    try:
        return bool(mail.send())
    except Exception:
        # A mail that does not go out must not undo what was done.
        logger.warning(
            "The approver of %s could not be told that it is void.", issue, exc_info=True
        )
        return False


def desk_page(issue: Issue) -> str:
    """The path of the issue's page at the desk; named, for the desk is another room."""
    return reverse("issue_desk:issue", args=[issue.publication.slug])
