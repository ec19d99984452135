"""Approving an issue: a person's word that exactly these bytes may be sent.

An approval freezes a rendering and holds for it alone. Whatever changes the
subject, the HTML or the text voids it, and an edit to one of its notes does so
even while the approved words still stand in the note's row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from issues.content import issue_content
from issues.editions import keep_issue
from issues.errors import IssueError, NotApproved
from issues.models import Approval, Issue
from issues.preflight import (
    MAY_BE_OVERRULED,
    Finding,
    Level,
    blockers_among,
    preflight,
    told,
)
from issues.preflight.gathering import facts_of_issue
from notes.models import Note
from rendering import mail


def approval_in_force(issue: Issue) -> Approval | None:
    """The approval that holds now, as far as the database knows; None if there is none."""
    return issue.approvals.filter(voided_at__isnull=True).select_related("edition").first()


def belongs_to(note: Note, issue: Issue) -> bool:
    """Whether a note may be in an issue, by its publication and its (or its moved) date."""
    return note.publication_id == issue.publication_id and note.counts_for <= issue.date


def void_approval(approval: Approval, reason: str) -> None:
    """Take an approval back, for a reason that its approver will read."""
    approval.voided_at = timezone.now()
    approval.void_reason = reason[:300]
    approval.save(update_fields=["voided_at", "void_reason"])


def void_approval_of(issue: Issue, reason: str) -> None:
    """Take the approval of an issue back, if it has one."""
    if (approval := approval_in_force(issue)) is not None:
        void_approval(approval, reason)


@transaction.atomic
def approve_issue(
    issue: Issue, by: str, send_at: datetime | None = None, overruled: Collection[str] = ()
) -> Approval:
    """Approve an issue as it renders now. Approving the same bytes again changes nothing.

    What preflight warns of is written into the approval, and what was overruled: it was let pass.

    Args:
        by: who approves, as the record shall name them.
        send_at: when it may leave (aware); None for its day at the publication's hour.
        overruled: codes of blockers that the approver lets pass, of `preflight.MAY_BE_OVERRULED`.

    Raises:
        IssueError: if it is published, or preflight finds something that stops it.
    """
    if unknown := set(overruled) - MAY_BE_OVERRULED:
        raise IssueError(
            f"{', '.join(sorted(unknown))} can't be overruled; these can be: "
            f"{', '.join(sorted(MAY_BE_OVERRULED))}."
        )
    issue = Issue.objects.select_for_update().get(pk=issue.pk)
    if issue.is_published:
        raise IssueError(f"{issue} is published already.")
    content = issue_content(issue)
    rendering = mail.render_issue(content)
    # Spelling gives hints only, which no approval names.
    found = preflight(facts_of_issue(issue, content, rendering, spelling=False))
    if blockers := blockers_among(found, overruled):
        raise IssueError(f"{issue} can't be approved yet: {told(blockers)}{_way_out(blockers)}")
    due = send_at or issue.publication.due(issue.date)
    standing = approval_in_force(issue)
    if standing is not None:
        if standing.sha256 == rendering.sha256 and standing.send_at == due:
            return standing
        void_approval(standing, f"Approved anew by {by}.")
    return Approval.objects.create(
        issue=issue,
        edition=keep_issue(issue, content, rendering),
        sha256=rendering.sha256,
        audience=f"confirmed readers of {issue.publication}",
        send_at=due,
        approved_by=by,
        findings=[asdict(finding) for finding in found if finding.level is not Level.HINT],
    )


def confirm_approval(issue: Issue) -> Approval:
    """The approval in force, after proof that it still is one for what would be sent.

    Voids it if not; call this outside of a transaction that an error would roll back.

    Raises:
        NotApproved: if there is none, or the words have changed since.
    """
    approval = approval_in_force(issue)
    if approval is None:
        latest = issue.approvals.first()
        why = f" ({latest.void_reason})" if latest is not None else ""
        raise NotApproved(f"{issue} is not approved{why}; approve it with `twtw issue approve`.")
    reason = _what_changed(issue, approval)
    if reason:
        void_approval(approval, reason)
        raise NotApproved(
            f"{issue} was approved by {approval.approved_by}, but changed since: {reason} "
            "Look at it and approve it again."
        )
    return approval


def _what_changed(issue: Issue, approval: Approval) -> str:
    for entry in issue.entries.select_related("note"):
        if not entry.note.is_approved:
            return f"“{entry.note}” was edited and is not approved again."
        if not belongs_to(entry.note, issue):
            return f"“{entry.note}” was moved to another week or publication."
    content = issue_content(issue)
    rendering = mail.render_issue(content)
    if rendering.subject != approval.edition.subject:
        return "its subject line is not the approved one."
    if rendering.sha256 != approval.sha256:
        return "its words, their order, its pictures or its look are not the approved ones."
    # The transport, the sender or the site may be others than those it was approved with.
    facts = facts_of_issue(issue, content, rendering, spelling=False)
    return told(
        blockers_among(preflight(facts), {finding["code"] for finding in approval.findings})
    )


def _way_out(blockers: Iterable[Finding]) -> str:
    """What to do if all of these are right as they stand."""
    codes = sorted({finding.code for finding in blockers})
    if not MAY_BE_OVERRULED.issuperset(codes):
        return ""
    options = " ".join(f"--overrule {code}" for code in codes)
    return f" If it is right as it stands, approve it with {options}."
