"""How a chunk leaves this machine: one small protocol, and the transports that speak it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from rendering.marks import Mark


@dataclass(frozen=True, slots=True)
class Message:
    """What is the same in every copy of a mailing."""

    mailing_id: int
    subject: str
    html: str
    text: str
    sender_name: str
    sender_address: str
    reply_to: str
    list_id: str
    date: datetime
    category: str


@dataclass(frozen=True, slots=True)
class Addressee:
    """One reader's copy: where it goes and what is put in place of the marks."""

    recipient_id: int
    chunk_number: int
    address: str
    name: str
    values: Mapping[Mark, str]

    @property
    def unsubscribe_url(self) -> str:
        return self.values[Mark.UNSUBSCRIBE_URL]


@dataclass(frozen=True, slots=True)
class Taken:
    """The transport has the whole chunk."""

    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The transport said no, for the reason given; nothing of the chunk was taken."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotLeft:
    """The call provably never left this machine, so it may be made again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The call left and no answer came: the chunk may have been taken, or not."""

    reason: str


Answer = Taken | Refused | NotLeft | Unanswered


class Transport(Protocol):
    """Hands one chunk over in one call, and tells honestly what is known of it afterwards.

    `repeatable` says that handing the same chunk over twice leaves one copy, so that a
    chunk whose worker died may simply be handed over again.
    """

    name: ClassVar[str]
    chunk_size: ClassVar[int]
    repeatable: ClassVar[bool]

    def hand_over(self, message: Message, addressees: Sequence[Addressee]) -> Answer:
        """Hand a chunk over. Never raises for what the other side does."""
        ...
