"""Reading the mailbox that readers write to, where the newsroom has one (`TWTW_IMAP_HOST`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.steps import step, story
from subscribers.inbound.collecting import Collected, collect


@dataclass(frozen=True)
class MailboxReport:
    """What reading the mailbox came to; see `subscribers.inbound.collecting.Collected`."""

    verdicts: Mapping[str, int]
    failed: int
    unmarked: int
    left: int

    @property
    def sentence(self) -> str:
        """`3 mails were read: 1 left, 2 unclear.`"""
        number = sum(self.verdicts.values())
        mails = f"{_mails(number)} {'was' if number == 1 else 'were'} read"
        what = ", ".join(f"{count:,} {verdict}" for verdict, count in sorted(self.verdicts.items()))
        parts = (
            f"{mails}: {what}." if number else "No mail had come.",
            f"{_mails(self.left)} wait for the next time." if self.left else "",
            f"{_mails(self.failed)} could not be understood by an error of this software; the log "
            "shows where."
            if self.failed
            else "",
            f"{_mails(self.unmarked)} could not be marked as read, so they are looked at again and "
            "again; give TWTW_IMAP_USER the right to change the folder."
            if self.unmarked
            else "",
        )
        return " ".join(part for part in parts if part)

    @property
    def trouble(self) -> str:
        return "Unread" if self.failed or self.unmarked else ""


@step(retries=2)
def act_on_what_has_come() -> Collected:
    """Do what the writers of the unread mails want; each mail is acted on once."""
    return collect()


def _name_of_reading() -> str:
    return "read the mailbox"


@story(run_name=_name_of_reading)
def read_mailbox() -> MailboxReport:
    """Read what readers have written since, and act on it."""
    collected = act_on_what_has_come()
    verdicts = {verdict.value: count for verdict, count in collected.verdicts.items()}
    return MailboxReport(verdicts, collected.failed, collected.unmarked, collected.left)


def _mails(number: int) -> str:
    return f"{number:,} mail{'' if number == 1 else 's'}"
