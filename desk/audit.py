"""The record: who did what to notes, issues, readers, sending and accounts.

Wagtail's log keeps it, and nothing at the desk changes or deletes a row of it: what is deleted
itself keeps its entries, and so does an account. A trigger in the database would stand in Wagtail's
own way, which marks the entries of what was deleted.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from wagtail import hooks
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.filters import ContentTypeFilter
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.history import HistoryFilterSet
from wagtail.admin.views.reports.base import ReportView
from wagtail.coreutils import get_content_type_label
from wagtail.models import ModelLogEntry
from wagtail.permission_policies import ModelPermissionPolicy

from rendering.dates import printed_date, printed_moment
from subscribers.exporting import as_cell

NOBODY = "The command line or the schedule"
# Kept with an entry, and nothing to read.
UNREADABLE = ("by", "sha256")
# Kept as ISO 8601 writes a moment or a day: which facts, by action.
WRITTEN_AS_TIMES = {
    "issues.approve": ("send_at",),
    "issues.move": ("to",),
    "issues.reschedule": ("from", "to"),
}
# What was done to accounts is seen by those who may change them.
ABOUT_ACCOUNTS = ("auth", "account", "mfa")
MAY = ModelPermissionPolicy(ModelLogEntry)


def entries_for(user: Any) -> QuerySet[ModelLogEntry]:
    """The entries that an account may see, the newest first.

    A note that is being written is saved every few seconds into one revision, with one mark for
    all of these entries; the last of them stands for all.
    """
    newer = ModelLogEntry.objects.filter(
        uuid=OuterRef("uuid"),
        action=OuterRef("action"),
        content_type=OuterRef("content_type"),
        object_id=OuterRef("object_id"),
        pk__gt=OuterRef("pk"),
    )
    entries: QuerySet[ModelLogEntry] = ModelLogEntry.objects.filter(~Exists(newer))
    if not user.has_perm("auth.change_user"):
        entries = entries.exclude(content_type__app_label__in=ABOUT_ACCOUNTS)
    return entries.select_related("content_type", "user__wagtail_userprofile")


def who(entry: ModelLogEntry) -> str:
    """An account's name, also of one that is gone; or who was at the command line."""
    if entry.user_id is not None:
        return str(entry.user_display_name)
    return f"{by}, at the command line" if (by := entry.data.get("by")) else NOBODY


def details(entry: ModelLogEntry) -> str:
    """What else was written down of it: a sentence, a reviewer's comment, single facts."""
    if entry.action.startswith("wagtail."):
        return str(entry.comment)
    facts = {
        name: value
        for name, value in entry.data.items()
        if name not in UNREADABLE and value not in ("", None) and isinstance(value, str | int)
    }
    times = WRITTEN_AS_TIMES.get(entry.action, ())
    told = (
        f"{name.replace('_', ' ')}: {_printed(str(value)) if name in times else value}"
        for name, value in facts.items()
    )
    return str(facts.get("sentence") or "; ".join(told))


def _printed(written: str) -> str:
    moment = datetime.fromisoformat(written)
    return printed_moment(moment) if moment.tzinfo else printed_date(moment)


class RecordFilterSet(HistoryFilterSet):
    """By name, kind, action, person and time."""

    content_type = ContentTypeFilter(
        label="Kind",
        queryset=lambda request: ContentType.objects.filter(
            pk__in=entries_for(request.user).order_by().values("content_type")
        ).order_by("model"),
    )

    class Meta:
        model = ModelLogEntry
        fields: ClassVar = {"label": ["icontains"]}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["label__icontains"].label = "Name"


class RecordView(ReportView):
    """All of it, filtered, and as a spreadsheet."""

    page_title = "Record"
    header_icon = "history"
    template_name = "desk/record.html"
    results_template_name = "desk/record_results.html"
    index_url_name = "record"
    index_results_url_name = "record_results"
    filterset_class = RecordFilterSet
    permission_policy = MAY
    permission_required = "view"
    list_export: ClassVar = ["timestamp", "who", "message", "kind", "label", "object_id", "details"]
    export_headings: ClassVar = {
        "timestamp": "Time",
        "who": "Who",
        "message": "Action",
        "kind": "Kind",
        "label": "Name",
        "object_id": "Number",
        "details": "Details",
    }
    # A headline that begins like a formula is none.
    custom_value_preprocess: ClassVar = {
        **ReportView.custom_value_preprocess,
        str: {ReportView.FORMAT_CSV: as_cell, ReportView.FORMAT_XLSX: as_cell},
    }

    def get_filename(self) -> str:
        return f"record-{timezone.localdate():%Y-%m-%d}"

    def get_queryset(self) -> QuerySet[ModelLogEntry]:
        return entries_for(self.request.user)

    def get_filterset_kwargs(self) -> dict[str, Any]:
        return {**super().get_filterset_kwargs(), "queryset": self.get_queryset()}

    def decorate_paginated_queryset(self, object_list: Any) -> list[ModelLogEntry]:
        addresses = AdminURLFinder(self.request.user)
        instances = dict(_with_instances(object_list))
        for entry in object_list:
            entry.who, entry.details = who(entry), details(entry)
            entry.kind = get_content_type_label(entry.content_type)
            instance = instances.get(entry.pk)
            entry.edit_url = addresses.get_edit_url(instance) if instance else None
        return list(object_list)


def _with_instances(entries: Any) -> list[tuple[int, Any]]:
    found = ModelLogEntry.objects.filter(pk__in=[entry.pk for entry in entries]).with_instances()
    return [(entry.pk, instance) for entry, instance in found]


class RecordMenuItem(MenuItem):
    """Offered to those who may look."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(MAY.user_has_permission(request.user, "view"))


def addresses() -> list[URLPattern]:
    """The record's two pages: the whole, and what changes when it is filtered."""
    return [
        path("record/", RecordView.as_view(), name="record"),
        path("record/results/", RecordView.as_view(results_only=True), name="record_results"),
    ]


def menu_item() -> RecordMenuItem:
    """In the menu of reports."""
    return RecordMenuItem("Record", reverse("record"), name="record", icon_name="history")


def only_reports_of_ours(request: HttpRequest, items: list[MenuItem]) -> None:
    """Wagtail's reports are closed, see `newsroom.urls`: they show everybody everything."""
    closed = reverse("wagtailadmin_reports:site_history").rsplit("/", 2)[0]
    items[:] = [item for item in items if not item.url.startswith(closed)]


hooks.register("register_admin_urls", addresses)
hooks.register("register_reports_menu_item", menu_item)
hooks.register("construct_reports_menu", only_reports_of_ours)
