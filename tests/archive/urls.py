"""The site's addresses with four more that go wrong on purpose."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.urls import path

from newsroom.urls import urlpatterns as site

SECRET = "reader@example.org"


def fails_with(error):
    def view(request):
        raise error

    return view


urlpatterns = [
    path("wrong/400/", fails_with(SuspiciousOperation(SECRET))),
    path("wrong/403/", fails_with(PermissionDenied(SECRET))),
    path("wrong/500/", fails_with(RuntimeError(SECRET))),
    *site,
]
handler400 = "archive.errors.bad_request"
handler403 = "archive.errors.permission_denied"
handler404 = "archive.errors.page_not_found"
handler500 = "archive.errors.server_error"
