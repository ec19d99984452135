"""Growth and health of the readers at a glance, publication by publication: numbers, no names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.urls import URLPattern, path
from django.utils import timezone
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from delivery.health import ages, suppressed, unconfirmed
from delivery.rates import (
    MANY_BOUNCES,
    MANY_COMPLAINTS,
    TOO_MANY_COMPLAINTS,
    Rates,
    latest_rates,
)
from delivery.standing import line_of, local
from desk.charts import Chart, Series, line, up_and_down
from issues.models import Publication
from rendering.dates import printed_date
from subscribers.growth import Week, beginning_of, growth, in_stretches
from subscribers.how_many import so_many_readers
from subscribers.models import Reconfirmation
from subscribers.reasons import own_words, where_from, why_left

MAY = ModelPermissionPolicy(Reconfirmation)
# By what stands in the address: how many weeks, and what the choice is called.
PERIODS: dict[str, tuple[int | None, str]] = {
    "26": (26, "Half a year"),
    "52": (52, "A year"),
    "all": (None, "All"),
}
# More columns than that nobody tells apart on a telephone.
MOST_COLUMNS = 104
LENGTHS = (1, 4, 13, 52)


class MailingRow(NamedTuple):
    """A mailing's rates as the page shows them."""

    rates: Rates
    line: str
    begun: str
    acceptance: str
    turned_away: str
    complaints: str
    remark: str


class HealthView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """How the readers of one publication became more and fewer, and how its mailings fared."""

    permission_policy = MAY
    permission_required = "view"
    template_name = "desk/reader_health.html"
    page_title = "Growth and health"
    header_icon = "table"

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        publications = list(Publication.objects.order_by("-numbered", "name"))
        wanted, period = self.request.GET.get("publication"), self.request.GET.get("weeks")
        named = [one for one in publications if one.slug == wanted]
        publication = next(iter(named or publications), None)
        period = period if period in PERIODS else next(iter(PERIODS))
        return {
            **context,
            "publications": publications,
            "publication": publication,
            "period": period,
            "periods": [(value, label) for value, (_, label) in PERIODS.items()],
            "may_see_mailings": self.request.user.has_perm("delivery.view_mailing"),
            **(_about(publication, period) if publication else {}),
        }


def _about(publication: Publication, period: str) -> dict[str, Any]:
    now, zone = timezone.now(), publication.zone
    by_week = growth(publication.pk, zone, now, PERIODS[period][0])
    weeks = by_week
    for length in LENGTHS:
        weeks = in_stretches(by_week, length)
        if len(weeks) <= MOST_COLUMNS:
            break
    since = beginning_of(by_week[0].begins, zone)
    return {
        "charts": charts_of(weeks),
        "weeks": [(_days_of(week), week) for week in reversed(weeks)],
        "unit": _unit(weeks),
        "since": printed_date(by_week[0].begins),
        "where_from": where_from(publication.pk, since),
        "why_left": why_left(publication.pk, since),
        "own_words": [
            (printed_date(one.at.astimezone(zone).date()), one.reason, one.words)
            for one in own_words(publication.pk, since)
        ],
        "mailings": [_row(rates) for rates in latest_rates(publication)],
        "readers": by_week[-1].total,
        "ages": ages(publication, now),
        "unconfirmed": unconfirmed(publication),
        "suppressed": list(suppressed(publication).items()),
    }


def charts_of(weeks: Sequence[Week]) -> tuple[Chart, Chart]:
    """Who came and went, and how many that makes: two charts, because a thousand times as many
    stay as come."""
    columns = [printed_date(week.begins) for week in weeks]
    joined = Series("joined", "Joined", [week.joined for week in weeks])
    left = Series("left", "Left", [week.left for week in weeks])
    lost = Series("suppressed", "Bounced or suppressed", [week.suppressed for week in weeks])
    unit = _unit(weeks)
    sums = [sum(series.numbers) for series in (joined, left, lost)]
    over = f"From {columns[0]} on, {unit}:"
    changes = up_and_down(
        "changes",
        f"Joined and left, {unit}",
        f"{over} {sums[0]:,} joined, {sums[1]:,} left, {sums[2]:,} bounced or were suppressed.",
        columns,
        [joined],
        [left, lost],
    )
    totals = Series("total", "Readers", [week.total for week in weeks])
    total = line(
        "totals",
        "Readers in all",
        f"{over} {so_many_readers(weeks[0].total)} at the end of the first, "
        f"{weeks[-1].total:,} now.",
        columns,
        totals,
    )
    return changes, total


def _unit(weeks: Sequence[Week]) -> str:
    longest = max(week.weeks for week in weeks)
    return "week by week" if longest == 1 else f"in stretches of {longest} weeks"


def _days_of(week: Week) -> str:
    """`23 June 2025`; of several weeks also the last day."""
    if week.weeks == 1:
        return printed_date(week.begins)
    last = week.begins + timedelta(weeks=week.weeks, days=-1)
    return f"{printed_date(week.begins)} – {printed_date(last)}"


def _row(rates: Rates) -> MailingRow:
    remarks = [
        "Many were turned away." if rates.turned_away >= MANY_BOUNCES else "",
        "Too many complaints: Gmail takes such a sender’s mail for spam."
        if rates.complaints >= TOO_MANY_COMPLAINTS
        else "More complaints than Gmail wants."
        if rates.complaints >= MANY_COMPLAINTS
        else "",
    ]
    return MailingRow(
        rates,
        line_of(rates.mailing),
        local(rates.mailing, rates.mailing.frozen_at),
        f"{rates.acceptance:.1%}",
        f"{rates.turned_away:.2%}",
        f"{rates.complaints:.2%}",
        " ".join(filter(None, remarks)),
    )


class HealthViewSet(ViewSet):
    """One page, to look at."""

    name = "reader_health"
    url_prefix = "readers/health"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", HealthView.as_view(), name="index")]


@hooks.register("register_admin_viewset")
def show_health() -> HealthViewSet:
    """Called once, when Wagtail collects what there is at the desk."""
    return HealthViewSet()
