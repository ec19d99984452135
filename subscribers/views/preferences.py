"""What a reader gets, and everything that they can change about it, behind the link of each mail.

One page of small forms: each is posted to the page itself, does one thing and says so above.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from subscribers import address_changing, preferences
from subscribers.addresses import masked
from subscribers.errors import AddressError, SubscriberError
from subscribers.leaving import end_subscriptions
from subscribers.models import Reader, Subscription, WorldRegion
from subscribers.networks import network_of
from subscribers.offers import consent_sentence, offered, promise_of
from subscribers.typos import meant
from subscribers.views.fresh_links import by_preferences_link, path_of
from subscribers.views.signed import fields_of

# More than any field takes.
_LONGEST = 1000

State = Subscription.State


# What the buttons do ------------------------------------------------------------------------------
# Each gives back the sentence that says what it has done.


def _leave(reader: Reader, fields: QueryDict, network: str) -> str:
    chosen = reader.subscriptions.exclude(state=State.ENDED).select_related("publication")
    if "everything" not in fields:
        chosen = chosen.filter(publication__slug=_text(fields, "publication"))
    names = {one.pk: one.publication.name for one in chosen.order_by("publication__name")}
    end_subscriptions(dict.fromkeys(names, preferences.SOURCE), network)
    if not names:
        return _("There was nothing to leave.")
    return _("You have left %(names)s.") % {"names": ", ".join(names.values())}


def _get(reader: Reader, fields: QueryDict, network: str) -> str:
    slug = _text(fields, "publication")
    chosen = [row.publication for row in _rows(reader) if row.publication.slug == slug]
    if not chosen:
        raise SubscriberError(_("Choose one of the publications."))
    preferences.take_up(reader, chosen[0], network)
    return _("A mail is on its way to you. Open it and confirm that you want %(name)s.") % {
        "name": chosen[0].name
    }


def _choose_alerts(reader: Reader, fields: QueryDict, network: str) -> str:
    regions = fields.getlist("region")
    if not set(regions) <= set(WorldRegion.values):
        raise SubscriberError(_("Choose among the parts of the world that are named."))
    # Both or neither: where the one is refused, the page says that nothing was changed.
    with transaction.atomic():
        preferences.choose_regions(reader, map(WorldRegion, regions), network)
        if "when" in fields:
            with_weekly = _text(fields, "when") == "weekly"
            preferences.choose_when(reader, with_weekly=with_weekly, network=network)
    return _("Your choice of alerts was saved.")


def _pause(reader: Reader, fields: QueryDict, network: str) -> str:
    weeks = fields.get("weeks", "")
    preferences.pause(reader, int(weeks) if weeks in _WEEKS else 0, network)
    return _("You get no mail for a while. It begins again by itself.")


def _resume(reader: Reader, _fields: QueryDict, network: str) -> str:
    preferences.resume(reader, network)
    return _("You get mail again.")


def _rename(reader: Reader, fields: QueryDict, network: str) -> str:
    name = preferences.rename(reader, _text(fields, "name"), network)
    return (
        _("Mails call you %(name)s now.") % {"name": name}
        if name
        else _("Mails call you by no name now.")
    )


def _change_address(reader: Reader, fields: QueryDict, network: str) -> str:
    address = _text(fields, "address")
    if fields.get("as_typed") != address and (guess := meant(address)) is not None:
        raise SubscriberError(
            _(
                "Did you mean %(address)s? Correct what you typed, or press the button once more "
                "if it is right as it stands."
            )
            % {"address": guess}
        )
    address_changing.ask_for(reader, address, network)
    return _(
        "A mail is on its way to the new address. Open it there and confirm it within two days. "
        "Until then your mail comes as before."
    )


def _end_links(reader: Reader, _fields: QueryDict, network: str) -> str:
    preferences.end_former_links(reader, network)
    return _("All former links to this page have ended. The next mail brings you a new one.")


_WEEKS = [str(weeks) for weeks in range(1, preferences.LONGEST_PAUSE + 1)]
_DEEDS: dict[str, Callable[[Reader, QueryDict, str], str]] = {
    "leave": _leave,
    "get": _get,
    "alerts": _choose_alerts,
    "pause": _pause,
    "resume": _resume,
    "rename": _rename,
    "change-address": _change_address,
    "end-links": _end_links,
}


# The page -----------------------------------------------------------------------------------------


@by_preferences_link
def show(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """Everything the reader gets, with a form for each thing that they may change."""
    reader = subscription.reader
    said = refused = ""
    fields = fields_of(request) if request.method == "POST" else QueryDict()
    if request.method == "POST":
        try:
            said = _done(reader, fields, network_of(request))
        except AddressError:
            refused = _("No mail can be sent to that address; look whether it is mistyped.")
        except SubscriberError as error:
            refused = str(error)
    context = _shown(reader, subscription) | {
        "said": said,
        "refused": refused,
        # What was typed stands there once more, to be corrected.
        "typed": fields.get("address", "") if refused else "",
        "typed_name": fields.get("name", reader.name) if refused else reader.name,
    }
    return render(request, "web/preferences.html", context, status=400 if refused else 200)


def _done(reader: Reader, fields: QueryDict, network: str) -> str:
    deed = _DEEDS.get(fields.get("do", ""))
    if deed is None:
        raise SubscriberError(_("Press one of the buttons on this page."))
    return deed(reader, fields, network)


def _shown(reader: Reader, subscription: Subscription) -> dict[str, Any]:
    rows = _rows(reader)
    alerts = preferences.own_alerts(reader)
    chosen = set(reader.regions.values_list("region", flat=True))
    return {
        "address": masked(reader.address),
        # Of the present version, where the reader has just ended the former links.
        "page": path_of("preferences", subscription),
        "held": path_of("held", subscription),
        "erase": path_of("erase", subscription),
        "rows": rows,
        "several": sum(row.state in (State.CONFIRMED, State.PENDING) for row in rows) > 1,
        "more": any(row.state != State.CONFIRMED for row in rows),
        "consent": consent_sentence(),
        "alerts": alerts.exists(),
        "may_wait": preferences.gets_numbered(reader),
        "with_weekly": alerts.filter(with_weekly=True).exists(),
        "regions": [(region.value, region.label, region.value in chosen) for region in WorldRegion],
        "paused_until": reader.paused_until if preferences.is_paused(reader) else None,
        "longest_pause": preferences.LONGEST_PAUSE,
    }


@dataclass(frozen=True, slots=True)
class _Row:
    """A publication, and how it stands with the reader; `state` is empty if they never had it."""

    publication: Any
    promise: str
    state: str


def _rows(reader: Reader) -> list[_Row]:
    """What the reader has or had, and what else is offered."""
    states = {
        one.publication: one.state for one in reader.subscriptions.select_related("publication")
    }
    known = states | {one: states.get(one, "") for one in offered()}
    return [
        _Row(publication, promise_of(publication), state)
        for publication, state in sorted(known.items(), key=lambda one: one[0].name)
    ]


def _text(fields: QueryDict, name: str) -> str:
    """What was typed into a field.

    Raises:
        SubscriberError: if it is more than anybody types, or no text: PostgreSQL stores no NUL.
    """
    text = fields.get(name, "")
    if len(text) > _LONGEST or "\0" in text:
        raise SubscriberError(_("What was typed is too long, or no text; type it anew."))
    return text
