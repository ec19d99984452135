"""Looking on: what Prefect was told follows the database, and what waits to be sent is begun.

An editor's change of a weekday, an hour or a time zone is taken up within seconds. An
approved issue whose time went by, a mailing and an import that were interrupted, are begun again
and again, at growing intervals, until they have ended. What is paused is left alone, and what has
to wait until its time has come.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import connection
from django.utils import timezone
from prefect.deployments import run_deployment
from prefect.deployments.runner import RunnerDeployment

from delivery.models import Mailing
from flows import due
from flows.deployments import (
    alerting_name,
    correcting_name,
    deployments,
    importing_name,
    publishing_name,
)
from issues.models import Publication
from subscribers.importing.running import waiting_imports

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 5
# The run that the schedule or a person began comes first; this is for what it could not end.
GRACE = timedelta(minutes=1)
# From one attempt to the next; the last one repeats, because an editor reads of each.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 1440))

Start = Callable[[str, Mapping[str, Any]], None]


class Registry(Protocol):
    """What takes in deployments: Prefect's runner."""

    def add_deployment(self, deployment: RunnerDeployment) -> object: ...


class BackOff:
    """When something may be tried again: at once, then after each of the pauses."""

    def __init__(self) -> None:
        self._tried: dict[Hashable, tuple[int, datetime]] = {}

    def is_due(self, what: Hashable, now: datetime) -> bool:
        """Whether it may be tried now; if so, it counts as tried."""
        times, again = self._tried.get(what, (0, now))
        if now < again:
            return False
        self._tried[what] = (times + 1, now + PAUSES[min(times, len(PAUSES) - 1)])
        return True

    def forget(self, what: Hashable) -> None:
        """Let it be as if it had never been tried."""
        self._tried.pop(what, None)


def start_run(deployment: str, parameters: Mapping[str, Any]) -> None:
    """Have Prefect run a deployment, without waiting for it."""
    run_deployment(deployment, parameters=dict(parameters), timeout=0, as_subflow=False)


class Watch:
    """Keeps Prefect in step with the database.

    Args:
        registry: where deployments are told.
        start: starts a run of a deployment, by its name, with parameters.
    """

    def __init__(self, registry: Registry, start: Start = start_run) -> None:
        self._registry = registry
        self._start = start
        self._registered: dict[str, str] = {}
        self._back_off = BackOff()

    def register_changed(self) -> None:
        """Tell Prefect of deployments that are new, or whose schedule has changed."""
        for deployment in deployments():
            schedule = _schedule_of(deployment)
            if self._registered.get(deployment.name) != schedule:
                self._registry.add_deployment(deployment)
                self._registered[deployment.name] = schedule
                logger.info("%s: %s", deployment.name, schedule or "no schedule")

    def start_what_waits(self, now: datetime, grace: timedelta = GRACE) -> None:
        """Start publishing what should have left, and go on with what was interrupted.

        Args:
            now: an aware moment.
            grace: how long others have had the chance to do it.
        """
        waiting: list[tuple[str, dict[str, Any]]] = []
        for approval in due.approvals_due(now - grace):
            if self._back_off.is_due(("approval", approval.pk), now):
                waiting.append(_publishing(approval.issue.publication))
        for mailing in due.resting_mailings(now):
            # When it is resumed, or its time has come, it goes on at once.
            self._back_off.forget(("mailing", mailing.pk))
        for mailing in due.abandoned_mailings(now, grace):
            if self._back_off.is_due(("mailing", mailing.pk), now):
                waiting.append(continuing(mailing))
        for run in waiting_imports(now, grace):
            # Its file is read in one state, and taken in in another.
            if self._back_off.is_due(("import", run.pk, run.state), now):
                waiting.append((importing_name(), {"run": run.pk}))
        # One run ends all that a publication has begun.
        for place, (deployment, parameters) in enumerate(waiting):
            if (deployment, parameters) not in waiting[:place]:
                self._begin(deployment, parameters)

    def _begin(self, deployment: str, parameters: Mapping[str, Any]) -> None:
        try:
            self._start(deployment, parameters)
        except Exception:
            # One that Prefect does not take must not keep the others from leaving.
            logger.warning("%s: could not be started; trying later.", deployment, exc_info=True)
        else:
            logger.info("%s: started, because something waits", deployment)

    def look_on(self) -> None:
        """Look again and again, until the process ends; the first time nothing else has begun."""
        pause = threading.Event()
        grace = timedelta(0)
        while True:
            try:
                self.register_changed()
                self.start_what_waits(timezone.now(), grace)
                grace = GRACE
            except Exception:
                # A database or a server that is away for a moment must not end the watch.
                logger.warning("Looked in vain; looking again soon.", exc_info=True)
            finally:
                connection.close()
            pause.wait(SECONDS_BETWEEN_LOOKS)


def continuing(mailing: Mailing) -> tuple[str, dict[str, Any]]:
    """The deployment that goes on with a mailing, and its parameters."""
    edition = mailing.edition
    if edition.correction_id is not None:
        return correcting_name(), {"correction": edition.correction_id}
    if edition.note_id is not None:
        return alerting_name(), {"note": edition.note_id, "publication": edition.publication.slug}
    return _publishing(edition.publication)


def _publishing(publication: Publication) -> tuple[str, dict[str, Any]]:
    # Quiet: the run that it comes after may end the same work meanwhile.
    parameters = {"publication": publication.slug, "quiet": True}
    return publishing_name(publication.slug), parameters


def _schedule_of(deployment: RunnerDeployment) -> str:
    return ", ".join(
        f"{getattr(entry.schedule, 'cron', '')} {getattr(entry.schedule, 'timezone', '')}"
        for entry in deployment.schedules or []
    )
