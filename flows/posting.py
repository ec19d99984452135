"""Posting: what waits for single readers leaves within seconds, as long as this process runs.

A page that a reader looks at only ever puts a mail into the queue; no web process calls a
provider.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from datetime import datetime

from django.db import connection
from django.utils import timezone

from delivery.errors import DeliveryError
from delivery.service_mails import send_due
from rendering.errors import RenderingError

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 2
# So that a stop does not wait for more.
AT_ONCE = 20


class Posting:
    """Looks for mails that are due, and survives a database or a transport that is away."""

    def __init__(self, send: Callable[[datetime, int], int] = send_due) -> None:
        self._send = send
        self._stopping = threading.Event()
        self._trouble = ""

    def look_on(self) -> None:
        """Look again and again, until told to stop."""
        while not self._stopping.is_set():
            if self.post() < AT_ONCE:
                self._stopping.wait(SECONDS_BETWEEN_LOOKS)

    def stop(self) -> None:
        """Let `look_on` end, after the mails that are being handed over."""
        self._stopping.set()

    def post(self) -> int:
        """Hand over what is due now; how much was taken. A trouble is told when it begins."""
        taken = 0
        try:
            taken = self._send(timezone.now(), AT_ONCE)
        except (DeliveryError, RenderingError) as error:
            self._tell(f"Mails to single readers wait: {error}")
        except Exception as error:  # noqa: BLE001 - no trouble ends the loop
            # Its own words may hold what a reader typed.
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{place.filename}, line {place.lineno}"
            self._tell(f"Mails to single readers wait: {type(error).__name__} in {where}")
        else:
            if self._trouble:
                logger.warning("Mails to single readers leave again.")
            self._trouble = ""
        finally:
            connection.close()
        return taken

    def _tell(self, trouble: str) -> None:
        if trouble != self._trouble:
            logger.warning("%s", trouble)
        self._trouble = trouble
