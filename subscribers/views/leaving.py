"""The readers' own pages: leaving by one click, and seeing what one gets.

The signed link is the only authority: no session, no cookie, no log-in. A GET
never changes anything, because mail scanners follow every link they find.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from subscribers.addresses import masked
from subscribers.errors import BadLink
from subscribers.leaving import end_subscription
from subscribers.links import Purpose, subscription_of
from subscribers.models import Subscription

# Nobody but the reader has a use for these pages, and their address is a key to them.
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}

Page = Callable[[HttpRequest, int], HttpResponse]
TokenPage = Callable[[HttpRequest, str], HttpResponse]


def _by_signed_link(purpose: Purpose) -> Callable[[Page], TokenPage]:
    """Give a page the subscription that its link was signed for, or explain a damaged link."""

    def decorate(page: Page) -> TokenPage:
        # RFC 8058, section 3.1: the POST of a mail program comes without cookies, so it can't
        # bring a CSRF token along either.
        @csrf_exempt
        @require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
        @wraps(page)
        def with_token(request: HttpRequest, token: str) -> HttpResponse:
            try:
                subscription_id = subscription_of(token, purpose)
            except BadLink:
                response = _damaged(request)
            else:
                response = page(request, subscription_id)
            for name, value in _HEADERS.items():
                response[name] = value
            return response

        return with_token

    return decorate


def _damaged(request: HttpRequest) -> HttpResponse:
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


@_by_signed_link(Purpose.UNSUBSCRIBE)
def unsubscribe(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """A page with one button; a POST, whatever its body says, ends the subscription at once.

    What it answers and why it neither redirects nor reads the body: RFC 8058, section 3.2.
    """
    done = request.method == "POST"
    if done:
        end_subscription(subscription_id, "unsubscribe link")
    subscription = (
        Subscription.objects.select_related("publication").filter(pk=subscription_id).first()
    )
    subscribed = subscription is not None and subscription.state != Subscription.State.ENDED
    context = {
        "publication": subscription.publication if subscription else None,
        "subscribed": subscribed,
        "done": done and subscription is not None,
    }
    return render(request, "web/unsubscribe.html", context)


@_by_signed_link(Purpose.PREFERENCES)
def preferences(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Everything the reader gets, each with a button to leave it."""
    own = Subscription.objects.filter(reader__subscriptions=subscription_id)
    left = _leave(request, own) if request.method == "POST" else []
    subscriptions = list(own.select_related("publication", "reader").order_by("publication__name"))
    active = [row for row in subscriptions if row.state != Subscription.State.ENDED]
    context = {
        "address": masked(subscriptions[0].reader.address) if subscriptions else "",
        "subscriptions": subscriptions,
        "active": active,
        "left": left,
    }
    return render(request, "web/preferences.html", context)


def _leave(request: HttpRequest, own: QuerySet[Subscription]) -> list[str]:
    """End what the reader chose, and name it."""
    active = own.exclude(state=Subscription.State.ENDED)
    wanted = active.select_related("publication").order_by("publication__name")
    if "all" not in request.POST:
        wanted = wanted.filter(publication__slug=request.POST.get("publication", ""))
    return [
        subscription.publication.name
        for subscription in wanted
        if end_subscription(subscription.pk, "preferences page")
    ]
