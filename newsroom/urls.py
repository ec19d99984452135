"""Every address of the site, room by room."""

from django.urls import include, path, re_path
from wagtail.admin import urls as wagtailadmin_urls

from newsroom import media

handler400 = "archive.errors.bad_request"
handler403 = "archive.errors.permission_denied"
handler404 = "archive.errors.page_not_found"
handler500 = "archive.errors.server_error"

urlpatterns = [
    # Wagtail's admin needs its documents' addresses to exist, and nothing here has a document.
    re_path(r"^desk/documents/", media.nothing),
    path("desk/", include(wagtailadmin_urls)),
    path("", include("subscribers.urls")),
    path("", include("delivery.urls")),
    path("", include("archive.urls")),
    path("media/images/<str:name>", media.rendition),
    path("media/original_images/<str:name>", media.original),
]
