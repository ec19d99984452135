"""Furnishes Wagtail's admin: notes and people, publications, mailings, the week at a glance."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.forms import Select
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.choices import CallableChoiceIterator
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.viewsets.base import ViewSet
from wagtail.log_actions import LogActionRegistry
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.action_menu import ActionMenuItem
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from delivery.models import Mailing
from desk.issues import IssueViewSet
from desk.mailing_changes import Cancel, Pause, Resume, Settle
from desk.mailings import LOOKERS, MailingNow, MailingsView, MailingView, OneMailing
from desk.pace import PaceViewSet
from desk.week import Week, weeks
from issues.models import Publication, Volume
from notes.models import Note, Person, SectionSchema
from rendering.environment import template_sets


class NoteViewSet(SnippetViewSet):
    """Notes, written in the order in which they are read."""

    model = Note
    icon = "doc-full"
    menu_label = "Notes"
    list_display = [
        "subject",
        "claim",
        Column("date"),
        Column("publication"),
        BooleanColumn("is_approved", label="Approved"),
    ]
    list_filter = ["publication", "date"]
    panels = [
        MultiFieldPanel([FieldPanel("subject"), FieldPanel("claim")], heading="Headline"),
        InlinePanel("authors", label="Author", heading="Authors, in order"),
        FieldPanel("date"),
        FieldPanel("publication"),
        MultiFieldPanel([FieldPanel("photo"), FieldPanel("photo_source")], heading="Picture"),
        FieldPanel("schema"),
        FieldPanel("body"),
        InlinePanel("sources", label="Source", heading="Sources"),
        FieldPanel("countries"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Note]:
        return Note.objects.select_related("publication", "latest_revision")


class PersonViewSet(SnippetViewSet):
    """Authors, their other spellings, and what was said about them when."""

    model = Person
    icon = "user"
    menu_label = "People"
    panels = [
        FieldPanel("name"),
        InlinePanel("aliases", label="Other spelling", heading="Other spellings"),
        InlinePanel("biographies", label="Biography", heading="Biographies, by date"),
    ]


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
    items = (NoteViewSet, IssueViewSet, PersonViewSet)


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


@hooks.register("register_log_actions")
def log_what_is_done_to_mailings(actions: LogActionRegistry) -> None:
    """What Wagtail's log of the site says of it."""
    for name, label in (
        ("pause", "Pause a mailing"),
        ("resume", "Resume a mailing"),
        ("cancel", "Cancel a mailing"),
        ("settle", "Settle a mailing's doubts"),
    ):
        actions.register_action(f"delivery.{name}", label, label)


register_snippet(NewsroomGroup)
register_snippet(SettingsGroup)


class WeekPanel(Component):
    """The home page's answer to: which issue is next, what is in it, is it approved?"""

    name = "week"
    template_name = "desk/week_panel.html"
    order = 10

    def __init__(self, found: list[Week], *, may_look: bool, may_write: bool) -> None:
        self.found = found
        self.may_look = may_look
        self.may_write = may_write

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"weeks": self.found, "may_look": self.may_look, "may_write": self.may_write}


@hooks.register("construct_homepage_panels")
def show_the_week(request: HttpRequest, panels: list[Component]) -> None:
    """The week comes before everything else."""
    may_look = MAY.user_has_any_permission(request.user, LOOKERS)
    may_write = IssueViewSet.permission_policy.user_has_permission(request.user, "change")
    panels.insert(0, WeekPanel(weeks(), may_look=may_look, may_write=may_write))


@hooks.register("construct_snippet_action_menu")
def offer_approval_and_not_publication(
    items: list[ActionMenuItem], request: HttpRequest, context: dict[str, Any]
) -> None:
    """A note is submitted for approval; it becomes public when what carries it is mailed."""
    if context["model"] is Note:
        items[:] = [
            item for item in items if item.name not in {"action-publish", "action-unpublish"}
        ]


@hooks.register("construct_homepage_summary_items")
def count_no_pages(request: HttpRequest, items: list[Component]) -> None:
    """Notes are no pages, so a count of pages says nothing; the week says what there is."""
    items.clear()


# Notes are no pages, and nothing here has a document attached.
EMPTY_ROOMS = {"explorer", "documents", "aging-pages", "page-types-usage", "sites"}


@hooks.register("construct_main_menu")
@hooks.register("construct_reports_menu")
@hooks.register("construct_settings_menu")
def hide_empty_rooms(request: HttpRequest, items: list[MenuItem]) -> None:
    """What would only confuse is not offered."""
    items[:] = [item for item in items if item.name not in EMPTY_ROOMS]


@hooks.register("register_permissions")
def publishing_permissions() -> QuerySet[Permission]:
    """Lets administrators give groups their rights on what the desk shows."""
    return Permission.objects.filter(
        Q(content_type__app_label__in=["notes", "issues"])
        | Q(content_type__app_label="delivery", codename__in=["view_mailing", "change_mailing"])
    )
