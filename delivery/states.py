"""The state machine of a chunk, and what its states mean for the recipients in it.

    pending → sending → accepted | rejected | in doubt
    in doubt → accepted | pending, only on evidence or by a named person's word

A call whose answer never came is not a failure: the provider may have taken it.
That is why a doubt is never sent again by itself.
"""

from __future__ import annotations

from django.db import models


class ChunkState(models.TextChoices):
    PENDING = "pending", "pending"
    SENDING = "sending", "being handed over"
    ACCEPTED = "accepted", "accepted"
    REJECTED = "rejected", "rejected"
    IN_DOUBT = "in doubt", "in doubt"


class Event(models.TextChoices):
    CLAIMED = "claimed", "a worker took it"
    TAKEN = "taken", "the transport said yes"
    REFUSED = "refused", "the transport said no"
    UNANSWERED = "unanswered", "the call left and no answer came, or its worker died"
    NOT_LEFT = "not left", "the call provably never left"
    PROVED = "proved", "there is evidence, or a person's word, that it was taken"
    DISPROVED = "disproved", "there is evidence, or a person's word, that it was not"


class RecipientState(models.TextChoices):
    EXCLUDED = "excluded", "excluded at the freeze"
    PENDING = "pending", "pending"
    WITHDRAWN = "withdrawn", "withdrawn before the call"
    ACCEPTED = "accepted", "accepted"
    REJECTED = "rejected", "rejected"
    IN_DOUBT = "in doubt", "in doubt"


class Exclusion(models.TextChoices):
    """Why a reader of the publication is not in a mailing."""

    NONE = "", "not excluded"
    SUPPRESSED = "suppressed", "suppressed"
    UNSUBSCRIBED = "unsubscribed", "unsubscribed"
    UNCONFIRMED = "unconfirmed", "not confirmed"


TRANSITIONS: dict[tuple[ChunkState, Event], ChunkState] = {
    (ChunkState.PENDING, Event.CLAIMED): ChunkState.SENDING,
    (ChunkState.SENDING, Event.TAKEN): ChunkState.ACCEPTED,
    (ChunkState.SENDING, Event.REFUSED): ChunkState.REJECTED,
    (ChunkState.SENDING, Event.UNANSWERED): ChunkState.IN_DOUBT,
    (ChunkState.SENDING, Event.NOT_LEFT): ChunkState.PENDING,
    (ChunkState.IN_DOUBT, Event.PROVED): ChunkState.ACCEPTED,
    (ChunkState.IN_DOUBT, Event.DISPROVED): ChunkState.PENDING,
}

# A chunk that is being handed over has recipients whose copy is still pending.
RECIPIENTS_OF: dict[ChunkState, RecipientState] = {
    ChunkState.PENDING: RecipientState.PENDING,
    ChunkState.SENDING: RecipientState.PENDING,
    ChunkState.ACCEPTED: RecipientState.ACCEPTED,
    ChunkState.REJECTED: RecipientState.REJECTED,
    ChunkState.IN_DOUBT: RecipientState.IN_DOUBT,
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
