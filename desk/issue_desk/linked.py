"""The page behind an approval link: the whole issue as its readers will get it, and one button.

The signed link is the only authority: no session and no cookie. A GET never changes anything,
because mail scanners follow every link they find. The link's address is a key: it is told to
nobody, and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from delivery.audience import audience_of
from desk.issue_desk.asking import SENTENCES
from desk.issue_desk.previewing import in_a_box
from desk.issue_desk.shown import given, what_is_shown
from desk.issue_desk.starting import leaves, see_off
from issues.approval_links import BrokenLink, LinkError, approve_by_link, opened
from issues.editions import render_issue
from issues.models import Approval, ApprovalLink
from issues.preflight.gathering import facts_of_issue
from issues.seen import ChangedSinceSeen, as_it_is
from issues.voiding import approval_in_force
from rendering.dates import printed_moment
from rendering.marks import shown_to_nobody

_HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}

Page = Callable[[HttpRequest, str, ApprovalLink], HttpResponse]
TokenPage = Callable[[HttpRequest, str], HttpResponse]


def _by_link(page: Page) -> TokenPage:
    """Give a page the link that its address is of, or say why it opens nothing."""

    @wraps(page)
    def with_token(request: HttpRequest, token: str) -> HttpResponse:
        try:
            response = page(request, token, opened(token, timezone.now()))
        except LinkError as why:
            response = _nothing(request, why)
        for name, value in _HEADERS.items():
            response[name] = value
        return response

    return with_token


def _nothing(request: HttpRequest, why: LinkError) -> HttpResponse:
    status = HTTPStatus.NOT_FOUND if isinstance(why, BrokenLink) else HTTPStatus.GONE
    context = {"title": "Nothing to approve here", "paragraphs": [str(why)]}
    return render(request, "web/error.html", context, status=status)


# Under `no-referrer` a browser's form says `Origin: null`, and where mail is read there is often
# no cookie; so what Django compares can't be had. Instead the form carries what this page has
# sealed into it for this link alone, without which nothing is approved (`shown.given`).
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@_by_link
def page(request: HttpRequest, token: str, link: ApprovalLink) -> HttpResponse:
    """All that the approval is for; a POST gives it."""
    if request.method != "POST":
        return _shown(request, token, link)
    try:
        approval = approve_by_link(
            token,
            given(request.POST, _purpose(link)),
            timezone.now(),
            audience_of(link.issue.publication, segment=link.issue.segment).readers,
        )
    except LinkError:
        raise
    except ChangedSinceSeen as refusal:
        return _shown(request, token, link, str(refusal), HTTPStatus.CONFLICT)
    except SENTENCES as refusal:
        return _shown(request, token, link, str(refusal), HTTPStatus.BAD_REQUEST)
    return _approved(request, approval)


@require_safe
@xframe_options_sameorigin
@_by_link
def mail(request: HttpRequest, token: str, link: ApprovalLink) -> HttpResponse:
    """The mail itself, for the frame on the page."""
    try:
        html = shown_to_nobody(render_issue(link.issue).html)
    except SENTENCES as why:
        return _can_not_be_shown(request, why)
    response = HttpResponse(html)
    response["Content-Security-Policy"] = in_a_box()
    return response


def _shown(
    request: HttpRequest,
    token: str,
    link: ApprovalLink,
    refusal: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    issue = link.issue
    publication, now = issue.publication, timezone.now()
    try:
        facts = facts_of_issue(issue)
        audience = audience_of(publication, segment=issue.segment)
    except SENTENCES as why:
        return _can_not_be_shown(request, why)
    due = publication.due(issue.date)
    standing = approval_in_force(issue)
    context: dict[str, Any] = {
        **what_is_shown(
            facts,
            as_it_is(publication, facts.rendering, audience.readers, issue.segment),
            _purpose(link),
        ),
        "link": link,
        "issue": issue,
        "publication": publication,
        "audience": audience,
        "token": token,
        "refusal": refusal,
        "due": printed_moment(due),
        "is_past": due <= now,
        "until": printed_moment(link.expires_at.astimezone(publication.zone)),
        "standing": standing,
        "leaves": printed_moment(leaves(standing)) if standing else "",
    }
    return render(request, "web/approve.html", context, status=status)


def _approved(request: HttpRequest, approval: Approval) -> HttpResponse:
    _, sentence = see_off(approval, f"approval-{approval.pk}", timezone.now())
    context = {"approval": approval, "issue": approval.issue, "sentence": sentence}
    return render(request, "web/approve_done.html", context)


def _can_not_be_shown(request: HttpRequest, why: Exception) -> HttpResponse:
    context = {
        "title": "It can’t be shown at this moment",
        "paragraphs": [str(why), "Ask the newsroom to mend it, and open the link again."],
    }
    return render(request, "web/error.html", context, status=HTTPStatus.CONFLICT)


def _purpose(link: ApprovalLink) -> str:
    return f"link-{link.pk}"
