"""The one page of a publication at the issue desk: which issue is next, and all there is to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from delivery.models import Mailing
from desk.issue_desk.contents import row, rows_in, shelves_of
from desk.issue_desk.looking_over import ASKERS, Overlook, looked_over
from desk.issue_desk.previewing import MODES
from desk.issue_desk.publication import LOOKERS, MAY, OfOnePublication
from desk.issue_desk.standing import (
    Stage,
    next_day,
    preparing_of,
    standing_of,
    steps_of_next,
    steps_of_open,
    there,
)
from desk.mailings import LOOKERS as MAILING_LOOKERS
from desk.mailings import how_it_stands
from issues.approval import approval_in_force
from issues.arranging import arrangement_of
from issues.assembling import next_issue_day, weeks_notes
from issues.models import Issue, Publication
from issues.preflight import MAY_BE_OVERRULED
from issues.seen import audience_rule
from rendering.dates import printed_date


class IndexView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """The publications whose pages are open to this person; straight to the one, if it is one."""

    permission_policy = MAY
    any_permission_required = LOOKERS
    template_name = "desk/issue_desk_index.html"
    page_title = "Issue desk"
    header_icon = "calendar-check"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        numbered = [one for one in self._open() if one.numbered]
        if len(numbered) == len(self._open()) == 1:
            return HttpResponseRedirect(reverse("issue_desk:issue", args=[numbered[0].slug]))
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def _open(self) -> list[Publication]:
        # Alerts are sent as soon as somebody gives their word, so only those see them who may.
        kinds = [True, False] if self.user_has_permission("approve") else [True]
        return list(Publication.objects.filter(numbered__in=kinds).order_by("-numbered", "name"))

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "publications": self._open()}


@dataclass(frozen=True, slots=True)
class Action:
    """A button of the page; it leads to a page that asks, so that no button does it at once."""

    label: str
    address: str


class IssueView(OfOnePublication):
    """Which issue is next, what is in it, what is missing, and what happens when."""

    template_name = "desk/issue_desk.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        shown = {
            **(self._open(self.issue, now) if self.issue else self._none_open(now)),
            **self._last_mailing(),
        }
        return {
            **super().get_context_data(**kwargs),
            **shown,
            "stamp": self._stamp(shown),
            "is_awaited": "awaited" in self.request.GET,
            "others": Publication.objects.exclude(pk=self.publication.pk),
            "may_write": self.user_has_permission("change"),
            "may_ask": self.user_has_any_permission(ASKERS),
        }

    def _open(self, issue: Issue, now: datetime) -> dict[str, Any]:
        user = self.request.user
        approval = approval_in_force(issue)
        overlook = looked_over(issue, user)
        arrangement = arrangement_of(issue)
        standing = standing_of(issue, approval, len(overlook.blockers), overlook.trouble, now)
        may_write = self.user_has_permission("change")
        unlocked = approval is None or "change" in self.request.GET
        return {
            "approval": approval,
            "standing": standing,
            "steps": steps_of_open(issue, approval, now),
            "overlook": overlook,
            "rows": rows_in(arrangement, user),
            "seen": ",".join(str(key) for key in arrangement.order),
            "shelves": shelves_of(arrangement, user),
            "may_arrange": may_write and unlocked,
            "sealed": may_write and not unlocked,
            "next_action": self._next_action(standing.stage, overlook),
            "other_actions": self._other_actions(standing.stage, overlook),
            "modes": MODES.values(),
            "mode": MODES.get(self.request.GET.get("preview", ""), MODES["mail"]),
            "audience_rule": audience_rule(self.publication, issue.segment),
            "may_choose_readers": may_write or self.user_has_permission("approve"),
            "briefs": [
                (block.value["name"], len(block.value["briefs"])) for block in issue.regions
            ],
        }

    def _none_open(self, now: datetime) -> dict[str, Any]:
        publication, user = self.publication, self.request.user
        day = next_day(publication, next_issue_day(publication, now))
        moment = preparing_of(publication, day)
        notes = weeks_notes(publication, day).prefetch_related("authors__person")
        return {
            "day": printed_date(day),
            "prepared": there(publication, moment),
            "is_late": moment <= now,
            "steps": steps_of_next(publication, day, now),
            "rows": [row(note, user) for note in notes],
            "next_action": self._to("Prepare it now", "prepare")
            if self.user_has_permission("change")
            else None,
        }

    def _stamp(self, shown: dict[str, Any]) -> str:
        """What the page is about; another one when what a person started has been done."""
        issue, approval, last = self.issue, shown.get("approval"), shown.get("last")
        parts = (
            *((issue.pk, issue.date, issue.asked_about) if issue else ()),
            shown.get("seen"),
            approval.pk if approval else None,
            last and (last["mailing"].pk, bool(last["counts"].pending)),
        )
        return sha256(repr(parts).encode()).hexdigest()[:16]

    def _next_action(self, stage: Stage, overlook: Overlook) -> Action | None:
        """The one thing to do next, by who looks."""
        may_approve = self.user_has_permission("approve")
        if stage is Stage.UNSHOWABLE and overlook.mend:
            return Action("Mend it", overlook.mend)
        if stage is Stage.BLOCKED:
            return Action("See what stops it", "#findings-section")
        if stage is Stage.READY and may_approve:
            return self._to("Approve it", "approve")
        if stage is Stage.LEAVING and may_approve:
            return self._to("Send it now", "send-now")
        return None

    def _other_actions(self, stage: Stage, overlook: Overlook) -> list[Action]:
        may_write = self.user_has_permission("change")
        may_approve = self.user_has_permission("approve")
        can_be_shown = stage is not Stage.UNSHOWABLE
        approved = stage in (Stage.APPROVED, Stage.LEAVING)
        may_be_wrong = stage is Stage.BLOCKED and all(
            one.finding.code in MAY_BE_OVERRULED for one in overlook.blockers
        )
        offered = [
            ("Approve it all the same", "approve", may_approve and may_be_wrong),
            ("Send a test mail", "trial", (may_write or may_approve) and can_be_shown),
            ("Prepare it again", "prepare", may_write and not approved),
            ("Send it now", "send-now", may_approve and stage is Stage.APPROVED),
            ("Reschedule", "reschedule", may_approve and approved),
            ("Take the approval back", "take-back", may_approve and approved),
            ("Approve by link", "links", may_approve and stage is Stage.READY),
        ]
        return [self._to(label, name) for label, name, is_offered in offered if is_offered]

    def _to(self, label: str, name: str) -> Action:
        return Action(label, reverse(f"issue_desk:{name}", args=[self.publication.slug]))

    def _last_mailing(self) -> dict[str, Any]:
        mailing = (
            Mailing.objects.filter(edition__issue__publication=self.publication)
            .select_related("edition__publication", "edition__issue__volume")
            .first()
        )
        if mailing is None:
            return {}
        issue = mailing.edition.issue
        assert issue is not None  # noqa: S101 - asked of editions of issues only
        how = how_it_stands(mailing)
        may_look = any(
            self.request.user.has_perm(f"delivery.{act}_mailing") for act in MAILING_LOOKERS
        )
        counts = how["counts"]
        return {
            "last": {
                **how,
                "mailing": mailing,
                "line": issue.line,
                "done": counts.frozen - counts.pending,
                "report": reverse("mailings:mailing", args=[mailing.pk]) if may_look else "",
                "archive": reverse("archive:issue", args=[self.publication.slug, issue.serials[0]]),
            }
        }
