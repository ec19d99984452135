"""Pages for what goes wrong, in plain words: no address, no trace, no database.

`newsroom.urls` names them as `handler400`, `handler403`, `handler404` and `handler500`,
the settings name `form_not_accepted` as `CSRF_FAILURE_VIEW`.
"""

# ruff: noqa: ARG001 - Django passes these arguments, and nothing of them is shown to anybody.

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what the browser sent can't be understood."""
    return _page(
        request,
        400,
        _("The request was not understood"),
        _("Your browser sent something this site can't read. Go back and try it once more."),
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: not for this person."""
    return _page(
        request,
        403,
        _("This page is not open to you"),
        _("If you work here, sign in with an account that may see it, and come back."),
    )


def form_not_accepted(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form of ours came without its token."""
    return _page(
        request,
        403,
        _("The form was not accepted"),
        _("It was open for too long, or your browser keeps no cookies. Load it again and repeat."),
    )


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing there, or nothing published there yet."""
    return _page(
        request,
        404,
        _("There is no such page"),
        _("The address may be mistyped, or what it names is not published."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours."""
    return _page(
        request,
        500,
        _("Something went wrong here"),
        _("It is our fault, not yours, and it has been recorded. Please try again in a minute."),
    )


def _page(request: HttpRequest, status: int, title: str, paragraph: str) -> HttpResponse:
    context = {"title": title, "paragraphs": [paragraph]}
    response = render(request, "web/error.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
