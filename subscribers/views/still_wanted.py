"""What the link in the mail opens that asks whether a reader wants to stay: two buttons."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from subscribers.addresses import masked
from subscribers.errors import BadLink, ExpiredLink
from subscribers.grants import Grant, row_granted
from subscribers.models import ReconfirmationAsk
from subscribers.networks import network_of
from subscribers.still_wanted import Answer, answer_to, leave, stay
from subscribers.views.signed import damaged, fields_of, privately


@privately
def still_wanted(request: HttpRequest, token: str) -> HttpResponse:
    """Whether the reader wants to stay; a POST with one of the two buttons answers it."""
    expired = False
    try:
        ask_id = row_granted(Grant.STILL_WANTED, token)
    except ExpiredLink as link:
        ask_id, expired = link.row, True
    except BadLink:
        return damaged(request)
    asks = ReconfirmationAsk.objects.select_related(
        "run", "subscription__reader", "subscription__publication"
    )
    ask = asks.filter(pk=ask_id).first()
    if ask is None:
        return _page(request, None, "forgotten", HTTPStatus.GONE)
    if expired:
        return _page(request, ask, "expired", HTTPStatus.GONE)
    if request.method != "POST":
        return _page(request, ask, answer_to(ask))
    match fields_of(request).get("answer"):
        case "stay":
            stay(ask.pk, wording_of(ask), network_of(request))
        case "leave":
            leave(ask.pk, network_of(request))
        case _:
            return _page(request, ask, answer_to(ask), HTTPStatus.BAD_REQUEST)
    # To the same page, which shows what has become of it: loaded again, it asks nothing.
    return HttpResponseRedirect(request.path, status=HTTPStatus.SEE_OTHER)


def wording_of(ask: ReconfirmationAsk) -> str:
    """What the reader agrees to by the button, as the page says it."""
    name = ask.subscription.publication.name
    return _("If you say yes, %(name)s goes on coming, and every mail has a link to leave.") % {
        "name": name
    }


def _page(
    request: HttpRequest,
    ask: ReconfirmationAsk | None,
    answer: str,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context: dict[str, Any] = {"answer": str(answer), "publication": None}
    if ask is not None:
        context |= {
            "publication": ask.subscription.publication,
            "address": masked(ask.subscription.reader.address),
            "wording": wording_of(ask),
            "gets_it": answer_to(ask) in (Answer.OPEN, Answer.STAYS),
        }
    return render(request, "web/still_wanted.html", context, status=status)
