"""Re-confirmation: who was silent for years is asked whether they still want a publication.

A run writes down whom it asks when it begins. Each of them gets a mail, in the pace of the other
confirmations; four weeks later one reminder; and is let go when the deadline is over and neither
brought an answer (`subscribers.tending`). Whatever a reader does meanwhile is an answer, and nobody
is let go whom the mail has not provably left for.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When

from subscribers.errors import SubscriberError
from subscribers.grants import LIFETIMES, Grant
from subscribers.models import (
    Consent,
    Reconfirmation,
    ServiceMail,
    Subscription,
    Suppression,
)

if TYPE_CHECKING:
    from django.db.models import Model

# What a consent that was given on the page behind the mail has as its form.
STILL_WANTED = "still-wanted"
YEARS = (1, 2, 3, 4, 5, 7, 10)
# From the mail to its reminder, and from that to the deadline.
TO_ANSWER = timedelta(weeks=4)
AFTER_THE_REMINDER = timedelta(weeks=1)
# The first mail's link has to be good until the deadline, which is the end of a day; two days are
# for mails that leave late.
LONGEST_ASKING = LIFETIMES[Grant.STILL_WANTED] - TO_ANSWER - AFTER_THE_REMINDER - timedelta(days=3)

Kind, MailState = ServiceMail.Kind, ServiceMail.State


class Standing(models.TextChoices):
    """How it stands with one reader in a run; each is in exactly one place."""

    TO_ASK = "to ask", "still to be asked"
    WAITING = "waiting", "asked, no answer yet"
    ANSWERED = "answered", "want to stay"
    LEFT = "left", "left"
    LET_GO = "let go", "let go without an answer"
    NOT_REACHED = "not reached", "not reached: the mail was refused, in doubt or held back"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do if it began now."""

    readers: int
    silent_since: datetime
    deadline: datetime
    days_of_asking: float

    @property
    def obstacle(self) -> str:
        """Why it can't begin, in a sentence; empty if it can."""
        if not self.readers:
            return "Nobody has been silent for so long; choose fewer years."
        if timedelta(days=self.days_of_asking) > LONGEST_ASKING:
            return (
                f"To ask {self.readers:,} readers would take {self.days_of_asking:,.0f} days, and "
                f"the first link would be over before the deadline: {LONGEST_ASKING.days} days are "
                "the most. Choose more years, or have whoever looks after the newsroom's machine "
                "raise TWTW_CONFIRMATIONS_A_MINUTE."
            )
        return ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many a run is about, and how it stands with them; `readers` is counted by itself."""

    readers: int
    by_standing: dict[Standing, int]
    mails_left: int

    @property
    def balanced(self) -> bool:
        """Whether each of them is in exactly one place."""
        return self.readers == sum(self.by_standing.values())


def years_before(now: datetime, years: int) -> datetime:
    """The same moment some years ago; of 29 February that of the 28th, where there is none."""
    try:
        return now.replace(year=now.year - years)
    except ValueError:
        return now.replace(year=now.year - years, day=28)


def silent_readers(publication: Model, since: datetime) -> QuerySet[Subscription]:
    """Who gets a publication, and has neither done nor agreed to anything since a moment.

    Without those that no mail may go to.
    """
    agreed = Consent.objects.filter(
        subscription=OuterRef("pk"), act=Consent.Act.GIVEN, at__gte=since
    )
    suppressed = Suppression.objects.filter(key=OuterRef("reader__key"))
    return Subscription.objects.filter(
        Q(reader__heard_from_at__isnull=True) | Q(reader__heard_from_at__lt=since),
        ~Exists(agreed),
        ~Exists(suppressed),
        publication_id=publication.pk,
        state=Subscription.State.CONFIRMED,
        confirmed_at__lt=since,
    )


def plan(publication: Any, years: int, now: datetime) -> Plan:
    """Whom a run would ask, and until when they could answer.

    Args:
        publication: the `issues.Publication`.
        years: for how long they have been silent.
        now: an aware moment.
    """
    since = years_before(now, years)
    readers = silent_readers(publication, since).count()
    asking = timedelta(minutes=readers / settings.CONFIRMATIONS_A_MINUTE)
    ends = deadline_after(now + asking, publication.zone)
    return Plan(readers, since, ends, asking / timedelta(days=1))


def deadline_after(last_asked: datetime, zone: Any) -> datetime:
    """The end of the first day on which everybody has had their time to answer."""
    day = (last_asked + TO_ANSWER + AFTER_THE_REMINDER).astimezone(zone).date()
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone) - timedelta(seconds=1)


@transaction.atomic
def begin(publication: Any, years: int, by: str, now: datetime) -> Reconfirmation:
    """Begin a run: from now on its readers are known, and asked one after the other.

    Args:
        publication: the `issues.Publication`.
        years: one of `YEARS`.
        by: who of the newsroom begins it.
        now: an aware moment.

    Raises:
        SubscriberError: if nobody is to be asked or too many are, or a run goes on already.
    """
    planned = plan(publication, years, now)
    if planned.obstacle:
        raise SubscriberError(planned.obstacle)
    if open_runs().filter(publication=publication).exists():
        raise SubscriberError(
            f"A re-confirmation of {publication} goes on already; wait for its end, or cancel it."
        )
    run = Reconfirmation.objects.create(
        publication=publication,
        silent_since=planned.silent_since,
        deadline=planned.deadline,
        begun_by=by[:150],
    )
    Reconfirmation.objects.filter(pk=run.pk).update(begun_at=now)
    run.begun_at = now
    silent = silent_readers(publication, planned.silent_since).order_by("pk")
    sql, values = silent.values_list(Value(run.pk), "pk").query.sql_with_params()
    with connection.cursor() as cursor:
        # A hundred thousand are written in a second; by the ORM in half a minute.
        cursor.execute(
            f"INSERT INTO subscribers_reconfirmationask (run_id, subscription_id) {sql}",
            values,
        )
    return run


def cancel(run: Reconfirmation, now: datetime) -> bool:
    """Stop a run: nobody further is asked, reminded or let go; whether it was this that did it.

    Its mails that still wait are dropped when their time has come (`delivery.service_mails`).
    """
    open_run = open_runs().filter(pk=run.pk)
    return open_run.update(cancelled_at=now) == 1


def open_runs() -> QuerySet[Reconfirmation]:
    """Those that go on."""
    return Reconfirmation.objects.filter(ended_at__isnull=True, cancelled_at__isnull=True)


def asks_of(run: Reconfirmation) -> QuerySet[Any]:
    """The readers of a run, each with its `standing`."""
    mails = mails_for(run)
    agreed = Consent.objects.filter(
        subscription=OuterRef("subscription"), act=Consent.Act.GIVEN, at__gte=run.begun_at
    )
    not_reached = mails.filter(state__in=[MailState.REFUSED, MailState.IN_DOUBT, MailState.DROPPED])
    suppressed = Suppression.objects.filter(key=OuterRef("subscription__reader__key"))
    heard = Q(subscription__reader__heard_from_at__gte=run.begun_at)
    return run.asks.annotate(
        standing=Case(
            When(let_go_at__isnull=False, then=Value(Standing.LET_GO)),
            When(subscription__state=Subscription.State.ENDED, then=Value(Standing.LEFT)),
            When(Q(answered_at__isnull=False) | heard, then=Value(Standing.ANSWERED)),
            When(Exists(agreed), then=Value(Standing.ANSWERED)),
            When(Exists(not_reached) | Exists(suppressed), then=Value(Standing.NOT_REACHED)),
            When(asked_at__isnull=True, then=Value(Standing.TO_ASK)),
            default=Value(Standing.WAITING),
        )
    ).order_by("pk")


def mails_for(run: Reconfirmation) -> QuerySet[ServiceMail]:
    """The mails of a run to the reader of an ask, for a query on asks."""
    return ServiceMail.objects.filter(
        kind=Kind.STILL_WANTED, subscription=OuterRef("subscription"), due_at__gte=run.begun_at
    )


def reminders_for(run: Reconfirmation) -> QuerySet[ServiceMail]:
    """Those of them that remind; for a query on asks whose first mail has left."""
    return mails_for(run).filter(due_at__gt=OuterRef("asked_at"))


def progress(run: Reconfirmation) -> Progress:
    """How a run stands."""
    rows = asks_of(run).order_by().values_list("standing").annotate(Count("pk"))
    found: Counter[str] = Counter(dict(rows))
    readers, left = run.asks.aggregate(readers=Count("pk"), left=Count(F("asked_at"))).values()
    by_standing = {one: found[one] for one in Standing}
    return Progress(readers, by_standing, left)
