"""Links to the preferences: what each opens, and where one asks for another by mail."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from subscribers import preferences
from subscribers.addresses import masked, valid_address
from subscribers.embedding import TRAP
from subscribers.errors import AddressError, BadLink, PreferencesError
from subscribers.links import Purpose, preferences_url, subscription_and_version
from subscribers.models import Reader, Subscription
from subscribers.networks import network_of
from subscribers.views.signed import TokenPage, damaged, fields_of, privately

OwnPage = Callable[[HttpRequest, Subscription], HttpResponse]


def by_preferences_link(page: OwnPage) -> TokenPage:
    """Give a page the subscription, with its reader, that a link to the preferences is for.

    One that the reader has ended opens a page that offers to mail another.
    """

    @privately
    @wraps(page)
    def with_token(request: HttpRequest, token: str) -> HttpResponse:
        try:
            subscription_id, version = subscription_and_version(token, Purpose.PREFERENCES)
        except BadLink:
            return damaged(request)
        found = Subscription.objects.select_related("reader", "publication")
        subscription = found.filter(pk=subscription_id).first()
        if subscription is None:
            return render(request, "web/preferences_nobody.html")
        of_now = version == subscription.reader.link_version
        try:
            return page(request, subscription) if of_now else _ended(request, subscription)
        except (IntegrityError, Reader.DoesNotExist):
            # The reader may have been erased in this very moment, from another window.
            if found.filter(pk=subscription_id).exists():
                raise
            return render(request, "web/preferences_nobody.html")

    return with_token


def path_of(name: str, subscription: Subscription) -> str:
    """The path of a page of this reader's, with a link of the present version.

    Args:
        name: of the address in `subscribers.urls`.
    """
    version = subscription.reader.link_version
    token = preferences_url(subscription.pk, version).rstrip("/").rpartition("/")[2]
    return reverse(f"subscribers:{name}", args=[token])


def _ended(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    asked = request.method == "POST" and fields_of(request).get("do") == "send-link"
    if asked:
        preferences.mail_fresh_link(subscription)
    context = {"asked": asked, "address": masked(subscription.reader.address)}
    return render(request, "web/preferences_ended.html", context, status=200 if asked else 410)


@privately
def ask(request: HttpRequest) -> HttpResponse:
    """Mails the link to whom an address belongs; the answer is the same if it is nobody's."""
    address = refused = ""
    asked = False
    if request.method == "POST":
        fields = fields_of(request)
        address = fields.get("address", "").strip()
        try:
            written = valid_address(address)
            # A field that no person sees: whoever fills it in is told the same.
            if not fields.get(TRAP):
                preferences.ask_for_link(written, network_of(request))
            asked = True
        except AddressError:
            refused = _("This can't be a mail address; look whether it is mistyped.")
        except PreferencesError as error:
            refused = str(error)
    context = {"asked": asked, "refused": refused, "typed": address[:254], "trap": TRAP}
    return render(request, "web/preferences_ask.html", context, status=400 if refused else 200)
