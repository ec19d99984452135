"""A run that fails or dies says so to the editors: nobody has to look at Prefect's pages for it."""

from __future__ import annotations

from typing import Any

from django.db import close_old_connections
from prefect.client.schemas.objects import FlowRun, State
from prefect.flows import Flow

from flows import telling
from flows.reports import TROUBLE

# The tag of a run that a person started at a keyboard, where they see how it ends.
BY_HAND = "by hand"

# States in which a story ends that has told the editors itself, by their names: a reminder, a
# mailing that can't be continued, and a mailing's counts.
TOLD = frozenset({"NotApproved", "Stuck", *TROUBLE.values()})

# States of Prefect's own, whose message has an exception's words: a reader's address may be in it.
UNSAID = {
    "Failed": "It ended with an error of this software or of its machine.",
    "Crashed": "It was stopped, or its process died, before it had come to its end.",
}

# Stories that run so often that the next run mends what was only for a moment: what lasts is told
# of once a day, when the run of this hour and minute (UTC) fails.
FREQUENT = {"follow": (6, 0), "tend-readers": (6, 7), "read-mailbox": (6, 0)}


def tell_of_failure(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Tell the editors; Prefect calls this by the names of its arguments."""
    if state.name in TOLD or BY_HAND in flow_run.tags or not _is_told_of(flow.name, flow_run):
        return
    why = UNSAID.get(state.name or "") or state.message or ""
    try:
        telling.report_failure(flow.name, flow_run.name, why)
    finally:
        # Of a process that died, the runner tells in a thread of its own.
        close_old_connections()


def _is_told_of(story: str, flow_run: FlowRun) -> bool:
    planned = flow_run.expected_start_time
    if story not in FREQUENT or planned is None:
        return True
    return (planned.hour, planned.minute) == FREQUENT[story]
