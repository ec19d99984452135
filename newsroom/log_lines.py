"""What a line of the log must not say: the signed part of an address is a key to its page."""

from __future__ import annotations

import logging
import re

# Django names the path of every request that it refuses. What mail programs make of a link may
# have spaces in it, or another slash.
_KEY = re.compile(
    r"(?<=/)(approve|unsubscribe|preferences|confirm|new-address|still-wanted|invitation"
    r"|password/reset/key|webhooks/sendgrid/inbound)/+[^/]+",
    re.IGNORECASE,
)


class WithoutKeys(logging.Filter):
    """Leaves keys out of what is logged, and lets every line pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        cleaned = _KEY.sub(r"\1/…", said)
        if cleaned != said:
            record.msg, record.args = cleaned, None
        return True
