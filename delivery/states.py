"""The state machine of a chunk, and what is said of the recipients in it.

    pending → sending → accepted | rejected | in doubt
    sending → pending, if the call provably never left, or after the chunk was divided
    in doubt → accepted | pending, only on evidence or by a named person's word
    rejected → pending, only by a named person's word
    pending → withdrawn, when nobody is left in it or the mailing is cancelled

A call whose answer never came is not a failure: the provider may have taken it.
That is why a doubt is never sent again by itself. The database keeps to the same table
(a trigger; see the migration `the_table_of_states`), whoever writes to it.
"""

from __future__ import annotations

from django.db import models


class ChunkState(models.TextChoices):
    PENDING = "pending", "pending"
    SENDING = "sending", "being handed over"
    ACCEPTED = "accepted", "accepted"
    REJECTED = "rejected", "rejected"
    IN_DOUBT = "in doubt", "in doubt"
    WITHDRAWN = "withdrawn", "withdrawn"


class Event(models.TextChoices):
    CLAIMED = "claimed", "a worker took it"
    TAKEN = "taken", "the transport said yes"
    REFUSED = "refused", "the transport said no"
    DIVIDED = "divided", "the transport said no, because of some, who are now in another chunk"
    UNANSWERED = "unanswered", "the call left and no answer came, or its worker died"
    NOT_LEFT = "not left", "the call provably never left"
    PROVED = "proved", "there is evidence, or a person's word, that it was taken"
    DISPROVED = "disproved", "there is evidence, or a person's word, that it was not"
    RETRIED = "retried", "a person wants what was refused to be tried again"
    GIVEN_UP = "given up", "nobody is left in it, or its mailing is cancelled"


class Exclusion(models.TextChoices):
    """Why a reader of the publication is not in a mailing."""

    NONE = "", "not excluded"
    SUPPRESSED = "suppressed", "suppressed"
    UNSUBSCRIBED = "unsubscribed", "unsubscribed"
    UNCONFIRMED = "unconfirmed", "not confirmed"
    PAUSED = "paused", "paused"
    WITH_WEEKLY = "with weekly", "with the alerts in their weekly"
    OTHER_REGIONS = "regions", "interested in other regions"
    NOT_IN_SEGMENT = "segment", "not in the segment"


class Withdrawal(models.TextChoices):
    """Why a recipient was taken out between the freeze and the call."""

    NONE = "", "not withdrawn"
    SUPPRESSED = "suppressed", "suppressed since the freeze"
    UNSUBSCRIBED = "unsubscribed", "unsubscribed since the freeze"
    PAUSED = "paused", "paused since the freeze"
    ERASED = "erased", "erased since the freeze"


class Outcome(models.TextChoices):
    """What the provider says became of a copy that it had accepted.

    In the order of their weight: of all that is said of a copy the heaviest stays, whatever
    comes first. So no order or repetition of events makes a different end.
    """

    NONE = "", "nothing was said"
    PROCESSED = "processed", "taken by the provider"
    DEFERRED = "deferred", "put off by the reader's server"
    DELIVERED = "delivered", "taken by the reader's server"
    BLOCKED = "blocked", "turned away for now by the reader's server"
    BOUNCED = "bounced", "turned away for good by the reader's server"
    DROPPED = "dropped", "not handed on by the provider"
    UNSUBSCRIBED = "unsubscribed", "unsubscribed at the provider"
    COMPLAINED = "complained", "reported as spam"

    @property
    def weight(self) -> int:
        return list(Outcome).index(self)


# What is worse than a copy that arrived: said of few, and found by an index of its own.
WENT_WRONG = tuple(outcome for outcome in Outcome if outcome.weight > Outcome.DELIVERED.weight)


TRANSITIONS: dict[tuple[ChunkState, Event], ChunkState] = {
    (ChunkState.PENDING, Event.CLAIMED): ChunkState.SENDING,
    (ChunkState.PENDING, Event.GIVEN_UP): ChunkState.WITHDRAWN,
    (ChunkState.SENDING, Event.TAKEN): ChunkState.ACCEPTED,
    (ChunkState.SENDING, Event.REFUSED): ChunkState.REJECTED,
    (ChunkState.SENDING, Event.DIVIDED): ChunkState.PENDING,
    (ChunkState.SENDING, Event.UNANSWERED): ChunkState.IN_DOUBT,
    (ChunkState.SENDING, Event.NOT_LEFT): ChunkState.PENDING,
    (ChunkState.IN_DOUBT, Event.PROVED): ChunkState.ACCEPTED,
    (ChunkState.IN_DOUBT, Event.DISPROVED): ChunkState.PENDING,
    (ChunkState.REJECTED, Event.RETRIED): ChunkState.PENDING,
}


class TransitionError(Exception):
    """An event that can't happen to a chunk in its state."""


def after(state: ChunkState, event: Event) -> ChunkState:
    """The state a chunk comes into.

    Raises:
        TransitionError: if the table has no such step.
    """
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise TransitionError(f"A chunk that is {state} can't be {event}.") from None
