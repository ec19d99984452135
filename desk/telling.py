"""Who is mailed about a note's way to approval, besides those to whom Wagtail writes.

The writer is told what became of a note that somebody else submitted, and nobody is asked to
approve what the command line takes through at once. The words of all these mails are in
`templates/wagtailadmin/notifications/`.
"""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth import get_user_model
from wagtail.admin.mail import (
    GroupApprovalTaskStateSubmissionEmailNotifier,
    WorkflowStateApprovalEmailNotifier,
    WorkflowStateRejectionEmailNotifier,
)
from wagtail.models import TaskState, WorkflowState
from wagtail.signals import task_submitted, workflow_approved, workflow_rejected

from notes.models import Note


class ToTheWriter:
    """Whom Wagtail leaves out."""

    def get_recipient_users(self, workflow_state: WorkflowState, **kwargs: Any) -> set[Any]:
        note = workflow_state.content_object
        told = {workflow_state.requested_by_id, getattr(kwargs.get("user"), "pk", None)}
        if not isinstance(note, Note) or note.owner_id is None or note.owner_id in told:
            return set()
        return set(get_user_model().objects.filter(pk=note.owner_id))


class Approved(ToTheWriter, WorkflowStateApprovalEmailNotifier):
    """Their note is approved."""


class ChangesAskedFor(ToTheWriter, WorkflowStateRejectionEmailNotifier):
    """Their note needs changes."""


class Submitted(GroupApprovalTaskStateSubmissionEmailNotifier):
    """A note waits for those who review; not if the command line submitted it, which approves it
    in the same breath."""

    def can_handle(self, instance: TaskState, **kwargs: Any) -> bool:
        by_somebody = instance.workflow_state.requested_by_id is not None
        return by_somebody and bool(super().can_handle(instance, **kwargs))


# Signals keep no reference of their own to what is called.
APPROVED, CHANGES, SUBMITTED = Approved(), ChangesAskedFor(), Submitted()
# Wagtail's own name for it, connected later: the first of a name stays.
INSTEAD_OF_WAGTAILS = "group_approval_task_submitted_email_notification"


def name_no_address(record: logging.LogRecord) -> bool:
    """Lets every line of Wagtail's log pass, but says of no mail that failed to whom it went."""
    if str(record.msg).startswith("Failed to send notification email") and record.args:
        record.args = (record.args[0], "somebody")  # type: ignore[index]
    return True


def write_to_the_writers() -> None:
    """Called when the room is ready."""
    logging.getLogger("wagtail.admin").addFilter(name_no_address)
    task_submitted.connect(SUBMITTED, sender=TaskState, dispatch_uid=INSTEAD_OF_WAGTAILS)
    workflow_approved.connect(
        APPROVED, sender=WorkflowState, dispatch_uid="approved, to the writer"
    )
    workflow_rejected.connect(CHANGES, sender=WorkflowState, dispatch_uid="changes, to the writer")
