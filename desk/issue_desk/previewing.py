"""The open issue exactly as it will leave: the mail, its plain text, and its page on the web.

The bytes are those that would be mailed, with the marks filled as for a reader of whom no name is
known. Each part comes in a box of its own: nothing in it runs, and nothing is fetched but the
site's own pictures and styles.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin

from archive.views import issue_page
from desk.issue_desk.looking_over import UNSHOWABLE
from desk.issue_desk.publication import OfOnePublication
from issues.content import issue_content
from issues.editions import render_issue
from issues.models import Issue
from rendering.marks import shown_to_nobody

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"

_ASKED = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)", re.IGNORECASE)
_BOTH = re.compile(
    r"""((?:supported-)?color-schemes?["']?\s*(?::|content=)\s*["']?)light\s+dark""", re.IGNORECASE
)
# Hold in every window, and in none.
_ALWAYS, _NEVER = "(min-width: 0)", "(max-width: 0)"


def by_night(html: str) -> str:
    """A mail as a program shows it that is set to dark colours, whatever the browser is set to.

    No page can set `prefers-color-scheme` for a frame in it, so the mail's questions are answered
    in the mail; nothing else in it differs.
    """
    return _in_colours(html, "dark")


def by_day(html: str) -> str:
    """The same in light colours."""
    return _in_colours(html, "light")


def _in_colours(html: str, scheme: str) -> str:
    answered = _ASKED.sub(lambda ask: _ALWAYS if ask[1].lower() == scheme else _NEVER, html)
    head, end, body = answered.partition("</head>")
    return _BOTH.sub(rf"\1{scheme}", head) + end + body


def _mail(request: HttpRequest, issue: Issue) -> HttpResponse:
    """The very bytes; in the frame, where the browser's own colours would answer, by day."""
    html = shown_to_nobody(render_issue(issue).html)
    in_frame = request.GET.get("by") == "day"
    return HttpResponse(by_day(html) if in_frame else html, content_type=HTML)


def _dark(_request: HttpRequest, issue: Issue) -> HttpResponse:
    html = shown_to_nobody(render_issue(issue).html)
    return HttpResponse(by_night(html), content_type=HTML)


def _text(_request: HttpRequest, issue: Issue) -> HttpResponse:
    return HttpResponse(shown_to_nobody(render_issue(issue).text), content_type=TEXT)


def _web(request: HttpRequest, issue: Issue) -> HttpResponse:
    path = reverse("archive:issue", args=[issue.publication.slug, issue.serials[0]])
    return issue_page(request, issue_content(issue), path)


@dataclass(frozen=True, slots=True)
class Mode:
    """A way to look at an issue.

    `in_frame` follows its address in the frame of the page; `narrow` is as wide as a phone.
    """

    name: str
    label: str
    shown: Callable[[HttpRequest, Issue], HttpResponse]
    in_frame: str = ""
    narrow: bool = False


MODES = {
    mode.name: mode
    for mode in (
        Mode("mail", "Desktop", _mail, "?by=day"),
        Mode("phone", "Phone", _mail, "?by=day", narrow=True),
        Mode("dark", "Dark", _dark),
        Mode("text", "Plain text", _text),
        Mode("web", "Web page", _web),
    )
}


@method_decorator([never_cache, xframe_options_sameorigin], name="dispatch")
class PreviewView(OfOnePublication):
    """One mode, to be shown in the frame of the issue's page or alone."""

    def get(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponse:
        mode = MODES.get(kwargs["mode"])
        if mode is None or self.issue is None:
            raise Http404
        try:
            response = mode.shown(request, self.issue)
        except UNSHOWABLE as error:
            response = HttpResponse(str(error), content_type=TEXT)
        response.headers["Content-Security-Policy"] = in_a_box()
        return response


def in_a_box() -> str:
    """What a preview may do: be looked at. Its links open in windows of their own."""
    parts = urlsplit(settings.SITE_URL)
    site = f"'self' {parts.scheme}://{parts.netloc}"
    return "; ".join(
        [
            "sandbox allow-popups allow-popups-to-escape-sandbox",
            "default-src 'none'",
            f"img-src {site} data:",
            f"style-src {site} 'unsafe-inline'",
            f"font-src {site}",
            "frame-ancestors 'self'",
            "form-action 'none'",
            "base-uri 'none'",
        ]
    )
