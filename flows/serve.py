"""`python -m flows.serve` runs the deployments on this machine, by the schedules in the database.

An editor's change of a weekday, an hour or a time zone is taken up within seconds; a run
under way is left alone. An approved issue whose time went by while nobody ran, or that was
approved after its time, is published as soon as this looks.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from datetime import timedelta

from django.db import connection
from django.utils import timezone
from prefect.deployments import run_deployment
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner

from flows import due
from flows.deployments import deployments, publishing_name
from issues.models import Publication

logger = logging.getLogger("flows.serve")

SECONDS_BETWEEN_LOOKS = 5
SECONDS_BETWEEN_POLLS = 2
# The schedule's own run comes first; this is for approvals that no schedule meets.
AFTER_THE_SCHEDULE = timedelta(minutes=1)


class Watch:
    """Keeps what Prefect has been told in step with the database."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._registered: dict[str, str] = {}
        self._begun: set[int] = set()

    def register_changed(self) -> None:
        """Tell Prefect of deployments that are new, or whose schedule has changed."""
        for deployment in deployments():
            schedule = _schedule_of(deployment)
            if self._registered.get(deployment.name) != schedule:
                self._runner.add_deployment(deployment)
                self._registered[deployment.name] = schedule
                logger.info("%s: %s", deployment.name, schedule or "no schedule")

    def publish_overdue(self, grace: timedelta = AFTER_THE_SCHEDULE) -> None:
        """Start publishing what should have left before, once for every approval.

        Args:
            grace: how long the schedule has had the chance to do it.
        """
        for approval in due.approvals_due(timezone.now() - grace):
            if approval.pk not in self._begun:
                _start_publishing(approval.issue.publication)
                self._begun.add(approval.pk)

    def publish_interrupted(self) -> None:
        """Start publishing where an earlier run began a mailing and could not end it."""
        for publication in Publication.objects.filter(numbered=True):
            if due.interrupted_mailings(publication):
                _start_publishing(publication)

    def look_on(self) -> None:
        """Look again and again, until the process ends."""
        pause = threading.Event()
        while not pause.wait(SECONDS_BETWEEN_LOOKS):
            try:
                self.register_changed()
                self.publish_overdue()
            except Exception:
                # A database or a server that is away for a moment must not end the watch.
                logger.warning("Looked in vain; looking again soon.", exc_info=True)
            finally:
                connection.close()


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logger.setLevel(logging.INFO)
    # Schedules are not paused at the end: they are this database's, not this process's.
    runner = Runner(name="newsroom", pause_on_shutdown=False, query_seconds=SECONDS_BETWEEN_POLLS)
    watch = Watch(runner)
    watch.register_changed()
    watch.publish_interrupted()
    watch.publish_overdue(grace=timedelta(0))
    connection.close()
    threading.Thread(target=watch.look_on, name="watch", daemon=True).start()
    asyncio.run(_run_until_sigterm(runner))


async def _run_until_sigterm(runner: Runner) -> None:
    """Run, and at SIGTERM let the runs under way record what they are doing, then end.

    Prefect 3.8.8 never awaits the stop that its own handler asks for, so that runs under way
    would only be killed.
    """
    running = asyncio.create_task(runner.start())
    while not runner.started and not running.done():
        await asyncio.sleep(0.1)
    terminated = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, terminated.set)
    waiting = asyncio.create_task(terminated.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if terminated.is_set():
        await runner.astop()
    waiting.cancel()
    await running


def _schedule_of(deployment: RunnerDeployment) -> str:
    return ", ".join(
        f"{getattr(entry.schedule, 'cron', '')} {getattr(entry.schedule, 'timezone', '')}"
        for entry in deployment.schedules or []
    )


def _start_publishing(publication: Publication) -> None:
    name = publishing_name(publication.slug)
    run_deployment(name, timeout=0, as_subflow=False)
    logger.info("%s: started, because something waits to be sent", name)


if __name__ == "__main__":
    main()
