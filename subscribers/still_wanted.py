"""What a reader answers who was asked whether they still want a publication."""

from __future__ import annotations

from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from subscribers.changes import note_change
from subscribers.leaving import end_subscription, own_word_since
from subscribers.models import Consent, Reader, ReaderChange, ReconfirmationAsk, Subscription
from subscribers.reconfirming import STILL_WANTED
from subscribers.wordings import wording_of

SOURCE = "the page behind the mail that asked"


class Answer(StrEnum):
    """How it stands with a question."""

    OPEN = "open"
    STAYS = "stays"
    LET_GO = "let go"
    LEFT = "left"


def answer_to(ask: ReconfirmationAsk) -> Answer:
    """What a question has come to: who was let go may come back by it, who has left may not."""
    if ask.subscription.state == Subscription.State.CONFIRMED:
        return Answer.STAYS if ask.answered_at is not None else Answer.OPEN
    if ask.let_go_at is None or ask.let_go_at != ask.subscription.ended_at:
        return Answer.LEFT
    spoke = ReconfirmationAsk.objects.filter(own_word_since(), pk=ask.pk).exists()
    return Answer.LEFT if spoke else Answer.LET_GO


@transaction.atomic
def stay(ask_id: int, wording: str, network: str = "") -> Answer | None:
    """Take down that a reader wants to stay; once, however often it is said.

    Who was let go without an answer gets the publication again. Who left by a word of their own
    has to subscribe anew: an old mail brings nobody back.

    Args:
        ask_id: the question's id.
        wording: what the reader was shown.
        network: keyed hash of the network from which the answer comes.

    Returns:
        What the question has come to; None if it has been forgotten.
    """
    ask = _locked(ask_id)
    if ask is None:
        return None
    before = answer_to(ask)
    if before not in (Answer.OPEN, Answer.LET_GO):
        return before
    now = timezone.now()
    if before is Answer.LET_GO:
        Subscription.objects.filter(pk=ask.subscription_id).update(
            state=Subscription.State.CONFIRMED, confirmed_at=now, ended_at=None
        )
    ReconfirmationAsk.objects.filter(pk=ask.pk).update(answered_at=now)
    Consent.objects.create(
        subscription_id=ask.subscription_id,
        act=Consent.Act.GIVEN,
        source=SOURCE,
        at=now,
        asked_at=ask.asked_at,
        form=STILL_WANTED,
        wording=wording_of(wording),
        network=network,
    )
    reader = Reader.objects.get(pk=ask.subscription.reader_id)
    sentence = f"Wants to go on getting {ask.subscription.publication}."
    note_change(reader, ReaderChange.Kind.STILL_WANTED, sentence, network=network)
    return Answer.STAYS


def leave(ask_id: int, network: str = "") -> None:
    """Take down that a reader does not want to stay; it ends at once."""
    found = ReconfirmationAsk.objects.filter(pk=ask_id).values_list("subscription_id", flat=True)
    if (subscription_id := found.first()) is not None:
        end_subscription(subscription_id, SOURCE, network)


def _locked(ask_id: int) -> ReconfirmationAsk | None:
    """The question as it is while nobody else can end or keep the subscription."""
    found = ReconfirmationAsk.objects.filter(pk=ask_id)
    own = Subscription.objects.filter(pk__in=found.values("subscription_id"))
    list(own.select_for_update(no_key=True))
    return found.select_related("subscription__publication").first()
