"""How a chunk leaves this machine: one small protocol, and the transports that speak it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NamedTuple, Protocol

from rendering.marks import Mark, name_values


@dataclass(frozen=True, slots=True)
class Message:
    """What is the same in every copy of a mailing.

    `mailing_key` is the mailing's own for ever, in whatever database: what a provider reports
    of another newsroom's mailing with the same number is not taken for ours. `leave_address` is
    where readers may write to leave; empty where there is no such place.
    """

    mailing_id: int
    mailing_key: str
    subject: str
    html: str
    text: str
    sender_name: str
    sender_address: str
    reply_to: str
    list_id: str
    feedback_id: str
    date: datetime
    category: str
    leave_address: str = ""


class Addressee(NamedTuple):
    """One reader's copy: where it goes and what is put in place of the marks."""

    # A million are made in a mailing: a dataclass that is frozen costs three times as much.
    recipient_id: int
    chunk_number: int
    address: str
    name: str
    unsubscribe_url: str
    preferences_url: str

    @property
    def values(self) -> Mapping[Mark, str]:
        return {
            Mark.UNSUBSCRIBE_URL: self.unsubscribe_url,
            Mark.PREFERENCES_URL: self.preferences_url,
            **name_values(self.name),
        }


# RFC 3834: no out-of-office answer comes back to what a machine sent by itself, or as its answer
# to a mail that came in.
AUTO_SUBMITTED = "auto-generated"
AUTO_REPLIED = "auto-replied"


@dataclass(frozen=True, slots=True)
class Notice:
    """A service mail: to the editors, or to a reader. No copy of a mailing, and in no ledger.

    `leave_url` ends the one subscription that it is about (RFC 8058); most are about none.
    """

    sender_name: str
    sender_address: str
    subject: str
    html: str
    text: str
    date: datetime
    reply_to: str = ""
    auto_submitted: str = AUTO_SUBMITTED
    leave_url: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Those that SendGrid does not make of other fields."""
        leaving = {
            "List-Unsubscribe": f"<{self.leave_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        return {"Auto-Submitted": self.auto_submitted} | (leaving if self.leave_url else {})


@dataclass(frozen=True, slots=True)
class Taken:
    """The transport has the whole chunk."""

    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The transport said no, for the reason given; nothing of the chunk was taken.

    `blamed` are the ids of the recipients that the refusal is about: the others can leave
    without them. `divisible` says that it may be about a few, and nobody knows which: the
    halves of the chunk can be tried. With neither, it is about all of them.
    """

    reason: str
    blamed: frozenset[int] = frozenset()
    divisible: bool = False


@dataclass(frozen=True, slots=True)
class NotLeft:
    """Nothing of the chunk was taken, provably, and the call may be made again.

    `wait` is for how many seconds from now the transport wants nothing from anybody.
    """

    reason: str
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Barred:
    """Nothing was taken, and nothing will be until a person mends what the reason says."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The call left and no answer came: the chunk may have been taken, or not."""

    reason: str


Answer = Taken | Refused | NotLeft | Barred | Unanswered


class Transport(Protocol):
    """Hands one chunk over in one call, and tells honestly what is known of it afterwards.

    `repeatable` says that handing the same chunk over twice leaves one copy, so that a
    chunk whose worker died may simply be handed over again.
    """

    name: ClassVar[str]
    chunk_size: ClassVar[int]
    repeatable: ClassVar[bool]

    def hand_over(self, message: Message, addressees: Sequence[Addressee]) -> Answer:
        """Hand a chunk over, from any thread. Never raises for what the other side does."""
        ...

    def tell(self, notice: Notice, addresses: Sequence[str]) -> Answer:
        """Put out a notice, one mail an address. Never raises for what the other side does."""
        ...

    def close(self) -> None:
        """Let go of the connections that are kept open; handing over opens them again."""
        ...
