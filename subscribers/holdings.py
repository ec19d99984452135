"""Everything that is held about one reader, for the reader (GDPR, articles 15 and 20)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from subscribers.erased import is_suppressed
from subscribers.models import Consent, Reader, ReconfirmationAsk, SignUp, Subscription

# A JSON value; moments are texts as ISO 8601 has them, in UTC.
Held = dict[str, Any]
Source = Callable[[Reader], list[Held]]

NETWORKS = (
    "Where it says network, there is a keyed hash of the network that you came from, and not the "
    "network itself."
)
_sources: dict[str, Source] = {}


def also(name: str, source: Source) -> None:
    """Have what another room holds put in, too; called once, when the room is set up.

    Args:
        name: under which it stands.
        source: gives it, as a list of things that JSON has room for.
    """
    _sources[name] = source


def held_about(reader: Reader) -> Held:
    """All that is held about a reader, as it is given out in a file; in a few queries."""
    suppression = is_suppressed(reader.key)
    return {
        "made_at": moment(timezone.now()),
        "networks": NETWORKS,
        "address": reader.address,
        "name": reader.name,
        "known_since": moment(reader.created_at),
        "heard_from_at": moment(reader.heard_from_at),
        "paused_until": moment(reader.paused_until),
        "former_links_ended": reader.link_version,
        "regions_of_interest": [str(region) for region in reader.regions.all()],
        "must_not_be_mailed": suppression
        and {
            "why": suppression.get_reason_display(),
            "source": suppression.source,
            "since": moment(suppression.created_at),
        },
        "subscriptions": [
            _subscription(one)
            for one in reader.subscriptions.select_related("publication").prefetch_related(
                "consents__wording"
            )
        ],
        "sign_ups": [
            _sign_up(one)
            for one in reader.sign_ups.select_related("wording").prefetch_related(
                "subscriptions__publication"
            )
        ],
        "changes": [
            {
                "at": moment(one.at),
                "what": one.kind,
                "sentence": one.sentence,
                "by": "the newsroom" if one.by else "you",
                "network": one.network,
            }
            for one in reader.changes.all()
        ],
        "changes_of_address": [
            {
                "address": one.address,
                "asked_at": moment(one.asked_at),
                "confirmed_at": moment(one.confirmed_at),
                "network": one.network,
            }
            for one in reader.address_changes.all()
        ],
        "asked_whether_you_want_to_stay": [
            {
                "asked_at": moment(one.asked_at),
                "answered_at": moment(one.answered_at),
                "let_go_at": moment(one.let_go_at),
            }
            for one in ReconfirmationAsk.objects.filter(subscription__reader=reader)
        ],
        "mails_to_you_alone": [
            {
                "what": one.get_kind_display(),
                "at": moment(one.created_at),
                "ended_at": moment(one.ended_at),
                "state": one.get_state_display(),
                "answer": one.answer,
            }
            for one in reader.service_mails.all()
        ],
    } | {name: source(reader) for name, source in _sources.items()}


def moment(at: Any) -> str | None:
    """A moment as it is given out; None stays None."""
    return at.isoformat(timespec="seconds") if at is not None else None


def _subscription(one: Subscription) -> Held:
    return {
        "publication": one.publication.name,
        "state": one.get_state_display(),
        "since": moment(one.created_at),
        "confirmed_at": moment(one.confirmed_at),
        "ended_at": moment(one.ended_at),
        "with_the_weekly": one.with_weekly,
        "consents": [_consent(consent) for consent in one.consents.all()],
    }


def _consent(one: Consent) -> Held:
    return {
        "act": one.get_act_display(),
        "at": moment(one.at),
        "source": one.source,
        "basis": one.get_basis_display(),
        "form": one.form,
        "asked_at": moment(one.asked_at),
        "what_you_were_shown": one.wording.text if one.wording else None,
        "written_down_by": "the newsroom" if one.by else None,
        "reason": one.get_reason_display() if one.reason else "",
        "your_words": one.words,
        "network": one.network,
    }


def _sign_up(one: SignUp) -> Held:
    return {
        "publications": [subscription.publication.name for subscription in one.subscriptions.all()],
        "asked_at": moment(one.asked_at),
        "form": one.form,
        "source": one.source,
        "what_you_were_shown": one.wording.text if one.wording else None,
        "mailed_at": moment(one.mailed_at),
        "confirmed_at": moment(one.confirmed_at),
        "withdrawn_at": moment(one.withdrawn_at),
        "network": one.network,
    }
