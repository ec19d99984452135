"""The desk's pages on mailings: how each goes, and what of it is open. They change nothing."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from delivery.counting import Counts, counts, outcomes
from delivery.describing import groups_of, sum_of, told
from delivery.models import Mailing
from delivery.settling import Knowledge, what_is_known
from delivery.speed import speed
from delivery.speed import told as told_speed
from delivery.standing import Standing, State, line_of, local, standing
from delivery.states import ChunkState

LOOKERS = ["view", "change"]
# So many chunks that need a person are shown one by one.
SHOWN = 50
# Where something is for a person to do, the state stands out.
URGENT = (State.PAUSED, State.PENDING, State.IN_DOUBT, State.REJECTED)


def mailings() -> QuerySet[Mailing]:
    """All of them, the newest first, with what their pages name."""
    return Mailing.objects.select_related(
        "edition__publication", "edition__issue__volume", "edition__note", "edition__correction"
    )


def how_it_stands(mailing: Mailing) -> dict[str, Any]:
    """A mailing's state and counts, as a list and its own page show them."""
    reached = counts(mailing)
    how = standing(mailing, reached, timezone.now())
    tone = "w-status--primary mailing-urgent" if how.state in URGENT else "w-status--primary"
    return {"counts": reached, "standing": how, "tone": tone}


def shown(known: list[Knowledge], mailing: Mailing) -> dict[str, Any]:
    """What is known of chunks that need a person, as their pages show it."""
    return {
        "known": [(one, local(mailing, one.since), told(one, mailing)) for one in known[:SHOWN]],
        "more_known": max(0, len(known) - SHOWN),
    }


class StateColumn(Column):
    """A mailing's state as a status label, and its counts in a sentence."""

    cell_template_name = "desk/mailing_state_cell.html"

    def get_cell_context_data(self, instance: Mailing, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return {**context, **how_it_stands(instance)}


class MailingsView(PermissionCheckedMixin, BaseListingView):
    """All mailings, the newest first."""

    model = Mailing
    template_name = "desk/mailings.html"
    any_permission_required = LOOKERS
    page_title = "Mailings"
    header_icon = "mail"
    paginate_by = 20
    table_classname = "listing mailings"
    index_url_name = "mailings:index"
    columns: ClassVar = [
        TitleColumn("line", label="Mailing", accessor=line_of, url_name="mailings:mailing"),
        Column("publication", label="Publication", accessor="edition.publication"),
        Column("frozen", label="Begun", accessor=lambda one: local(one, one.frozen_at)),
        StateColumn("state", label="State"),
    ]

    def get_base_queryset(self) -> QuerySet[Mailing]:
        return mailings()


class OneMailing(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """What the pages of one mailing have in common."""

    header_icon = "mail"
    action_title = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.mailing = get_object_or_404(mailings(), pk=kwargs["pk"])

    def get_page_title(self) -> str:
        return self.action_title or line_of(self.mailing)

    def get_page_subtitle(self) -> str:
        return line_of(self.mailing) if self.action_title else ""

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        own = {"url": "", "label": line_of(self.mailing)}
        above = [*self.breadcrumbs_items, {"url": reverse("mailings:index"), "label": "Mailings"}]
        if not self.action_title:
            return [*above, own]
        own["url"] = self.address()
        return [*above, own, {"url": "", "label": self.action_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            **context,
            **how_it_stands(self.mailing),
            "mailing": self.mailing,
            "line": line_of(self.mailing),
            "back": self.address(),
        }

    def address(self) -> str:
        """Where the mailing's own page is."""
        return reverse("mailings:mailing", args=[self.mailing.pk])


class MailingView(OneMailing):
    """All that is known of a mailing, and what can be done about it."""

    any_permission_required = LOOKERS
    template_name = "desk/mailing.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        mailing, reached = self.mailing, context["counts"]
        known = what_is_known(mailing, timezone.now())
        held = mailing.paused_at is not None
        return {
            **context,
            "frozen": local(mailing, mailing.frozen_at),
            "finished": mailing.finished_at and local(mailing, mailing.finished_at),
            "sum": sum_of(reached),
            "done": reached.frozen - reached.pending,
            "outcomes": outcomes(mailing),
            "groups": groups_of(mailing),
            **shown(known, mailing),
            "may_change": self.user_has_permission("change"),
            "can_pause": not held and mailing.cancelled_at is None and reached.pending,
            "can_resume": held,
            "can_cancel": mailing.cancelled_at is None and reached.pending,
            "in_doubt": sum(one.state is ChunkState.IN_DOUBT for one in known),
            "nobody": context["standing"].state is State.PENDING,
            "speed": self._speed(reached, context["standing"]),
            **self._corrections(),
        }

    def _speed(self, reached: Counts, standing: Standing) -> str:
        if not reached.pending and not reached.accepted:
            return ""
        return told_speed(speed(self.mailing, reached, standing, timezone.now()), self.mailing)

    def _corrections(self) -> dict[str, Any]:
        edition, user = self.mailing.edition, self.request.user
        of_what_was_mailed = edition.correction_id is None
        return {
            "corrections": edition.corrections.select_related("note") if of_what_was_mailed else (),
            "may_correct": of_what_was_mailed and user.has_perm("issues.change_issue"),
            "may_see_corrections": any(
                user.has_perm(f"issues.{action}_issue") for action in ("change", "approve")
            ),
        }


class MailingNow(MailingView):
    """The part of a mailing's page that changes while it is sent."""

    template_name = "desk/mailing_now.html"
