"""Arranging at the desk: the order of the notes, what is left out, what is taken in.

Each change names what the person saw: the notes in order, and the approval in force. Where one of
these is another by now, nothing is changed and the page says so.
"""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from wagtail.admin import messages

from desk.issue_desk.publication import OfOnePublication
from desk.pressing import DoneByAButton
from issues import arranging
from issues.approval import approval_in_force
from issues.errors import IssueError
from issues.models import Approval, Issue
from notes.models import Note

_KEYS = re.compile(r"(\d{1,18}(,\d{1,18})*)?", re.ASCII)
NOTES = "notes-section"


class Rearrangement(DoneByAButton, OfOnePublication):
    """A change of what is in the open issue, or of its order; told at the issue's page."""

    permission_required = "change"

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        try:
            said, void = self._change_what_was_seen()
        except IssueError as refusal:
            messages.error(request, str(refusal))
        else:
            if void is None:
                messages.success(request, said)
            else:
                messages.warning(request, f"{said} {_told(void)}")
        return HttpResponseRedirect(f"{self.address()}#{self.place()}")

    @transaction.atomic
    def _change_what_was_seen(self) -> tuple[str, Approval | None]:
        """Do it; what is said of it, and the approval that it took back."""
        posted = self.request.POST
        if self.issue is None or posted.get("issue") != str(self.issue.pk):
            raise IssueError(
                "This issue is not open any more, so nothing was changed; look at what there is."
            )
        # Whoever approves or publishes it waits here, or was before.
        issue = Issue.objects.select_for_update().get(pk=self.issue.pk)
        approval = approval_in_force(issue)
        if approval is not None and posted.get("approval") != str(approval.pk):
            raise IssueError(
                f"{approval.approved_by} approved it since you opened this page, so nothing was "
                "changed. Do it again if it is still wanted: it takes the approval back."
            )
        said = self.change(issue, _keys(posted.get("seen", "")))
        is_void = approval is not None and approval_in_force(issue) is None
        return said, approval if is_void else None

    def change(self, issue: Issue, seen: list[int]) -> str:
        """Do it, and say what is done.

        Raises:
            IssueError: if it can't be done as things are.
        """
        raise NotImplementedError

    def note(self) -> Note:
        """The note that the button names.

        Raises:
            IssueError: if it names none of this publication.
        """
        keys = _keys(self.request.POST.get("note", ""))
        note = Note.objects.filter(publication=self.publication, pk__in=keys[:1]).first()
        if note is None:
            raise IssueError("That note is not there any more; look at what there is.")
        return note

    def place(self) -> str:
        """Where on the page it is to be seen afterwards."""
        return NOTES


class Arrange(Rearrangement):
    """Another order: a whole one, or one note one place up or down."""

    moved = 0

    def change(self, issue: Issue, seen: list[int]) -> str:
        order = self._wanted(seen)
        arranging.arrange(issue, order, seen, self.request.user)
        if self.moved not in order:
            return "The order is saved."
        note = Note.objects.get(pk=self.moved)
        return f"“{note}” is now {order.index(self.moved) + 1} of {len(order)}."

    def _wanted(self, seen: list[int]) -> list[int]:
        posted = self.request.POST
        if "order" in posted:
            self.moved = next(iter(_keys(posted.get("moved", ""))), 0)
            return _keys(posted["order"])
        up = "up" in posted
        self.moved = next(iter(_keys(posted.get("up" if up else "down", ""))), 0)
        if self.moved not in seen:
            raise IssueError("That note is not in the issue any more; look at it as it is now.")
        place = seen.index(self.moved)
        other = max(0, place - 1) if up else min(len(seen) - 1, place + 1)
        order = list(seen)
        order[place], order[other] = order[other], order[place]
        return order

    def place(self) -> str:
        return f"note-{self.moved}" if self.moved else NOTES


class LeaveOut(Rearrangement):
    """Out of the issue, until it is put back."""

    def change(self, issue: Issue, seen: list[int]) -> str:
        note = self.note()
        arranging.leave_out(issue, note, seen, self.request.user)
        return f"“{note}” is left out; it can be put back."


class TakeIn(Rearrangement):
    """Into the issue, as its last note."""

    def change(self, issue: Issue, seen: list[int]) -> str:
        note = self.note()
        arranging.take_in(issue, note, seen, self.request.user)
        return f"“{note}” is in, as the last of {len(seen) + 1}."

    def place(self) -> str:
        key = self.request.POST.get("note", "")
        return f"note-{key}" if key.isdecimal() else NOTES


class Postpone(Rearrangement):
    """To the next week's issue."""

    def change(self, issue: Issue, seen: list[int]) -> str:
        note = self.note()
        arranging.postpone(issue, note, seen, self.request.user)
        return f"“{note}” is moved to the next week."


def _keys(posted: str) -> list[int]:
    """`3,5,8` as it comes back from the page; anything else is nobody's order.

    Raises:
        IssueError: if it is no such list.
    """
    if not _KEYS.fullmatch(posted):
        raise IssueError("What came back was of no page of ours; open the page again.")
    return [int(key) for key in posted.split(",") if key]


def _told(approval: Approval) -> str:
    account = approval.approver
    is_told = bool(account.email if account is not None else approval.approver_address)
    told = f", and {approval.approved_by} is told by mail" if is_told else ""
    return f"The approval was taken back{told}."
