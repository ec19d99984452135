"""A picture that stands somewhere stays there, and nobody changes it in what others write.

Wagtail lets whoever uploaded a picture change and delete it, wherever it stands by now, and has
several ways to. All of them end in these signals; and at the desk, only, the one who does it is
known there (see `wagtail.admin.auth`). The refusal is Wagtail's own page for what one may not do.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models.signals import pre_delete, pre_save
from django_filters import RangeFilter
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.filters import NumberRangeWidget, RelatedFilterMixin
from wagtail.images.views.images import ImagesFilterSet
from wagtail.log_actions import get_active_log_context
from wagtail.models import ReferenceIndex

from notes.models import Photo


class HowOftenFilter(RelatedFilterMixin, RangeFilter):
    """In how many places pictures stand; Wagtail's own fails where words are searched for, too."""


def keep_what_stands_somewhere(instance: Photo, **_: Any) -> None:
    """Connected to `pre_delete`.

    Raises:
        PermissionDenied: if a note or an issue has the picture.
    """
    at_the_desk = get_active_log_context().user is not None
    if at_the_desk and ReferenceIndex.get_references_to(instance).exists():
        raise PermissionDenied("A picture that stands in a note or an issue stays.")


def leave_to_editors_what_others_use(instance: Photo, **_: Any) -> None:
    """Connected to `pre_save`.

    Raises:
        PermissionDenied: if the picture stands in what one may not change.
    """
    user = get_active_log_context().user
    if user is None or instance.pk is None:
        return
    addresses = AdminURLFinder(user)
    places = ReferenceIndex.get_references_to(instance).group_by_source_object()
    if not all(addresses.get_edit_url(place) for place, _ in places):
        raise PermissionDenied("A picture in what others write is changed by an editor.")


pre_delete.connect(keep_what_stands_somewhere, sender=Photo, dispatch_uid="pictures stay")
pre_save.connect(leave_to_editors_what_others_use, sender=Photo, dispatch_uid="pictures of others")
ImagesFilterSet.base_filters["usage_count"] = HowOftenFilter(
    field_name="usage_count", label="Usage count", widget=NumberRangeWidget(), use_subquery=True
)
