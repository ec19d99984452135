"""What becomes of a row: one of these, for every row, so that the counts add up to the rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import NamedTuple

from django.db.models import QuerySet

from subscribers.erased import suppressed_among
from subscribers.importing.candidates import Candidate
from subscribers.models import Subscription, Suppression

State = Subscription.State


class Outcome(StrEnum):
    """The values are the names of counts in `ImportRun.counts`."""

    NEW = "new"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    LEFT = "left"
    LEFT_THERE = "left there"
    PENDING_THERE = "pending there"
    SUPPRESSED = "suppressed"
    ERASED = "erased"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    # Of an import that is under way or was cancelled.
    OPEN = "open"


# Those that have an address of their own, i.e. are in the staging.
OF_CANDIDATES = tuple(
    one for one in Outcome if one not in {Outcome.DUPLICATE, Outcome.REFUSED, Outcome.OPEN}
)

WORDS = {
    Outcome.NEW: "new",
    Outcome.PENDING: "asked before, not confirmed yet",
    Outcome.CONFIRMED: "subscribed already",
    Outcome.LEFT: "left alone: unsubscribed",
    Outcome.LEFT_THERE: "left alone: unsubscribed where they come from",
    Outcome.PENDING_THERE: "left alone: not confirmed where they come from",
    Outcome.SUPPRESSED: "left alone: suppressed",
    Outcome.ERASED: "left alone: erased",
    Outcome.DUPLICATE: "the same as an earlier row",
    Outcome.REFUSED: "refused",
    Outcome.OPEN: "not taken in",
}


def outcome_of(candidate: Candidate, here: str | None, suppression: Suppression | None) -> Outcome:
    """What becomes of somebody.

    Args:
        here: the state of their subscription here, if there is one.
        suppression: why they must not be mailed, if so.
    """
    if suppression is not None:
        erased = suppression.reason == Suppression.Reason.ERASED
        return Outcome.ERASED if erased else Outcome.SUPPRESSED
    if here == State.CONFIRMED:
        return Outcome.CONFIRMED
    if here == State.ENDED:
        return Outcome.LEFT
    if candidate.state == State.ENDED:
        return Outcome.LEFT_THERE
    if candidate.state == State.PENDING:
        return Outcome.PENDING_THERE
    return Outcome.PENDING if here == State.PENDING else Outcome.NEW


class Known(NamedTuple):
    """A subscription: its id, the key of its reader, its state."""

    pk: int
    key: str
    state: str


def known_here(
    publication: int, keys: Collection[str], among: QuerySet[Subscription]
) -> list[Known]:
    """The subscriptions to a publication that the readers of some keys have.

    Args:
        among: all subscriptions, or all of them locked.
    """
    # The publication is not asked for: without statistics SQLite would go through all of its
    # subscriptions for each batch, and a million rows took three times as long.
    rows = (
        among.filter(reader__key__in=keys)
        .order_by("pk")
        .values_list("pk", "reader__key", "state", "publication_id")
    )
    return [Known(pk, key, state) for pk, key, state, of in rows if of == publication]


def outcomes_now(publication: int, batch: Sequence[Candidate]) -> list[Outcome]:
    """What would become of some of a file, as things are in this moment."""
    keys = [one.key for one in batch]
    suppressed = suppressed_among(keys)
    here = {one.key: one.state for one in known_here(publication, keys, Subscription.objects.all())}
    return [outcome_of(one, here.get(one.key), suppressed.get(one.key)) for one in batch]
