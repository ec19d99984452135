"""Approving an issue: a person's word that exactly these bytes may be sent.

An approval freezes a rendering and holds for it alone, and for its sender and its audience.
Whatever changes the subject, the HTML, the text or one of those two voids it, and an edit to one
of its notes does so even while the approved words still stand in the note's row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.log_actions import log

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
from issues.seen import Seen, as_it_is
from issues.segments import doubt_about
from issues.voiding import approval_in_force, void_approval
from notes.content import NoteContentError
from notes.models import Note
from rendering import mail
from rendering.content import Rendering
from rendering.dates import printed_moment
from rendering.errors import RenderingError

__all__ = [
    "Approver",
    "approval_in_force",
    "approve_issue",
    "belongs_to",
    "confirm_approval",
    "reschedule",
    "take_back_approval",
    "what_changed",
]


def belongs_to(note: Note, issue: Issue) -> bool:
    """Whether a note may be in an issue, by its publication and its (or its moved) date."""
    return note.publication_id == issue.publication_id and note.counts_for <= issue.date


@dataclass(frozen=True, slots=True)
class Approver:
    """Who gives their word: a name for the record, and where they are told if it becomes void.

    `account` is None for an approval by link (then `address` is where the link went) and at the
    command line. `seen` is what the person looked at; None where nobody could have looked at
    another one than this.
    """

    name: str
    account: Any = None
    address: str = ""
    seen: Seen | None = None


@transaction.atomic
def approve_issue(
    issue: Issue,
    by: str | Approver,
    send_at: datetime | None = None,
    overruled: Collection[str] = (),
    readers: int | None = None,
) -> Approval:
    """Approve an issue as it renders now. Approving the same bytes again changes nothing.

    What preflight warns of is written into the approval, and what was overruled: it was let pass.

    Args:
        by: who approves.
        send_at: when it may leave (aware); None for its day at the publication's hour.
        overruled: codes of blockers that the approver lets pass, of `preflight.MAY_BE_OVERRULED`.
        readers: how many would get it now, for the record; None if that was not counted.

    Raises:
        ChangedSinceSeen: if it is not what the approver has seen.
        IssueError: if it is published, preflight finds something that stops it, or somebody
            else approved the same for another time since the approver looked.
    """
    approver = by if isinstance(by, Approver) else Approver(by)
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
    now = as_it_is(issue.publication, rendering, readers, issue.segment)
    if approver.seen is not None:
        approver.seen.confirm(now, str(issue))
    # Spelling gives hints only, which no approval names.
    found = preflight(facts_of_issue(issue, content, rendering, spelling=False))
    if blockers := blockers_among(found, overruled):
        raise IssueError(f"{issue} can't be approved yet: {told(blockers)}{_way_out(blockers)}")
    due = send_at or issue.publication.due(issue.date)
    standing = approval_in_force(issue)
    if standing is not None:
        if not _differs(standing, now):
            if standing.send_at == due:
                return standing
            if approver.seen is not None:
                # Where an approval is in force, a page offers to put it off, not to approve.
                raise IssueError(
                    f"{standing.approved_by} approved it before you, to leave on "
                    f"{printed_moment(standing.send_at.astimezone(issue.publication.zone))}."
                )
        # Whoever approved before knows by it that the issue is approved still.
        void_approval(standing, f"Approved anew by {approver.name}.", tell=False)
    approval = Approval.objects.create(
        issue=issue,
        edition=keep_issue(issue, content, rendering),
        sha256=now.sha256,
        audience=now.audience,
        sender=now.sender,
        send_at=due,
        readers=readers,
        approved_by=approver.name,
        approver=approver.account,
        approver_address=approver.address,
        findings=[asdict(finding) for finding in found if finding.level is not Level.HINT],
    )
    log(
        issue,
        "issues.approve",
        user=approver.account,
        data={"by": approver.name, "sha256": approval.sha256, "send_at": due.isoformat()},
    )
    return approval


@transaction.atomic
def take_back_approval(issue: Issue, by: str, user: Any = None) -> None:
    """Take the approval of an issue back, so that it does not leave; the approver is told.

    Args:
        by: who takes it back, as the record shall name them.
        user: their account, if they have one.

    Raises:
        IssueError: if it has left, or is not approved.
    """
    approval = _approval_to_change(issue)
    own = user is not None and approval.approver_id == user.pk
    void_approval(approval, f"{by} took it back.", tell=not own)


@transaction.atomic
def reschedule(issue: Issue, send_at: datetime, by: str, user: Any = None) -> Approval:
    """Have an approved issue leave at another time; the approval of its words stays.

    Args:
        send_at: when it may leave (aware); a past moment means at once.
        by: who wants it, as the record shall name them.
        user: their account, if they have one.

    Raises:
        IssueError: if it has left, or is not approved.
    """
    approval = _approval_to_change(issue)
    data = {"by": by, "from": approval.send_at.isoformat(), "to": send_at.isoformat()}
    approval.send_at = send_at
    approval.save(update_fields=["send_at"])
    log(issue, "issues.reschedule", user=user, data=data)
    return approval


def _approval_to_change(issue: Issue) -> Approval:
    # Whoever publishes it waits here, or has published it before (SQLite: in every transaction).
    issue = Issue.objects.select_for_update().get(pk=issue.pk)
    if issue.is_published:
        raise IssueError(f"{issue} is published already; pause or cancel its mailing instead.")
    approval = approval_in_force(issue)
    if approval is None:
        raise IssueError(f"{issue} is not approved, so nothing of it leaves.")
    return approval


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
    reason = what_changed(issue, approval) or _what_stops_it(issue, approval)
    if reason:
        void_approval(approval, reason)
        raise NotApproved(
            f"{issue} was approved by {approval.approved_by}, but changed since: {reason} "
            "Look at it and approve it again."
        )
    return approval


def what_changed(issue: Issue, approval: Approval) -> str:
    """Why an approval is none any more for what would be sent now; empty if it still is."""
    for entry in issue.entries.select_related("note"):
        if not entry.note.is_approved:
            return f"“{entry.note}” was edited and is not approved again."
        if not belongs_to(entry.note, issue):
            return f"“{entry.note}” was moved to another week or publication."
    try:
        rendering = mail.render_issue(issue_content(issue))
    except (NoteContentError, RenderingError) as error:
        return str(error)
    now = as_it_is(issue.publication, rendering, segment=issue.segment)
    return _differs(approval, now) or doubt_about(issue.segment)


def _differs(approval: Approval, now: Seen) -> str:
    """In what an approval is for something else; empty if in nothing."""
    if approval.edition.subject != now.subject:
        return "its subject line is not the approved one."
    if approval.sha256 != now.sha256:
        return "its words, their order, its pictures or its look are not the approved ones."
    if approval.sender != now.sender:
        return f"it would be from {now.sender}."
    if approval.audience != now.audience:
        return f"it would go to {now.audience}."
    return ""


def _what_stops_it(issue: Issue, approval: Approval) -> str:
    """What preflight finds; the transport or the site may be others than at the approval."""
    # Its rendering is the approved one: that was proved before.
    kept = approval.edition
    rendering = Rendering(kept.subject, kept.html, kept.text, kept.sha256)
    facts = facts_of_issue(issue, rendering=rendering, spelling=False)
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
