"""What each service mail says, and whether it still is to be said.

A row of the queue names what it is about; the words are found when it leaves, in the readers'
language, and so is whether what it is about was settled while it waited.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from issues.content import publication_content
from issues.models import Issue, Publication
from rendering.content import Rendering
from rendering.greeting import greeting_name
from rendering.mail import render_service_mail
from rendering.readers_language import in_readers_language
from subscribers.erased import is_suppressed
from subscribers.grants import LIFETIMES, Grant, grant_url
from subscribers.links import preferences_url, unsubscribe_url
from subscribers.models import ReconfirmationAsk, ServiceMail, Subscription, Suppression
from subscribers.offers import promise_of
from subscribers.suppressing import key_of

Kind = ServiceMail.Kind
Context = dict[str, Any]

# Who was erased, or moved away, may come back, and is told that it is done: no more goes there.
TO_THE_ERASED = frozenset({Kind.CONFIRM, Kind.NEW_ADDRESS, Kind.ERASED, Kind.ADDRESS_CHANGED})
# Where nobody has said yet that the address is the reader's, the name is not for it to see; and one
# that a stranger typed in is no way to have us write it to somebody.
WITHOUT_NAME = frozenset({Kind.CONFIRM, Kind.NEW_ADDRESS})


def address_of(mail: ServiceMail) -> str:
    """Where it goes; empty if nobody knows any more."""
    return mail.address or (mail.reader.address if mail.reader else "")


def written(mail: ServiceMail, sender: Publication) -> Rendering:
    """The mail itself.

    Args:
        mail: one for which `why_dropped` knows no reason.
        sender: the publication whose sender writes.

    Raises:
        RenderingError: if a template is broken.
    """
    kind = Kind(mail.kind)
    named = mail.reader is not None and kind not in WITHOUT_NAME
    with in_readers_language():
        context = {
            "name": greeting_name(mail.reader.name) if named and mail.reader else "",
            "sender": sender.sender_address,
            "names": tuple(_names(mail)),
            **_FILLED_IN[kind](mail),
        }
        return render_service_mail(kind, publication_content(sender), context)


def leave_url(mail: ServiceMail) -> str:
    """Where one click ends the subscription that the mail is about; empty if it is about none."""
    if mail.kind not in {Kind.WELCOME, Kind.STILL_WANTED} or mail.subscription_id is None:
        return ""
    return unsubscribe_url(mail.subscription_id)


def why_dropped(mail: ServiceMail) -> str:
    """Why it must not leave any more, as a sentence without any address; empty if it may."""
    suppression = is_suppressed(key_of(address_of(mail)))
    if suppression is not None and not (
        suppression.reason == Suppression.Reason.ERASED and mail.kind in TO_THE_ERASED
    ):
        return f"The address is suppressed: {suppression.reason}."
    return _SETTLED[Kind(mail.kind)](mail) if Kind(mail.kind) in _SETTLED else ""


def open_ask(mail: ServiceMail) -> ReconfirmationAsk | None:
    """The question that a mail of STILL_WANTED puts, if it still waits for an answer."""
    return (
        ReconfirmationAsk.objects.select_related("run__publication")
        .filter(
            subscription=mail.subscription,
            run__ended_at__isnull=True,
            run__cancelled_at__isnull=True,
            answered_at__isnull=True,
            let_go_at__isnull=True,
        )
        .order_by("-pk")
        .first()
    )


# Whether what a mail is about was settled meanwhile


def _sign_up_settled(mail: ServiceMail) -> str:
    if mail.sign_up is None:
        return "There is no sign-up that it could be about."
    if mail.sign_up.confirmed_at is not None:
        return "The sign-up was confirmed meanwhile."
    return "The sign-up was withdrawn." if mail.sign_up.withdrawn_at is not None else ""


def _nothing_subscribed(mail: ServiceMail) -> str:
    confirmed = Subscription.State.CONFIRMED
    return "" if _subscriptions(mail).filter(state=confirmed).exists() else "The reader has left."


def _address_change_settled(mail: ServiceMail) -> str:
    change = mail.address_change
    if change is None:
        return "There is no change of address that it could be about."
    if change.confirmed_at is not None:
        return "The new address was confirmed meanwhile."
    later = change.reader.address_changes.filter(pk__gt=change.pk).exists()
    return "Another address was asked for meanwhile." if later else ""


def _no_preferences(mail: ServiceMail) -> str:
    return "" if _own_subscription(mail) is not None else "The reader has no subscription."


def _not_asked_any_more(mail: ServiceMail) -> str:
    return _nothing_subscribed(mail) or (
        "" if open_ask(mail) is not None else "The question was answered, or is put no more."
    )


_SETTLED: dict[Kind, Callable[[ServiceMail], str]] = {
    Kind.CONFIRM: _sign_up_settled,
    Kind.SUBSCRIBED_ALREADY: _nothing_subscribed,
    Kind.WELCOME: _nothing_subscribed,
    Kind.NEW_ADDRESS: _address_change_settled,
    Kind.PREFERENCES_LINK: _no_preferences,
    Kind.STILL_WANTED: _not_asked_any_more,
}


# What it is filled in with


def _confirm(mail: ServiceMail) -> Context:
    assert mail.sign_up is not None  # noqa: S101 - why_dropped has looked
    return {
        "offers": _offers(_subscriptions(mail)),
        "confirm_url": grant_url(Grant.CONFIRM, mail.sign_up.pk),
        "days": _days(Grant.CONFIRM),
    }


def _with_preferences(mail: ServiceMail) -> Context:
    own = _own_subscription(mail)
    version = mail.reader.link_version if mail.reader else 0
    return {"preferences_url": preferences_url(own.pk, version) if own else ""}


def _welcome(mail: ServiceMail) -> Context:
    confirmed = _subscriptions(mail).filter(state=Subscription.State.CONFIRMED)
    return _with_preferences(mail) | {
        "offers": _offers(confirmed),
        "latest": _latest_issue(confirmed),
        "leave": tuple((one.publication.name, unsubscribe_url(one.pk)) for one in confirmed),
    }


def _new_address(mail: ServiceMail) -> Context:
    assert mail.address_change is not None  # noqa: S101 - why_dropped has looked
    return {
        "confirm_url": grant_url(Grant.NEW_ADDRESS, mail.address_change.pk),
        "days": _days(Grant.NEW_ADDRESS),
    }


def _way_back(_mail: ServiceMail) -> Context:
    return {"subscribe_url": f"{settings.SITE_URL}{reverse('subscribers:subscribe')}"}


def _still_wanted(mail: ServiceMail) -> Context:
    ask, subscription = open_ask(mail), mail.subscription
    assert ask is not None  # noqa: S101 - why_dropped has looked
    assert subscription is not None  # noqa: S101 - likewise
    return {
        "confirm_url": grant_url(Grant.STILL_WANTED, ask.pk),
        "deadline": ask.run.deadline.astimezone(ask.run.publication.zone).date(),
        "leave": ((subscription.publication.name, unsubscribe_url(subscription.pk)),),
    }


def _nothing_else(_mail: ServiceMail) -> Context:
    return {}


_FILLED_IN: dict[Kind, Callable[[ServiceMail], Context]] = {
    Kind.CONFIRM: _confirm,
    Kind.SUBSCRIBED_ALREADY: _with_preferences,
    Kind.WELCOME: _welcome,
    Kind.NEW_ADDRESS: _new_address,
    Kind.ADDRESS_CHANGED: _nothing_else,
    Kind.PREFERENCES_LINK: _with_preferences,
    Kind.ERASED: _way_back,
    Kind.LEFT: _way_back,
    Kind.STILL_WANTED: _still_wanted,
}


def _subscriptions(mail: ServiceMail) -> QuerySet[Subscription]:
    """What a mail is about: what its sign-up names, else the one subscription."""
    found = Subscription.objects.select_related("publication").order_by("pk")
    if mail.sign_up_id is not None:
        return found.filter(sign_ups=mail.sign_up_id)
    return found.filter(pk=mail.subscription_id or 0)


def _own_subscription(mail: ServiceMail) -> Subscription | None:
    """One by which the reader's page is found: any will do."""
    if mail.subscription is not None or mail.reader is None:
        return mail.subscription
    return mail.reader.subscriptions.order_by("pk").first()


def _names(mail: ServiceMail) -> list[str]:
    return [one.publication.name for one in _subscriptions(mail)] or (
        [mail.publication.name] if mail.publication is not None else []
    )


def _offers(subscriptions: QuerySet[Subscription]) -> tuple[tuple[str, str], ...]:
    return tuple((one.publication.name, promise_of(one.publication)) for one in subscriptions)


def _latest_issue(subscriptions: QuerySet[Subscription]) -> tuple[str, str] | None:
    """Name and address of the latest issue of what was subscribed to, if there is one."""
    issue = (
        Issue.objects.published()
        .filter(publication__subscriptions__in=subscriptions)
        .order_by("-date")
        .first()
    )
    if issue is None:
        return None
    path = reverse("archive:issue", args=[issue.publication.slug, issue.serials[0]])
    return str(issue), f"{settings.SITE_URL}{path}"


def _days(grant: Grant) -> int:
    return LIFETIMES[grant] // timedelta(days=1)
