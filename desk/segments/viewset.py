"""The addresses of the segments, and their entry in the menu of the readers."""

from __future__ import annotations

from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.admin.admin_url_finder import ModelAdminURLFinder, register_admin_url_finder
from wagtail.admin.viewsets.base import ViewSet

from desk.segments.counting import Count
from desk.segments.pages import MAY, AddSegment, ChangeSegment, DeleteSegment, Segments
from subscribers.models import Segment


class SegmentsViewSet(ViewSet):
    """Saved sentences, and the count of what is typed."""

    name = "segments"
    url_prefix = "readers/segments"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", Segments.as_view(), name="index"),
            path("add/", AddSegment.as_view(), name="add"),
            path("count/", Count.as_view(), name="count"),
            path("<int:pk>/", ChangeSegment.as_view(), name="change"),
            path("<int:pk>/delete/", DeleteSegment.as_view(), name="delete"),
        ]


class SegmentURLFinder(ModelAdminURLFinder):
    """From an entry of the record to the segment it is about."""

    edit_url_name = "segments:change"
    permission_policy = MAY


register_admin_url_finder(Segment, SegmentURLFinder)


@hooks.register("register_admin_viewset")
def show_segments() -> SegmentsViewSet:
    """Called once, when Wagtail collects what there is at the desk."""
    return SegmentsViewSet()
