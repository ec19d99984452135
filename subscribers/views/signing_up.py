"""The page to subscribe, and the same for forms on other sites.

Whatever is known of an address, the answer is the same page, after the same work.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from subscribers import limits
from subscribers.addresses import address_key, valid_address
from subscribers.embedding import TRAP
from subscribers.errors import AddressError
from subscribers.models import SignUpForm
from subscribers.networks import network_of
from subscribers.offers import about, consent_sentence, offered, words_shown
from subscribers.signing_up import LONGEST_NAME, sign_up
from subscribers.time_tokens import LONGEST, SHORTEST, age, time_token
from subscribers.typos import meant
from subscribers.views.wishes import Form, Wish

# A name, an address and some names of publications; what is longer is no form of ours.
_LONGEST_BODY = 64 * 1024
_PAGES_OWN_NAME = "the page"


# Forms on other sites post here, which is what they are for. There is no session and no cookie
# that such a form could make use of.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """The form; a POST has a mail ask the address to confirm, or shows what is to be mended."""
    # Whatever a form says of its own encoding: ours are UTF-8.
    request.encoding = "utf-8"
    if request.method == "POST":
        return _take_in(request)
    wish = Wish(
        chosen=frozenset(request.GET.getlist("publication")), token=time_token(timezone.now())
    )
    return _form_page(request, _our_form(), wish)


@require_http_methods(["GET", "HEAD", "OPTIONS"])
def asked(request: HttpRequest) -> HttpResponse:
    """What everybody sees who has signed up, or asked for the mail once more."""
    return render(request, "web/subscribe_done.html")


def too_often(wait: timedelta) -> str:
    """That somebody has to come back, and when."""
    minutes = math.ceil(wait / timedelta(minutes=1))
    return ngettext(
        "Too many people have signed up from here; please press the button again in %(minutes)d "
        "minute.",
        "Too many people have signed up from here; please press the button again in %(minutes)d "
        "minutes.",
        minutes,
    ) % {"minutes": minutes}


def _take_in(request: HttpRequest) -> HttpResponse:
    if _length(request) > _LONGEST_BODY:
        return _refusal(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("That was too much"))
    form = _named_form(request.POST.get("form", ""))
    if form is None:
        return _refusal(request, HTTPStatus.NOT_FOUND, _("This form is not in use any more"))
    wish, now = Wish.read(request.POST), timezone.now()
    since = None if form.bare else age(wish.token, now)
    if not form.bare and (since is None or since > LONGEST):
        # Who had it open for a day need not wait once more.
        opened_at = now if since is None else now - SHORTEST
        wish = wish.with_token(time_token(opened_at))
        said = _("The page was open for long; please press the button once more.")
        return _form_page(request, form, wish, HTTPStatus.UNPROCESSABLE_ENTITY, said=said)
    if not wish.asked and (address := meant(wish.address)):
        return _question(request, form, wish, address)
    if faults := wish.faults(form):
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _form_page(request, form, wish, status, faults=faults)
    if not wish.is_a_scripts(since):
        if wait := _too_often_from(form, network_of(request)):
            said, status = too_often(wait), HTTPStatus.TOO_MANY_REQUESTS
            response = _form_page(request, form, wish, status, said=said)
            response["Retry-After"] = math.ceil(wait.total_seconds())
            return response
        _sign_up(form, wish, network_of(request))
    return HttpResponseRedirect(reverse("subscribers:asked"), status=HTTPStatus.SEE_OTHER)


def _length(request: HttpRequest) -> int:
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isascii() and told.isdigit() else 0


def _too_often_from(form: Form, network: str) -> timedelta | None:
    by_network = limits.BARE_NETWORK if form.bare else limits.NETWORK
    by_form = limits.BARE_FORM if form.bare else limits.FORM
    # The network first: what one of them posts in vain does not count against the others.
    wait = limits.take(by_network, network) if network else None
    return wait or limits.take(by_form, form.name)


def _sign_up(form: Form, wish: Wish, network: str) -> None:
    mailbox = limits.mailbox(address_key(valid_address(wish.address)))
    if limits.take(limits.ADDRESS, mailbox):
        return
    publications = wish.publications(form)
    sign_up(
        wish.address,
        publications,
        form=form.name,
        source=form.source,
        name=wish.name,
        wording=words_shown(publications),
        network=network,
    )


def _our_form() -> Form:
    return Form("", _PAGES_OWN_NAME, "subscribe page", offered())


def _named_form(slug: str) -> Form | None:
    """The form of this name; None if there is none, or nothing is taken in from it any more."""
    if not slug:
        return _our_form()
    if not re.fullmatch(r"[-a-zA-Z0-9_]{1,40}", slug):
        return None
    found = SignUpForm.objects.filter(slug=slug, closed_at__isnull=True).first()
    if found is None:
        return None
    publications = list(found.publications.order_by("-numbered", "name"))
    return Form(slug, slug, f"form “{found.name}”", publications)


def _form_page(
    request: HttpRequest,
    form: Form,
    wish: Wish,
    status: int = HTTPStatus.OK,
    *,
    faults: Mapping[str, str] | None = None,
    said: str = "",
) -> HttpResponse:
    context = {
        **_around(form, wish),
        "faults": faults or {},
        "said": said,
        "consent": consent_sentence(),
        "canonical": f"{settings.SITE_URL}{reverse('subscribers:subscribe')}",
        "longest_name": LONGEST_NAME,
        "days_unconfirmed": settings.KEEP_UNCONFIRMED.days,
        "days_of_networks": settings.KEEP_NETWORKS.days,
    }
    return render(request, "web/subscribe.html", context, status=status)


def _question(request: HttpRequest, form: Form, wish: Wish, address: str) -> HttpResponse:
    """Whether another address was meant; either button goes on with everything that was typed."""
    try:
        valid_address(wish.address)
        can_be = True
    except AddressError:
        can_be = False
    context = {**_around(form, wish), "meant": address, "can_be": can_be}
    return render(request, "web/subscribe_meant.html", context)


def _around(form: Form, wish: Wish) -> dict[str, Any]:
    offers = [
        {
            "publication": publication,
            "about": about(publication),
            "chosen": publication.slug in wish.chosen,
        }
        for publication in form.publications
    ]
    return {"form": form, "wish": wish, "offers": offers, "trap": TRAP}


def _refusal(request: HttpRequest, status: int, title: str) -> HttpResponse:
    context = {
        "title": title,
        "paragraphs": [_("Nothing was done; you can subscribe on our own page.")],
    }
    return render(request, "web/subscribe_refused.html", context, status=status)
