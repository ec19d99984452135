"""Collecting what has come into the mailbox: mail by mail, each marked as read once it is done.

A mail that could not be marked is found again, and known: nothing is done about it twice.
"""

from __future__ import annotations

import logging
import traceback
from collections import Counter
from dataclasses import dataclass, field

from django.db import DatabaseError, InterfaceError

from subscribers.inbound.acting import CameBy, Verdict, act_on
from subscribers.inbound.mime import LARGEST
from subscribers.inbound.reading import read_mail
from subscribers.mailboxes import Mailbox

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 200


@dataclass
class Collected:
    """What one look into the mailbox came to, in numbers of mails.

    `failed` could not be acted on by a fault of this software; `unmarked` the server did not want
    to mark as read; `left` are for the next time.
    """

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    failed: int = 0
    unmarked: int = 0
    left: int = 0


def collect() -> Collected:
    """Act on the unread mails, the oldest first, `MOST_AT_ONCE` at most.

    Raises:
        MailboxError: if the mailbox can't be read, or not to its end; what is done is done.
    """
    collected = Collected()
    with Mailbox(largest=LARGEST) as mailbox:
        numbers = mailbox.unread()
        collected.left = len(numbers[MOST_AT_ONCE:])
        for number in numbers[:MOST_AT_ONCE]:
            raw = mailbox.fetch(number)
            if raw is not None and not _act(raw, collected):
                continue
            collected.unmarked += not mailbox.mark_read(number)
    return collected


def _act(raw: bytes, collected: Collected) -> bool:
    """Act on one mail; False if that failed. One mail's fault keeps no other from being read."""
    try:
        collected.verdicts[act_on(read_mail(raw), CameBy.MAILBOX)] += 1
    except (DatabaseError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the next mail is another one
        # Where, but not what: the error's own words may have an address in them.
        where = "".join(traceback.format_tb(error.__traceback__))
        logger.error("%s in acting on a mail:\n%s", type(error).__name__, where)  # noqa: TRY400
        collected.failed += 1
        return False
    return True
