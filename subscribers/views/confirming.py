"""What the link in a confirmation mail opens: a page with one button; only that confirms."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from subscribers import limits
from subscribers.addresses import masked
from subscribers.confirming import Standing, ask_again, standing_of
from subscribers.confirming import confirm as confirm_sign_up
from subscribers.errors import BadLink, ExpiredLink
from subscribers.grants import Grant, row_granted
from subscribers.links import preferences_url
from subscribers.models import SignUp, Subscription
from subscribers.networks import network_of
from subscribers.offers import latest_issue_path, promise_of
from subscribers.preferences import may_lead_on
from subscribers.views.signed import privately
from subscribers.views.signing_up import too_often


@privately
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """What will come to which address, and a button; a POST confirms, or asks for another mail."""
    expired = False
    try:
        sign_up_id = row_granted(Grant.CONFIRM, token)
    except ExpiredLink as link:
        sign_up_id, expired = link.row, True
    except BadLink:
        return _damaged(request)
    sign_up = SignUp.objects.select_related("reader").filter(pk=sign_up_id).first()
    if sign_up is None:
        return _page(request, None, "forgotten", HTTPStatus.GONE)
    if request.method != "POST":
        return _shown(request, sign_up, expired=expired)
    if not expired:
        confirm_sign_up(sign_up.pk, network_of(request))
        # To the same page, which shows what has become of it: loaded again, it asks nothing.
        return HttpResponseRedirect(request.path, status=HTTPStatus.SEE_OTHER)
    if standing_of(sign_up) != Standing.OPEN:
        return _shown(request, sign_up, expired=True)
    return _asked_again(request, sign_up)


def _asked_again(request: HttpRequest, sign_up: SignUp) -> HttpResponse:
    network = network_of(request)
    if network and (wait := limits.take(limits.NETWORK, network)):
        status = HTTPStatus.TOO_MANY_REQUESTS
        return _page(request, sign_up, "expired", status, said=too_often(wait))
    if not limits.take(limits.ADDRESS, limits.mailbox(sign_up.reader.key)):
        ask_again(sign_up)
    return HttpResponseRedirect(reverse("subscribers:asked"), status=HTTPStatus.SEE_OTHER)


def _shown(request: HttpRequest, sign_up: SignUp, *, expired: bool) -> HttpResponse:
    standing = standing_of(sign_up)
    if expired and standing == Standing.OPEN:
        return _page(request, sign_up, "expired")
    return _page(request, sign_up, standing)


def _page(
    request: HttpRequest,
    sign_up: SignUp | None,
    standing: str,
    status: int = HTTPStatus.OK,
    *,
    said: str = "",
) -> HttpResponse:
    about = _about(sign_up) if sign_up else {}
    context = {"standing": standing, "said": said, **about}
    return render(request, "web/confirm.html", context, status=status)


def _about(sign_up: SignUp) -> dict[str, Any]:
    subscriptions = list(
        sign_up.subscriptions.select_related("publication").order_by(
            "-publication__numbered", "publication__name"
        )
    )
    waiting = [one for one in subscriptions if one.state != Subscription.State.CONFIRMED]
    gets = [one for one in subscriptions if one.state == Subscription.State.CONFIRMED]
    leads_on = gets and may_lead_on(sign_up.reader, sign_up.confirmed_at)
    first = subscriptions[0].publication if subscriptions else None
    return {
        "address": masked(sign_up.reader.address),
        "offers": [(one.publication, promise_of(one.publication)) for one in waiting],
        "gets": [one.publication for one in gets],
        "newsroom": (first.reply_to or first.sender_address) if first else "",
        "latest": latest_issue_path(gets[0].publication) if gets else "",
        "preferences": (
            preferences_url(gets[0].pk, sign_up.reader.link_version) if leads_on else ""
        ),
    }


def _damaged(request: HttpRequest) -> HttpResponse:
    context = {
        "title": _("This link is damaged"),
        "paragraphs": [
            _("A part of it is missing or was changed on its way, so nothing was confirmed."),
            _("Go back to the mail and open the link there, or copy the whole of it."),
        ],
    }
    return render(request, "web/subscribe_refused.html", context, status=HTTPStatus.NOT_FOUND)
