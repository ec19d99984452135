"""Bringing the re-confirmations forward: asking, reminding, letting go, ending.

Done again and again, a little each time; whatever was done before an interruption stays done and
is done by nobody twice, because each batch is chosen while its run is locked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import dateformat

from subscribers.models import (
    Consent,
    ReaderChange,
    Reconfirmation,
    ReconfirmationAsk,
    ServiceMail,
    Subscription,
)
from subscribers.reconfirming import (
    AFTER_THE_REMINDER,
    TO_ANSWER,
    Standing,
    asks_of,
    deadline_after,
    mails_for,
    open_runs,
    reminders_for,
)

# As many in one transaction.
BATCH = 500
# Mails are put out for so long in advance, of which somebody comes round every quarter of it.
AHEAD = timedelta(hours=1)
BY = "the re-confirmation"


@dataclass(frozen=True, slots=True)
class Tended:
    """What coming round once has done: numbers of readers, and of runs that came to their end."""

    put_out: int = 0
    reminded: int = 0
    let_go: int = 0
    ended: int = 0


def tend(now: datetime) -> Tended:
    """Bring all runs forward.

    Args:
        now: an aware moment.
    """
    put_out = reminded = let_go = ended = 0
    for run in open_runs().select_related("publication").order_by("pk"):
        put_out += put_out_mails(run, now)
        note_answers(run, now)
        reminded += remind(run, now)
        let_go += let_go_the_silent(run, now)
        ended += end_if_over(run, now)
    return Tended(put_out, reminded, let_go, ended)


def put_out_mails(run: Reconfirmation, now: datetime) -> int:
    """Put out the first mails of the next hour, in the pace of the confirmations; how many."""
    apart = timedelta(minutes=1) / settings.CONFIRMATIONS_A_MINUTE
    waiting = _mails(run).filter(state=ServiceMail.State.WAITING)
    last = waiting.aggregate(last=Max("due_at"))["last"]
    begins = max(now, last + apart) if last else now
    number = max(0, (now + AHEAD - begins) // apart)
    done = 0

    def put_out(asks: list[ReconfirmationAsk]) -> None:
        nonlocal done
        moments = [begins + apart * (done + place) for place in range(len(asks))]
        _put_out(run, asks, moments)
        done += len(asks)

    unasked = asks_of(run).filter(~Exists(mails_for(run)), standing=Standing.TO_ASK)
    return _in_batches(run, unasked, put_out, most=number, asked_at__isnull=True)


def note_answers(run: Reconfirmation, now: datetime) -> None:
    """Keep with the questions what readers have done instead of answering them.

    Of those who are to be reminded: what the others have done is known when it is asked for.
    """

    def note(asks: list[ReconfirmationAsk]) -> None:
        for ask in asks:
            ask.answered_at = ask.heard_at  # type: ignore[attr-defined]
        ReconfirmationAsk.objects.bulk_update(asks, ["answered_at"])

    consented = Max(
        "subscription__consents__at",
        filter=Q(
            subscription__consents__act=Consent.Act.GIVEN,
            subscription__consents__at__gte=run.begun_at,
        ),
    )
    heard = asks_of(run).filter(standing=Standing.ANSWERED)
    heard = heard.annotate(heard_at=Coalesce(consented, "subscription__reader__heard_from_at"))
    _in_batches(run, heard, note, asked_at__lte=now - TO_ANSWER)


def remind(run: Reconfirmation, now: datetime) -> int:
    """Remind once, a week before the deadline or earlier, who was asked four weeks ago."""

    def put_out(asks: list[ReconfirmationAsk]) -> None:
        _put_out(run, asks, [now] * len(asks))

    silent = asks_of(run).filter(~Exists(reminders_for(run)), standing=Standing.WAITING)
    return _in_batches(run, silent, put_out, asked_at__lte=now - TO_ANSWER)


def let_go_the_silent(run: Reconfirmation, now: datetime) -> int:
    """End the subscriptions of those who have not answered, when the deadline is over; how many.

    While a mail still waits to leave, or left so late that there was too little time to answer it,
    the deadline is later.
    """
    asked = run.asks.aggregate(last=Max("asked_at"))["last"]
    unasked = asks_of(run).filter(asked_at__isnull=True, standing=Standing.TO_ASK)
    if asked is None or unasked.exists():
        return 0
    earliest = deadline_after(asked, run.publication.zone)
    if earliest > run.deadline:
        run.deadline = earliest
        Reconfirmation.objects.filter(pk=run.pk).update(deadline=earliest)
    if now <= run.deadline:
        return 0
    reminded = reminders_for(run).filter(
        state=ServiceMail.State.SENT, ended_at__lte=now - AFTER_THE_REMINDER
    )
    open_mails = mails_for(run).exclude(state=ServiceMail.State.SENT)
    silent = asks_of(run).filter(Exists(reminded), ~Exists(open_mails), standing=Standing.WAITING)
    return _in_batches(
        run, silent, lambda asks: _let_go(run, silent, asks, now), asked_at__isnull=False
    )


def end_if_over(run: Reconfirmation, now: datetime) -> bool:
    """End a run of which nobody's answer is waited for any more."""
    waited_for = asks_of(run).filter(standing__in=[Standing.TO_ASK, Standing.WAITING])
    if now <= run.deadline or waited_for.exists():
        return False
    return open_runs().filter(pk=run.pk).update(ended_at=now) == 1


def _mails(run: Reconfirmation) -> QuerySet[ServiceMail]:
    return ServiceMail.objects.filter(
        kind=ServiceMail.Kind.STILL_WANTED,
        publication_id=run.publication_id,
        due_at__gte=run.begun_at,
    )


def _in_batches(
    run: Reconfirmation,
    wanted: QuerySet[Any],
    do: Callable[[list[ReconfirmationAsk]], object],
    *,
    most: int | None = None,
    **where: Any,
) -> int:
    """Do something about asks, after which each is wanted no more; for how many it was done.

    Args:
        run: their run.
        wanted: which of them.
        do: gives back for how many it was done, if not for all of a batch.
        most: for so many at most.
        where: what their own columns say of those that could be wanted. By that they are looked
            through, some hundred at a time, so that what costs more is asked of no others.
    """
    candidates = run.asks.filter(answered_at__isnull=True, let_go_at__isnull=True, **where)
    done, last = 0, 0
    while most is None or done < most:
        rest = candidates.filter(pk__gt=last).order_by("pk")
        keys = list(rest.values_list("pk", flat=True)[:BATCH])
        if not keys:
            break
        last = keys[-1]
        of_these = wanted.filter(pk__in=keys)
        if not of_these.exists():
            continue
        with transaction.atomic():
            if not open_runs().select_for_update(no_key=True).filter(pk=run.pk).exists():
                break
            batch = list(of_these if most is None else of_these[: most - done])
            number = do(batch)
        done += number if isinstance(number, int) else len(batch)
    return done


def _put_out(run: Reconfirmation, asks: list[ReconfirmationAsk], moments: list[datetime]) -> None:
    readers = dict(
        Subscription.objects.filter(pk__in=[ask.subscription_id for ask in asks]).values_list(
            "pk", "reader_id"
        )
    )
    ServiceMail.objects.bulk_create(
        ServiceMail(
            kind=ServiceMail.Kind.STILL_WANTED,
            reader_id=readers[ask.subscription_id],
            publication_id=run.publication_id,
            subscription_id=ask.subscription_id,
            due_at=moment,
        )
        for ask, moment in zip(asks, moments, strict=True)
    )


def _let_go(
    run: Reconfirmation,
    silent: QuerySet[Any],
    asks: list[ReconfirmationAsk],
    now: datetime,
) -> int:
    """Let a batch go but for those who have answered in the last moment; how many."""
    of_them = [ask.subscription_id for ask in asks]
    locked = Subscription.objects.select_for_update(no_key=True).filter(pk__in=of_them)
    readers = dict(locked.order_by("pk").values_list("pk", "reader_id"))
    going = list(silent.filter(pk__in=[ask.pk for ask in asks]))
    ended = [ask.subscription_id for ask in going]
    Subscription.objects.filter(pk__in=ended).update(state=Subscription.State.ENDED, ended_at=now)
    zone = run.publication.zone
    Consent.objects.bulk_create(
        Consent(
            subscription_id=ask.subscription_id,
            act=Consent.Act.WITHDRAWN,
            source=f"did not answer whether they still want it, asked on {_day(ask, zone)}",
            at=now,
        )
        for ask in going
    )
    ReaderChange.objects.bulk_create(
        ReaderChange(
            reader_id=readers[ask.subscription_id],
            kind=ReaderChange.Kind.NOT_ANSWERED,
            at=now,
            sentence=f"Gets {run.publication} no more; asked on {_day(ask, zone)}, and reminded.",
            by=BY,
        )
        for ask in going
    )
    ReconfirmationAsk.objects.filter(pk__in=[ask.pk for ask in going]).update(let_go_at=now)
    return len(going)


def _day(ask: ReconfirmationAsk, zone: tzinfo) -> str:
    assert ask.asked_at is not None  # noqa: S101 - who was not asked is not chosen
    return dateformat.format(ask.asked_at.astimezone(zone), "j F Y")
