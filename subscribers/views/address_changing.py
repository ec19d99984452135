"""Confirming a new address, behind the link of the mail that went there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from subscribers.address_changing import Confirmed, confirm
from subscribers.addresses import masked
from subscribers.errors import BadLink, ExpiredLink
from subscribers.grants import Grant, row_granted
from subscribers.models import AddressChange
from subscribers.networks import network_of
from subscribers.preferences import may_lead_on
from subscribers.views.fresh_links import path_of
from subscribers.views.signed import damaged, privately


@privately
def new_address(request: HttpRequest, token: str) -> HttpResponse:
    """A page with one button, which makes the change true."""
    try:
        row = row_granted(Grant.NEW_ADDRESS, token)
    except ExpiredLink:
        return _not_any_more(
            request,
            _("This link has expired"),
            _("It was good for two days. Ask for the change again at your preferences."),
        )
    except BadLink:
        return damaged(request)
    outcome = confirm(row, network_of(request)) if request.method == "POST" else None
    change = AddressChange.objects.select_related("reader").filter(pk=row).first()
    if change is None:
        return render(request, "web/preferences_nobody.html")
    refused = _refusals().get(outcome) if outcome else None
    if refused is not None:
        return _not_any_more(request, _("Your address was not changed"), refused)
    done = change.confirmed_at is not None
    context = {
        "address": masked(change.address),
        "done": done,
        "preferences": _preferences_of(change),
    }
    return render(request, "web/new_address.html", context)


def _refusals() -> dict[Confirmed, str]:
    return {
        Confirmed.REPLACED: _("You have asked for another address since; open the newest mail."),
        Confirmed.TAKEN: _(
            "This address gets its own mail already; leave with one of the two, by the link in "
            "its mails."
        ),
        Confirmed.SUPPRESSED: _(
            "No mail may be sent to this address; ask for another one, or write to the newsroom."
        ),
    }


def _not_any_more(request: HttpRequest, title: str, sentence: str) -> HttpResponse:
    context = {"title": title, "paragraphs": [sentence]}
    return render(request, "web/error.html", context, status=410)


def _preferences_of(change: AddressChange) -> str:
    """With links that are good again, as the former ones have ended; empty if it leads nowhere."""
    if not may_lead_on(change.reader, change.confirmed_at):
        return ""
    subscription = change.reader.subscriptions.select_related("reader").first()
    return path_of("preferences", subscription) if subscription else ""
