"""Starting a deployment from a page: the same one that the schedule starts.

Whatever it would have done is in the database already, so a Prefect that can't be reached costs
time and loses nothing: what is approved or begun is picked up as soon as Prefect runs again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from delivery.models import Mailing

logger = logging.getLogger(__name__)

HEALTH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Started:
    """Whether a run was asked for; if not, `why` is a sentence for whoever pressed the button."""

    ok: bool
    why: str = ""


NOT_REACHED = Started(ok=False, why="The schedule does not run at this moment.")


# Prefect takes a second or two to import, which a page that starts nothing does not need; so each
# of these imports it when it is called.


def start_preparing(publication: str, *, reopen: bool, key: str) -> Started:
    """Have the open issue of a publication prepared; never raises.

    Args:
        publication: its slug.
        reopen: take its approval back and refresh it all the same.
        key: asking twice with the same key starts one run.
    """
    from flows.deployments import preparing_name

    return start(preparing_name(publication), {"publication": publication, "reopen": reopen}, key)


def start_publishing(publication: str, key: str) -> Started:
    """Have the approved issue of a publication published if its time has come; never raises.

    Nobody is told if there was nothing to send: another run may have sent it meanwhile.

    Args:
        publication: its slug.
        key: asking twice with the same key starts one run.
    """
    from flows.deployments import publishing_name

    return start(publishing_name(publication), {"publication": publication, "quiet": True}, key)


def start_alert(publication: str, note: int, key: str) -> Started:
    """Have a note mailed as an alert, or its mailing continued; never raises.

    Args:
        publication: the slug of the one whose readers get it.
        note: the note's number.
        key: asking twice with the same key starts one run.
    """
    from flows.deployments import alerting_name

    return start(alerting_name(), {"note": note, "publication": publication}, key)


def start_mailing(mailing: Mailing, key: str) -> Started:
    """Have a mailing that was begun continued, whatever it is of; never raises.

    Args:
        key: asking twice with the same key starts one run.
    """
    from flows.watching import continuing

    deployment, parameters = continuing(mailing)
    return start(deployment, parameters, key)


def start_importing(run: int, key: str) -> Started:
    """Have an import of readers brought forward: its file read, or taken in; never raises.

    Args:
        run: its number.
        key: asking twice with the same key starts one run.
    """
    from flows.deployments import importing_name

    return start(importing_name(), {"run": run}, key)


def start(deployment: str, parameters: Mapping[str, Any], key: str) -> Started:
    """Have Prefect run a deployment, without waiting for it. Never raises.

    Args:
        deployment: its full name, like `publish/publish-twtw` (see `flows.deployments`).
        parameters: the story's own.
        key: asking twice with the same key starts one run.
    """
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
