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
    # Its reports show everybody everything, drafts of others too; `desk.audit` has ours. Nothing is
    # a page here, and what its API tells is asked for by the pages' explorer only. One of its
    # addresses is there to fail, and those where a chooser makes things do: none of ours makes any.
    re_path(r"^desk/(?:reports|pages|api|failwhale)/", media.nothing),
    re_path(r"^desk/snippets/choose/\w+/\w+/create/", media.nothing),
    # What was chosen is named by its number; Wagtail fails at anything else.
    re_path(r"^desk/(?:snippets/choose/\w+/\w+|images/chooser)/chosen/(?!\d+/$)", media.nothing),
    re_path(r"^desk/editing-sessions/ping/\w+/\w+/(?![0-9]{1,18}/)", media.nothing),
    # Before Wagtail's, in whose place some of them come.
    path("desk/", include("desk.accounts.urls")),
    path("desk/", include(wagtailadmin_urls)),
    path("", include("desk.issue_desk.public_urls")),
    path("api/v1/", include("subscribers.api.urls")),
    path("", include("subscribers.urls")),
    path("", include("delivery.urls")),
    path("", include("archive.urls")),
    path("media/images/<str:name>", media.rendition),
    path("media/original_images/<str:name>", media.original),
]
