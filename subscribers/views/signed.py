"""Pages whose only authority is the signed link: no session, no cookie, no log-in.

A GET never changes anything, because mail scanners follow every link they find.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from subscribers.errors import BadLink
from subscribers.links import Purpose, subscription_of

# Nobody but the reader has a use for these pages, and their address is a key to them.
HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}

P = ParamSpec("P")
Page = Callable[[HttpRequest, int], HttpResponse]
TokenPage = Callable[[HttpRequest, str], HttpResponse]


def privately(page: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Have nobody keep a copy of a page, and let its forms do without a cookie."""

    # RFC 8058, section 3.1: the POST of a mail program comes without cookies, so it can't bring a
    # CSRF token along either. And a browser that was told `no-referrer` sends `Origin: null`,
    # which Django's check refuses. Who knows the signed link needs no other page to post there.
    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
    @wraps(page)
    def kept_private(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = page(*args, **kwargs)
        for name, value in HEADERS.items():
            response[name] = value
        return response

    return kept_private


def by_signed_link(purpose: Purpose) -> Callable[[Page], TokenPage]:
    """Give a page the subscription that its link was signed for, or explain a damaged link."""

    def decorate(page: Page) -> TokenPage:
        @privately
        @wraps(page)
        def with_token(request: HttpRequest, token: str) -> HttpResponse:
            try:
                subscription_id = subscription_of(token, purpose)
            except BadLink:
                return damaged(request)
            return page(request, subscription_id)

        return with_token

    return decorate


def fields_of(request: HttpRequest) -> QueryDict:
    """What a form sent; nothing if it can't be read, or is more than any of our forms sends."""
    try:
        return request.POST
    except (BadRequest, MultiPartParserError, SuspiciousOperation, UnreadablePostError):
        return QueryDict()


def damaged(request: HttpRequest) -> HttpResponse:
    """The page for a link that was cut short or changed."""
    context = {
        "title": _("This link is damaged"),
        "paragraphs": [
            _("A part of it is missing or was changed on its way, so nothing was done."),
            _(
                "Go back to the mail and open the link there, or copy the whole of it. If that "
                "does not help, reply to the mail and ask to be taken off the list."
            ),
        ],
    }
    return render(request, "web/error.html", context, status=404)
