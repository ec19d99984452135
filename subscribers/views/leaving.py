"""Leaving by one click, and saying why afterwards, if one likes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from subscribers.leaving import end_subscription, give_reason
from subscribers.links import Purpose
from subscribers.models import Consent, Subscription
from subscribers.networks import network_of
from subscribers.views.fresh_links import path_of
from subscribers.views.signed import by_signed_link, fields_of

LONGEST_WORDS = 500

Reason = Consent.Reason


@by_signed_link(Purpose.UNSUBSCRIBE)
def unsubscribe(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """A page with one button; a POST ends the subscription at once, whatever its body says.

    What it answers and why it neither redirects nor asks anything of the body: RFC 8058, section
    3.2. Only the form that asks for the reason, which no mail program sends, ends nothing: who
    fills it in has left, and may have come back since.
    """
    fields = fields_of(request) if request.method == "POST" else QueryDict()
    said = refused = ""
    if "words" in fields:
        reason = fields.get("reason", "")
        words = fields.get("words", "").replace("\r\n", "\n").strip()
        refused = _why_refused(reason, words)
        if not refused and give_reason(subscription_id, reason, words):
            said = _("Thank you, that was noted.")
    elif request.method == "POST":
        end_subscription(subscription_id, "unsubscribe link", network_of(request))
    subscription = (
        Subscription.objects.select_related("publication", "reader")
        .filter(pk=subscription_id)
        .first()
    )
    subscribed = subscription is not None and subscription.state != Subscription.State.ENDED
    context = {
        "publication": subscription.publication if subscription else None,
        "subscribed": subscribed,
        "done": request.method == "POST" and subscription is not None,
        "reasons": _reasons(),
        "longest_words": LONGEST_WORDS,
        "reason": fields.get("reason", ""),
        "words": fields.get("words", ""),
        "said": said,
        "refused": refused,
        "preferences": _preferences(subscription) if subscription else "",
    }
    return render(request, "web/unsubscribe.html", context, status=400 if refused else 200)


def _reasons() -> list[tuple[Reason, str]]:
    return [
        (Reason.TOO_MUCH, _("It is too much mail")),
        (Reason.NOT_FOR_ME, _("It is not what I expected")),
        (Reason.NEVER_ASKED, _("I never asked for it")),
        (Reason.ELSEWHERE, _("I read it elsewhere")),
        (Reason.OTHER, _("Something else")),
    ]


def _why_refused(reason: str, words: str) -> str:
    """Why what was said can't be kept; empty if it can."""
    if reason and reason not in Reason.values:
        return _("Choose one of the reasons, or none.")
    if len(words) > LONGEST_WORDS:
        return _("Say it in at most 500 characters.")
    # PostgreSQL stores no NUL, and nobody types one.
    if "\0" in words:
        return _("There is a character in it that is no text; type it anew.")
    return ""


def _preferences(subscription: Subscription) -> str:
    """Where to change what one gets.

    Each mail has both links, so this one leads to the other, until the reader has ended the
    former links: then only their mailbox does.
    """
    if subscription.reader.link_version:
        return reverse("subscribers:ask-for-preferences")
    return path_of("preferences", subscription)
