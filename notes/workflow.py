"""What happens when a note's workflow is finished: its text is approved, not made public.

Wagtail imports this module while its own models load, so nothing here may
import a model.
"""

from __future__ import annotations

from typing import Any


def record_approval(workflow_state: Any, user: Any = None) -> None:
    """Set as `WAGTAIL_FINISH_WORKFLOW_ACTION`; called once the last step is approved.

    As in Wagtail's own action the latest revision is meant: the one in the form whose button
    *Approve* was pressed, which saves before it approves.
    """
    from notes.approval import approve_revision

    note = workflow_state.content_object
    approve_revision(note, note.get_latest_revision(), user)
