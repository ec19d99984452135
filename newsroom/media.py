"""Uploaded files: readers get the pictures in the sizes that mails and pages show, editors the
originals, and nobody anything else. What is served can't run in a browser, whatever it is.
"""

from __future__ import annotations

from mimetypes import guess_type

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from django.views.static import serve

# Wagtail gives a picture in another form another name, so a file never changes.
_A_YEAR = 365 * 24 * 60 * 60


@require_safe
def rendition(request: HttpRequest, name: str) -> HttpResponse | FileResponse:
    """A picture in one size: anybody may see it, and keep it for a year."""
    response = _picture(request, f"images/{name}")
    patch_cache_control(response, public=True, max_age=_A_YEAR, immutable=True)
    return response


@require_safe
def original(request: HttpRequest, name: str) -> HttpResponse | FileResponse:
    """A picture as it was uploaded: for the people of the desk."""
    if not request.user.has_perm("wagtailadmin.access_admin"):
        raise Http404
    response = _picture(request, f"original_images/{name}")
    patch_cache_control(response, private=True)
    return response


def nothing(_request: HttpRequest) -> HttpResponse:
    """What Wagtail would offer and this site does not have."""
    raise Http404


def _picture(request: HttpRequest, path: str) -> HttpResponse | FileResponse:
    if not (guess_type(path)[0] or "").startswith("image/"):
        raise Http404
    response = serve(request, path, str(settings.MEDIA_ROOT))
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response
