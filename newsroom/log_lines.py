"""What the log must not say, and what would only fill it."""

from __future__ import annotations

import logging
import re
from http import HTTPStatus

# Django names the path of every request that it refuses. What mail programs make of a link may
# have spaces in it, or another slash.
_KEY = re.compile(
    r"(?<=/)(approve|unsubscribe|preferences|confirm|new-address|still-wanted|invitation"
    r"|password/reset/key|webhooks/sendgrid/inbound)/+[^/]+",
    re.IGNORECASE,
)
# Somebody may have put one into the path, or a mail program into what it made of a link.
# It begins where a word does, or a long word without any would be gone through from each letter.
_ADDRESS = re.compile(r"(?<![^\s/])[^\s/@]*+@[^\s/]*")


class WithoutKeys(logging.Filter):
    """Leaves keys out of what is logged: the signed part of an address is one to its page.

    And whatever looks like a reader's address in what is said of a request.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        cleaned = _KEY.sub(r"\1/…", said)
        if record.name.startswith("django."):
            cleaned = _ADDRESS.sub("…", cleaned)
        if cleaned != said:
            record.msg, record.args = cleaned, None
        return True


class WithoutOthersMistakes(logging.Filter):
    """Leaves the traceback off where the request is at fault: the line says what it was.

    Django logs one for each body that is no form, so anybody could fill the log.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR)
        if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            record.exc_info = record.exc_text = None
        return True
