"""Starting a deployment from a page: the same one that the schedule starts.

Whatever it would have done is in the database already, so a Prefect that can't be reached costs
time and loses nothing: what is approved or begun is picked up as soon as Prefect runs again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

logger = logging.getLogger(__name__)

HEALTH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Started:
    """Whether a run was asked for; if not, `why` is a sentence for whoever pressed the button."""

    ok: bool
    why: str = ""


NOT_REACHED = Started(ok=False, why="The schedule does not run at this moment.")


def start(deployment: str, parameters: Mapping[str, Any], key: str) -> Started:
    """Have Prefect run a deployment, without waiting for it. Never raises.

    Args:
        deployment: its full name, like `publish/publish-twtw` (see `flows.deployments`).
        parameters: the story's own.
        key: asking twice with the same key starts one run.
    """
    # Prefect takes a second or two to import, which a page that starts nothing does not need.
    from prefect.deployments import run_deployment

    from flows.steps import prefect_answers

    if not prefect_answers(HEALTH_SECONDS):
        return NOT_REACHED
    try:
        run_deployment(
            deployment,
            parameters=dict(parameters),
            timeout=0,
            as_subflow=False,
            idempotency_key=key,
        )
    except Exception:
        logger.warning("%s could not be started.", deployment, exc_info=True)
        return NOT_REACHED
    return Started(ok=True)
