"""Links by which one person without an account approves one issue, once, until a day.

The link is signed for this purpose alone and nothing of it is kept; its row makes it single-use
and lets the newsroom take it back. What the link opens shows the issue; only a POST approves.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from issues.approval import Approver, approve_issue
from issues.errors import IssueError
from issues.models import Approval, ApprovalLink, Issue
from issues.seen import Seen
from issues.voiding import approval_in_force

VALID_FOR = timedelta(days=3)
_signer = Signer(salt="issues.approval-link")


class LinkError(IssueError):
    """A link that opens nothing (any more); the message says why and what to do."""


class BrokenLink(LinkError):  # noqa: N818 - it is the link that is broken
    """None of ours, or not the whole of it."""


@transaction.atomic
def make_link(issue: Issue, name: str, address: str, made_by: Any) -> tuple[ApprovalLink, str]:
    """A link for one person; the row and the token that goes into the address.

    Args:
        name: who it is for, as the record shall name them.
        address: where it is mailed to.
        made_by: the account that wants it made.

    Raises:
        IssueError: if the issue is published.
    """
    if issue.is_published:
        raise IssueError(f"{issue} is published already.")
    link = ApprovalLink.objects.create(
        issue=issue,
        name=name,
        address=address,
        made_by=made_by,
        expires_at=timezone.now() + VALID_FOR,
    )
    log(issue, "issues.make_link", user=made_by, data={"for": name, "link": link.pk})
    return link, _signer.sign(str(link.pk))


def opened(token: str, now: datetime) -> ApprovalLink:
    """The link that a token belongs to, if it still opens anything.

    Args:
        token: from the address; anybody may have written it.
        now: an aware moment.

    Raises:
        BrokenLink: if it is not ours.
        LinkError: if it has run out, was used or taken back, or its issue has left.
    """
    try:
        key = int(_signer.unsign(token))
    except (BadSignature, ValueError):
        raise BrokenLink("This link is not complete; copy it as a whole from the mail.") from None
    links = ApprovalLink.objects.select_related("issue__publication", "issue__volume", "made_by")
    link = links.filter(pk=key).first()
    if link is None or link.withdrawn_at is not None:
        raise LinkError("This link was taken back; ask the newsroom for another one.")
    if link.issue.is_published:
        raise LinkError(f"{link.issue} was published, so there is nothing to approve any more.")
    if link.used_at is not None:
        raise LinkError("This link was used; ask the newsroom for another one to approve anew.")
    if now >= link.expires_at:
        raise LinkError("This link has run out; ask the newsroom for another one.")
    return link


@transaction.atomic
def approve_by_link(token: str, seen: Seen, now: datetime, readers: int | None = None) -> Approval:
    """Approve by a link what its holder has seen; the link is used up by it.

    Args:
        token: from the address.
        seen: what was shown to whoever opened it.
        now: an aware moment.
        readers: how many would get it, for the record.

    Raises:
        LinkError: as `opened`; two who use it at once come here one after the other.
        IssueError: as `approve_issue`, or if somebody else approved it before; then the link
            stays good.
    """
    link = opened(token, now)
    # Who approves or publishes it at this moment is waited for (SQLite: by every transaction).
    Issue.objects.select_for_update().get(pk=link.issue_id)
    if (standing := approval_in_force(link.issue)) is not None:
        raise IssueError(f"{standing.approved_by} approved it before you; there is nothing to do.")
    unused = ApprovalLink.objects.filter(pk=link.pk, used_at=None, withdrawn_at=None)
    if not unused.update(used_at=now):
        raise LinkError("This link was used; ask the newsroom for another one to approve anew.")
    approver = Approver(link.name, address=link.address, seen=seen)
    return approve_issue(link.issue, approver, readers=readers)


@transaction.atomic
def withdraw(link: ApprovalLink, user: Any) -> None:
    """Take a link back; one that was used stays as it is."""
    unused = ApprovalLink.objects.filter(pk=link.pk, used_at=None, withdrawn_at=None)
    if unused.update(withdrawn_at=timezone.now()):
        log(link.issue, "issues.withdraw_link", user=user, data={"for": link.name})
