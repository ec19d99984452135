"""Mails to the writer of a note what became of it, if somebody else submitted it.

Wagtail writes to whoever submitted it, and to those who review. The words of all these mails are
in `templates/wagtailadmin/notifications/`.
"""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth import get_user_model
from wagtail.admin.mail import (
    WorkflowStateApprovalEmailNotifier,
    WorkflowStateRejectionEmailNotifier,
)
from wagtail.models import WorkflowState
from wagtail.signals import workflow_approved, workflow_rejected

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


# Signals keep no reference of their own to what is called.
APPROVED, CHANGES = Approved(), ChangesAskedFor()


def name_no_address(record: logging.LogRecord) -> bool:
    """Lets every line of Wagtail's log pass, but says of no mail that failed to whom it went."""
    if str(record.msg).startswith("Failed to send notification email") and record.args:
        record.args = (record.args[0], "somebody")  # type: ignore[index]
    return True


def write_to_the_writers() -> None:
    """Called when the room is ready."""
    logging.getLogger("wagtail.admin").addFilter(name_no_address)
    workflow_approved.connect(
        APPROVED, sender=WorkflowState, dispatch_uid="approved, to the writer"
    )
    workflow_rejected.connect(CHANGES, sender=WorkflowState, dispatch_uid="changes, to the writer")
