"""What the desk shows of a note's way to approval, and what it offers to whom on that way."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.panels import Panel
from wagtail.admin.ui.components import Component
from wagtail.admin.views.home import WorkflowObjectsToModeratePanel
from wagtail.models import TaskState, WorkflowState
from wagtail.snippets.action_menu import ActionMenuItem

from notes.approval import may_approve
from notes.models import Note

# A note is submitted for approval; it becomes public when what carries it is mailed.
NOT_AT_THE_DESK = {"action-publish", "action-unpublish"}


class ReviewPanel(Panel):
    """On top of a note's form: what was said of it in review, and who may approve it."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "desk/review_panel.html"

        def is_shown(self) -> bool:
            return self.instance.pk is not None and any(self._said().values())

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            return {**super().get_context_data(parent_context), **self._said()}

        def _said(self) -> dict[str, Any]:
            note, user = self.instance, self.request.user
            state = note.current_workflow_state
            if state is None:
                return {"asked": None, "waits": False, "own": False}
            waits = state.status == WorkflowState.STATUS_IN_PROGRESS
            task = note.current_workflow_task
            reviews = waits and task and task.user_can_access_editor(note, user)
            return {
                "asked": changes_asked_for(state),
                "waits": waits,
                "own": reviews and not may_approve(note, user),
            }


def changes_asked_for(state: WorkflowState) -> TaskState | None:
    """The last time that a reviewer asked for changes on this way to approval."""
    rejected: TaskState | None = (
        state.task_states.filter(status=TaskState.STATUS_REJECTED)
        .select_related("finished_by")
        .order_by("-finished_at")
        .first()
    )
    return rejected


def offer_what_can_be_done(
    items: list[ActionMenuItem], request: HttpRequest, context: dict[str, Any]
) -> None:
    """No publication, and to nobody the approval of their own note."""
    if context["model"] is not Note:
        return
    refused = set(NOT_AT_THE_DESK)
    note = context.get("instance")
    if note is not None and not may_approve(note, request.user):
        refused.add("approve")
    items[:] = [item for item in items if item.name not in refused]


class NotesToReview(WorkflowObjectsToModeratePanel):
    """Wagtail's list on the home page of what waits for one, without approving one's own notes."""

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        user = parent_context["request"].user
        for state in context["states"]:
            if isinstance(state["obj"], Note) and not may_approve(state["obj"], user):
                state["actions"] = [act for act in state["actions"] if act[0] != "approve"]
        return context


def list_what_waits_for_one(request: HttpRequest, panels: list[Component]) -> None:
    """In the place of Wagtail's own list."""
    panels[:] = [
        NotesToReview() if isinstance(panel, WorkflowObjectsToModeratePanel) else panel
        for panel in panels
    ]


hooks.register("construct_snippet_action_menu", offer_what_can_be_done)
hooks.register("construct_homepage_panels", list_what_waits_for_one)
