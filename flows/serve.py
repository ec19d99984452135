"""`python -m flows.serve` runs the deployments on this machine, by the schedules in the database.

A run under way is left alone, whatever changes (see `flows.watching`).
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading

from django.db import connection
from prefect.runner import Runner

from flows.posting import Posting
from flows.watching import Watch

SECONDS_BETWEEN_POLLS = 2
# For the answers to the mails that are being handed over, so that none becomes a doubt.
POSTING_ENDS_SECONDS = 20


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("flows").setLevel(logging.INFO)
    # Schedules are not paused at the end: they are this database's, not this process's.
    runner = Runner(name="newsroom", pause_on_shutdown=False, query_seconds=SECONDS_BETWEEN_POLLS)
    watch = Watch(runner)
    watch.register_changed()
    connection.close()
    threading.Thread(target=watch.look_on, name="watch", daemon=True).start()
    posting = Posting()
    post = threading.Thread(target=posting.look_on, name="posting", daemon=True)
    post.start()
    try:
        asyncio.run(_run_until_sigterm(runner, posting))
    finally:
        # With Ctrl-C, or an error of the runner's, it does not know yet.
        posting.stop()
        post.join(POSTING_ENDS_SECONDS)


async def _run_until_sigterm(runner: Runner, posting: Posting) -> None:
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
    posting.stop()
    if terminated.is_set():
        await runner.astop()
    waiting.cancel()
    await running


if __name__ == "__main__":
    main()
