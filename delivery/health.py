"""How healthy a publication's list is: how old, who has not confirmed, whom no mail may go to.

What becomes of its mailings is in `delivery.rates`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from issues.models import Publication
from subscribers.models import Reader, ServiceMail, SignUp, Subscription, Suppression
from subscribers.reconfirming import years_before


class Age(NamedTuple):
    """Readers who have been so for some years; `beyond` is None for all that are older."""

    years: int
    beyond: int | None
    readers: int

    @property
    def name(self) -> str:
        if not self.years:
            return "less than a year"
        return f"{self.years} to {self.beyond} years" if self.beyond else f"{self.years} and more"


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """Who has asked for the publication and not confirmed; of these, whose mail is still here."""

    readers: int
    to_be_asked: int


def ages(publication: Publication, now: datetime) -> list[Age]:
    """For how many years the readers have been readers."""
    bounds = (0, 1, 2, 3, 5, 10)
    spans = list(zip(bounds, [*bounds[1:], None], strict=True))
    moments = {years: years_before(now, years) for years in bounds[1:]}
    counted = {
        f"from_{years}": Count(
            "pk",
            filter=(Q(confirmed_at__lte=moments[years]) if years else Q())
            & (Q(confirmed_at__gt=moments[beyond]) if beyond else Q()),
        )
        for years, beyond in spans
    }
    found = _confirmed(publication).aggregate(**counted)
    return [Age(years, beyond, found[f"from_{years}"]) for years, beyond in spans]


def unconfirmed(publication: Publication) -> Unconfirmed:
    """Who waits to confirm, or to be asked."""
    pending = Subscription.objects.filter(
        publication=publication, state=Subscription.State.PENDING
    ).order_by()
    waiting = ServiceMail.objects.filter(
        kind=ServiceMail.Kind.CONFIRM, state=ServiceMail.State.WAITING
    )
    unasked = SignUp.objects.filter(
        Exists(waiting.filter(sign_up=OuterRef("pk"))),
        confirmed_at__isnull=True,
        withdrawn_at__isnull=True,
        mailed_at__isnull=True,
    )
    return Unconfirmed(pending.count(), pending.filter(sign_ups__in=unasked).distinct().count())


def suppressed(publication: Publication) -> dict[Suppression.Reason, int]:
    """Readers of the publication that no mail may go to, by the reason; nobody has left."""
    readers = Reader.objects.filter(
        subscriptions__publication=publication,
        subscriptions__state=Subscription.State.CONFIRMED,
    )
    keys = readers.filter(key__in=Suppression.objects.values("key")).values("key")
    rows = Suppression.objects.filter(key__in=keys).order_by().values_list("reason")
    found = dict(rows.annotate(Count("pk")))
    return {reason: found[reason] for reason in Suppression.Reason if reason in found}


def _confirmed(publication: Publication) -> QuerySet[Subscription]:
    return Subscription.objects.filter(
        publication=publication, state=Subscription.State.CONFIRMED
    ).order_by()
