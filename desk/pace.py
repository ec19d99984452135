"""The pace of each publication's mailings, as it is set at the desk: one row a publication."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.snippets import SnippetViewSet

from delivery.models import Pace
from delivery.pace import pace_of
from issues.models import Publication
from rendering.dates import printed_date


def in_words(pace: Pace) -> str:
    """`At most 600 recipients a minute; nothing between 22:00 and 06:00; …`, for the list."""
    said = [
        f"at most {pace.per_minute:,} recipients a minute" if pace.per_minute else "",
        f"nothing between {pace.quiet_from:%H:%M} and {pace.quiet_until:%H:%M}"
        if pace.quiet_from and pace.quiet_until
        else "",
        f"{pace.ramp_up_first_day:,} recipients on {printed_date(pace.ramp_up_from)}, then twice "
        "as many on each day"
        if pace.ramp_up_first_day and pace.ramp_up_from
        else "",
        f"pauses after {pace.breaker_after} doubts or refusals in a row",
    ]
    sentence = "; ".join(filter(None, said))
    return f"{sentence[0].upper()}{sentence[1:]}"


class OneForEachPublication(ModelPermissionPolicy):
    """Every publication has one, and keeps it: none is added, none is taken away."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action in {"view", "change"} and super().user_has_permission(user, action)


class PaceViewSet(SnippetViewSet):
    """How fast a publication's mailings leave, and when they do not."""

    model = Pace
    icon = "time"
    menu_label = "Pace"
    copy_view_enabled = False
    permission_policy = OneForEachPublication(Pace)
    list_display = ["publication", Column("pace", accessor=in_words)]
    panels = [
        FieldPanel("publication", read_only=True),
        FieldPanel("per_minute"),
        MultiFieldPanel(
            [FieldPanel("quiet_from"), FieldPanel("quiet_until")], heading="Quiet time"
        ),
        MultiFieldPanel(
            [FieldPanel("ramp_up_from"), FieldPanel("ramp_up_first_day")],
            heading="Ramp-up of a new sender",
        ),
        FieldPanel("breaker_after"),
    ]

    def get_permissions_to_register(self) -> QuerySet[Permission]:
        return Permission.objects.filter(
            content_type__app_label="delivery", codename__in=["view_pace", "change_pace"]
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pace]:
        for publication in Publication.objects.filter(pace__isnull=True):
            pace_of(publication)
        return Pace.objects.select_related("publication").order_by("publication__name")
