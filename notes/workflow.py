"""What a note's workflow does here: finished, it approves and does not make public.

And no step of it is taken by the one whose note it is.

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


def refuse_own_approval(instance: Any, **_: Any) -> None:
    """Connected to `pre_save` of `TaskState`: every way to approve a step goes through there.

    Before anything of it is written or mailed, and for each step of a workflow that has several.
    """
    if instance.status != instance.STATUS_APPROVED:
        return
    from notes.approval import refuse_own_note
    from notes.models import Note

    note = instance.workflow_state.content_object
    if isinstance(note, Note):
        refuse_own_note(note, instance.finished_by)
