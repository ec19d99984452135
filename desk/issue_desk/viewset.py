"""The issue desk's addresses, and its place in the menu."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from desk.issue_desk.alerts import Alert, AlertPreview, Alerts
from desk.issue_desk.approving import Approve, Reschedule, TakeBack
from desk.issue_desk.arranging import Arrange, LeaveOut, Postpone, TakeIn
from desk.issue_desk.audience import ChooseReaders
from desk.issue_desk.links import Links, WithdrawLink
from desk.issue_desk.looking_over import FindingsView, LookAgain
from desk.issue_desk.page import IndexView, IssueView
from desk.issue_desk.previewing import PreviewView
from desk.issue_desk.publication import LOOKERS, MAY, OfOnePublication
from desk.issue_desk.starting import Prepare, SendNow
from desk.issue_desk.trials import Trial


class IssueDeskMenuItem(MenuItem):
    """Offered to those who may look."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(MAY.user_has_any_permission(request.user, LOOKERS))


class IssueDeskViewSet(ViewSet):
    """Issues are made by preparing them: no snippets, and nobody adds or deletes one."""

    name = "issue_desk"
    url_prefix = "issue-desk"
    icon = "calendar-check"
    menu_label = "Issue desk"
    menu_order = 50
    add_to_admin_menu = True
    menu_item_class = IssueDeskMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        def page(name: str, view: type[OfOnePublication], after: str = "") -> URLPattern:
            return path(f"<slug:publication>/{name}/{after}", view.as_view(), name=name)

        return [
            path("", IndexView.as_view(), name="index"),
            path("<slug:publication>/", IssueView.as_view(), name="issue"),
            page("arrange", Arrange),
            page("leave-out", LeaveOut),
            page("take-in", TakeIn),
            page("postpone", Postpone),
            page("audience", ChooseReaders),
            page("preview", PreviewView, "<slug:mode>/"),
            page("findings", FindingsView),
            page("look-again", LookAgain),
            page("approve", Approve),
            page("take-back", TakeBack),
            page("reschedule", Reschedule),
            page("trial", Trial),
            page("prepare", Prepare),
            page("send-now", SendNow),
            page("links", Links),
            page("withdraw-link", WithdrawLink, "<int:link>/"),
            page("alerts", Alerts),
            page("alert", Alert, "<int:note>/"),
            page("alert-preview", AlertPreview, "<int:note>/<slug:mode>/"),
        ]
