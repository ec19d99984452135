"""Furnishes Wagtail's admin: notes and people, publications, mailings, the week at a glance."""

from __future__ import annotations

from typing import Any

from django.forms import Select
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.choices import CallableChoiceIterator
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from delivery.models import Mailing
from desk import (  # noqa: F401 - they register what is theirs
    audit,
    deleting,
    log_actions,
    pictures,
    without_pages,
    workflow,
)
from desk.accounts import hooks as accounts  # noqa: F401 - it registers itself
from desk.corrections import CorrectionsViewSet
from desk.importing.viewset import NoteImportViewSet
from desk.issue_desk.viewset import IssueDeskViewSet
from desk.issues import IssueViewSet
from desk.mailing_changes import Cancel, GoOn, Pause, Resume, Settle
from desk.mailing_report import ReportPage, ReportTable, ReportView
from desk.mailing_sent import SentHtml, SentView
from desk.mailings import LOOKERS, MailingNow, MailingsView, MailingView, OneMailing
from desk.notes import recording  # noqa: F401 - it registers itself
from desk.notes.viewset import NoteViewSet
from desk.pace import PaceViewSet
from desk.people import PersonViewSet
from desk.readers import (  # noqa: F401 - they register themselves
    health,
    importing_addresses,
    keys,
    menu,
    reconfirming,
    viewset,
)
from desk.roles import rights
from desk.segments import viewset as segments  # noqa: F401 - it registers itself
from desk.week import Week, weeks
from issues.models import Publication, Volume
from notes.models import SectionSchema
from rendering.environment import template_sets


class SectionSchemaViewSet(SnippetViewSet):
    """Which sections a kind of note has."""

    model = SectionSchema
    icon = "list-ol"
    menu_label = "Section schemas"
    panels = [FieldPanel("name"), InlinePanel("headings", label="Heading", heading="Headings")]


def _sets() -> list[tuple[str, str]]:
    """The template sets there are at this moment, to choose from."""
    return [(name, name) for name in template_sets()]


class PublicationViewSet(SnippetViewSet):
    """Publications: their names, senders, numbering and hours."""

    model = Publication
    icon = "mail"
    menu_label = "Publications"
    list_display = ["name", "sender_address", "weekday", "hour", "time_zone"]
    panels = [
        MultiFieldPanel(
            [
                FieldPanel("name"),
                FieldPanel("short_name"),
                FieldPanel("slug"),
                FieldPanel("tagline"),
                FieldPanel("colour"),
            ],
            heading="Name",
        ),
        MultiFieldPanel(
            [FieldPanel("promise"), FieldPanel("offered")],
            heading="Where readers subscribe",
        ),
        MultiFieldPanel(
            [
                FieldPanel("sender_name"),
                FieldPanel("sender_address"),
                FieldPanel("reply_to"),
                FieldPanel("postal_address"),
            ],
            heading="Sender",
        ),
        MultiFieldPanel(
            [
                FieldPanel("numbered"),
                FieldPanel("first_serial"),
                FieldPanel("weekday"),
                FieldPanel("hour"),
                FieldPanel("time_zone"),
                FieldPanel("prepare_hours_before"),
            ],
            heading="Issues",
        ),
        MultiFieldPanel(
            [
                FieldPanel("template_set", widget=Select(choices=CallableChoiceIterator(_sets))),
                FieldPanel("per_cent"),
                FieldPanel("date_style"),
                FieldPanel("dictionary"),
            ],
            heading="Look and house style",
        ),
    ]


class VolumeViewSet(SnippetViewSet):
    """Volumes with their first serials; a new year's volume is begun by itself."""

    model = Volume
    icon = "folder-open-inverse"
    menu_label = "Volumes"
    list_display = ["publication", "number", "begins_on", "first_serial"]


class SettingsGroup(SnippetViewSetGroup):
    """What is set up once."""

    menu_label = "Publishing"
    menu_icon = "mail"
    menu_order = 300
    items = (PublicationViewSet, PaceViewSet, VolumeViewSet, SectionSchemaViewSet)


class NewsroomGroup(SnippetViewSetGroup):
    """What is worked on every day."""

    menu_label = "Newsroom"
    menu_icon = "doc-full"
    menu_order = 100
    items = (NoteViewSet, NoteImportViewSet, PersonViewSet)


class MailingsMenuItem(MenuItem):
    """Offered to those who may look."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(MAY.user_has_any_permission(request.user, LOOKERS))


MAY = ModelPermissionPolicy(Mailing)


class MailingsViewSet(ViewSet):
    """What is sent, and what a person does about it."""

    name = "mailings"
    icon = "mail"
    menu_label = "Mailings"
    menu_order = 150
    add_to_admin_menu = True
    menu_item_class = MailingsMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        def page(address: str, view: type[OneMailing | MailingsView], name: str) -> URLPattern:
            return path(address, view.as_view(permission_policy=MAY), name=name)

        return [
            page("", MailingsView, "index"),
            page("<int:pk>/", MailingView, "mailing"),
            page("<int:pk>/now/", MailingNow, "now"),
            page("<int:pk>/report/", ReportView, "report"),
            page("<int:pk>/report/page/", ReportPage, "report-page"),
            page("<int:pk>/report/table/", ReportTable, "report-table"),
            page("<int:pk>/sent/", SentView, "sent"),
            page("<int:pk>/sent/html/", SentHtml, "sent-html"),
            page("<int:pk>/go-on/", GoOn, "go-on"),
            page("<int:pk>/pause/", Pause, "pause"),
            page("<int:pk>/resume/", Resume, "resume"),
            page("<int:pk>/cancel/", Cancel, "cancel"),
            page("<int:pk>/settle/", Settle, "settle"),
            page("<int:pk>/settle/<int:number>/", Settle, "settle-chunk"),
        ]


@hooks.register("register_admin_viewset")
def show_mailings() -> MailingsViewSet:
    """Mailings are no snippets: nobody writes or deletes one."""
    return MailingsViewSet()


@hooks.register("register_admin_viewset")
def show_corrections() -> CorrectionsViewSet:
    """Corrections are no snippets either: nobody changes or deletes one."""
    return CorrectionsViewSet()


@hooks.register("register_admin_viewset")
def show_the_issue_desk() -> IssueDeskViewSet:
    """Issues are put in order and let go on a page of their own."""
    return IssueDeskViewSet()


register_snippet(NewsroomGroup)
# Its page is one of the issue desk's, which leads there.
register_snippet(IssueViewSet)
register_snippet(SettingsGroup)


class WeekPanel(Component):
    """The home page's answer to: which issue is next, what is in it, is it approved?"""

    name = "week"
    template_name = "desk/week_panel.html"
    order = 10

    def __init__(self, found: list[Week], *, may_look: bool) -> None:
        self.found = found
        self.may_look = may_look

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"weeks": self.found, "may_look": self.may_look}


@hooks.register("construct_homepage_panels")
def show_the_week(request: HttpRequest, panels: list[Component]) -> None:
    """The week comes before everything else, for those who may see the notes in it."""
    if not request.user.has_perm("issues.view_issue"):
        return
    may_look = MAY.user_has_any_permission(request.user, LOOKERS)
    panels.insert(0, WeekPanel(weeks(), may_look=may_look))


hooks.register("register_permissions", rights)
