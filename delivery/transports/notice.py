"""A service mail to the editors: not a copy of a mailing, in no ledger, with nothing to leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from delivery.transports import Answer, Transport

# RFC 3834: no out-of-office answer comes back to what a machine sent by itself.
AUTO_SUBMITTED = "auto-generated"


@dataclass(frozen=True, slots=True)
class Notice:
    """What every editor is told."""

    sender_name: str
    sender_address: str
    subject: str
    html: str
    text: str
    date: datetime


class TellingTransport(Transport, Protocol):
    """A transport by which the editors can be told something, too."""

    def tell(self, notice: Notice, addresses: Sequence[str]) -> Answer:
        """Put out a notice, one mail an address. Never raises for what the other side does."""
        ...
