"""How a mailing stands: one word, and a sentence that says why.

The command line, the desk and the flows say the same of the same mailing: all of them ask here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F

from delivery import ledger, pace
from delivery.counting import Counts
from delivery.delivering import PATIENCE
from delivery.models import Mailing, Pace
from delivery.states import ChunkState
from rendering.dates import printed_moment
from rendering.keeping import correction_from_json

# Between two chunks a live worker holds none, but not for longer than this.
A_MOMENT = timedelta(seconds=10)


class State(models.TextChoices):
    """What a mailing as a whole is in; of several that fit, the one that matters most now."""

    CANCELLED = "cancelled", "cancelled"
    PAUSED = "paused", "paused"
    WAITING = "waiting", "waiting"
    SENDING = "sending", "sending"
    PENDING = "pending", "pending"
    IN_DOUBT = "in doubt", "in doubt"
    REJECTED = "rejected", "rejected"
    FINISHED = "finished", "finished"


@dataclass(frozen=True, slots=True)
class Standing:
    """A mailing's state, and a sentence on it; `until` is when a waiting one may go on."""

    state: State
    sentence: str
    until: datetime | None = None

    @property
    def in_words(self) -> str:
        """The state for a list; a waiting one says until when."""
        if self.until is None:
            return self.state.label
        return f"waits until {printed_moment(self.until)}"


def line_of(mailing: Mailing) -> str:
    """What a mailing is called: its issue's line, its alert's headline, or what it corrects."""
    edition = mailing.edition
    if edition.issue is not None:
        return edition.issue.line
    if edition.note is not None:
        return str(edition.note)
    corrected = correction_from_json(edition.content)
    return f"Correction to “{corrected.headline}” in {corrected.line}"


def standing(mailing: Mailing, counts: Counts, now: datetime) -> Standing:
    """How a mailing stands.

    Args:
        mailing: as it is in the database now.
        counts: its counts.
        now: an aware moment.
    """
    if mailing.cancelled_at is not None:
        since = local(mailing, mailing.cancelled_at)
        return Standing(
            State.CANCELLED, f"It was cancelled on {since} by {mailing.cancelled_by}, and stays so."
        )
    if counts.pending:
        return _unfinished(mailing, now)
    if counts.in_doubt:
        return Standing(
            State.IN_DOUBT,
            "For some copies no answer came: they may have been sent or not, so they are not sent "
            "again by themselves.",
        )
    if counts.rejected:
        return Standing(
            State.REJECTED, "Some copies were refused, and are not sent again by themselves."
        )
    return Standing(State.FINISHED, "Nobody's copy is left over.")


def is_resting(mailing: Mailing, now: datetime) -> bool:
    """Whether a mailing is paused, or may not go on for so long that no run waits for it."""
    if mailing.cancelled_at is not None:
        return False
    if mailing.paused_at is not None:
        return True
    own = _pace(mailing)
    wait = _wait_of(mailing, own, now) if own is not None else None
    return wait is not None and wait.until - now > PATIENCE


def waits(mailing: Mailing, now: datetime, grace: timedelta) -> bool:
    """Whether its publication's pace lets nothing of a mailing leave, or did until a moment ago.

    Args:
        grace: how long ago is a moment ago.
    """
    own = _pace(mailing)
    if own is None or mailing.cancelled_at is not None:
        return False
    lately = own.next_at is not None and own.next_at > now - grace
    return lately or _wait_of(mailing, own, now) is not None


def local(mailing: Mailing, moment: datetime) -> str:
    """A moment as it is printed in the zone of a mailing's publication."""
    return printed_moment(moment.astimezone(mailing.edition.publication.zone))


def ended(sentence: str) -> str:
    """What somebody said, with a full stop."""
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def _unfinished(mailing: Mailing, now: datetime) -> Standing:
    if mailing.paused_at is not None:
        since = local(mailing, mailing.paused_at)
        return Standing(State.PAUSED, f"It is paused since {since}: {ended(mailing.pause_reason)}")
    own = _pace(mailing)
    wait = _wait_of(mailing, own, now) if own is not None else None
    if own is not None and wait is not None:
        until = own.local(wait.until)
        if wait.until - now > PATIENCE:
            return Standing(State.WAITING, f"It {ended(pace.sentence(wait, own))}", until)
        return Standing(State.SENDING, f"It goes on at {until:%H:%M:%S}: {ended(wait.reason)}")
    if ledger.is_in_hand(mailing) or _a_call_ended_since(mailing, now - A_MOMENT):
        return Standing(State.SENDING, "It is being handed over.")
    return Standing(
        State.PENDING, "Some copies are still to be handed over, and no worker is at it."
    )


def _pace(mailing: Mailing) -> Pace | None:
    own = Pace.objects.filter(publication__editions__mailing=mailing)
    return own.select_related("publication").first()


def _wait_of(mailing: Mailing, own: Pace, now: datetime) -> pace.Wait | None:
    """What the next chunk has to wait for: a day may have no room for all of it."""
    pending = mailing.chunks.filter(state=ChunkState.PENDING)
    chunk = pending.order_by(F("answered_at").asc(nulls_first=True), "number").first()
    return pace.wait_of(own, now, chunk.open if chunk is not None else 1)


def _a_call_ended_since(mailing: Mailing, moment: datetime) -> bool:
    ended = (ChunkState.ACCEPTED, ChunkState.REJECTED, ChunkState.IN_DOUBT)
    return mailing.chunks.filter(state__in=ended, left_at__gte=moment).exists()
