"""The service mails of the gallery: every kind, with what it is filled in with."""

from __future__ import annotations

from datetime import date
from typing import Any

from newsroom.gallery.material import ALERTS, SITE, WEEKLY

_NAMES = (WEEKLY.name,)
_BOTH = (WEEKLY.name, ALERTS.name)
_OFFERS = (
    (WEEKLY.name, "One mail a week, on Sundays at 8:00 Kolkata time."),
    (ALERTS.name, "A mail now and then, when something urgent happens."),
)
_LEAVE = tuple((name, f"{SITE}/unsubscribe/1.preview/") for name in _BOTH)
_PREFERENCES = f"{SITE}/preferences/1.preview/"

# By kind: what is to be looked at, and what fills it in.
SERVICE_MAILS: dict[str, tuple[str, dict[str, Any]]] = {
    "confirm": (
        "Asking to confirm a sign-up",
        {
            "names": _BOTH,
            "offers": _OFFERS,
            "confirm_url": f"{SITE}/subscribe/confirm/1.preview/",
            "days": 7,
        },
    ),
    "subscribed_already": (
        "Answering a sign-up for what one gets",
        {"names": _NAMES, "preferences_url": _PREFERENCES},
    ),
    "welcome": (
        "Welcome",
        {
            "names": _BOTH,
            "offers": _OFFERS,
            "latest": (
                "The World This Week #318 Vol 7, No 27, 6 July 2025",
                f"{SITE}/issues/twtw/318/",
            ),
            "preferences_url": _PREFERENCES,
            "leave": _LEAVE,
        },
    ),
    "new_address": (
        "Asking to confirm a new address",
        {"name": "", "confirm_url": f"{SITE}/preferences/address/1.preview/", "days": 2},
    ),
    "address_changed": ("Telling the former address", {}),
    "preferences_link": ("The link to the preferences", {"preferences_url": _PREFERENCES}),
    "erased": ("All is erased", {"name": "", "subscribe_url": f"{SITE}/subscribe/"}),
    "left": ("Left by mail", {"names": _NAMES, "subscribe_url": f"{SITE}/subscribe/"}),
    "still_wanted": (
        "Asking whether it is still wanted",
        {
            "names": _NAMES,
            "confirm_url": f"{SITE}/stay/1.preview/",
            "deadline": date(2025, 8, 31),
            "leave": _LEAVE[:1],
        },
    ),
}


def context_of(kind: str) -> dict[str, Any]:
    """What fills in the mail of a kind."""
    common = {"name": "Noor Example", "names": _NAMES, "sender": "weekly@example.org"}
    return common | SERVICE_MAILS[kind][1]
