"""A reader's story: all that is known here of what they agreed to, were sent and changed.

No address stands in it. What was mailed to everybody is told by `delivery.copies`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from subscribers.models import AddressChange, Consent, Reader, ReaderChange, ServiceMail, SignUp

# So much of each kind is told, the newest: a bombed address has more than anybody reads.
MOST = 200


class Moment(NamedTuple):
    """What else happened when, e.g. `Confirmed`."""

    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened: when, what, its circumstances, and the words that were shown."""

    at: datetime
    what: str
    details: tuple[str, ...] = ()
    moments: tuple[Moment, ...] = ()
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """Its entries, the newest first; `left_out` counts what was too much to tell."""

    entries: list[Entry]
    left_out: int


def story_of(reader: Reader) -> Story:
    """All that this room knows about a reader."""
    consents = Consent.objects.filter(subscription__reader=reader).order_by("-at", "-pk")
    sign_ups = reader.sign_ups.order_by("-asked_at", "-pk")
    mails = reader.service_mails.order_by("-created_at", "-pk")
    changes = reader.changes.order_by("-at", "-pk")
    moves = reader.address_changes.order_by("-asked_at", "-pk")
    every: tuple[QuerySet[Any], ...] = (consents, sign_ups, mails, changes, moves)
    entries = [
        Entry(reader.created_at, "Came on the list"),
        *_consents(consents),
        *_sign_ups(sign_ups),
        *_service_mails(mails),
        *_changes(changes),
        *_address_changes(moves),
    ]
    return Story(
        sorted(entries, key=lambda entry: entry.at, reverse=True),
        sum(max(0, rows.count() - MOST) for rows in every),
    )


def _consents(rows: QuerySet[Consent]) -> Iterator[Entry]:
    for row in rows.select_related("subscription__publication", "wording")[:MOST]:
        given = row.act == Consent.Act.GIVEN
        yield Entry(
            row.at,
            f"{'Agreed to get' if given else 'Left'} {row.subscription.publication}",
            _told(
                row.source,
                f"Basis: {row.get_basis_display()}." if given else "",
                f"Written down by {row.by}." if row.by else "",
                f"Their reason: {row.get_reason_display()}." if row.reason else "",
                f"“{row.words}”" if row.words else "",
                _form(row.form),
                _network(row.network),
            ),
            _moments(("Asked for", row.asked_at)),
            row.wording.text if row.wording else "",
        )


def _sign_ups(rows: QuerySet[SignUp]) -> Iterator[Entry]:
    rows = rows.select_related("wording", "api_key").prefetch_related("subscriptions__publication")
    for row in rows[:MOST]:
        names = sorted(str(one.publication) for one in row.subscriptions.all())
        yield Entry(
            row.asked_at,
            f"Asked for {' and '.join(names) or 'nothing'}",
            _told(
                row.source,
                f"By the API key “{row.api_key}”." if row.api_key else "",
                "" if row.confirmed_at else "Not confirmed.",
                _form(row.form),
                _network(row.network),
            ),
            _moments(
                ("Mail that asks to confirm left", row.mailed_at),
                ("Confirmed", row.confirmed_at),
                ("Its link ended", row.withdrawn_at),
            ),
            row.wording.text if row.wording else "",
        )


def _service_mails(rows: QuerySet[ServiceMail]) -> Iterator[Entry]:
    for row in rows.select_related("publication")[:MOST]:
        yield Entry(
            row.ended_at or row.created_at,
            f"Mail that {row.get_kind_display()}",
            _told(
                f"{row.get_state_display().capitalize()}.",
                row.answer,
                f"In the name of {row.publication}." if row.publication else "",
            ),
        )


def _changes(rows: QuerySet[ReaderChange]) -> Iterator[Entry]:
    for row in rows[:MOST]:
        yield Entry(
            row.at,
            row.get_kind_display().capitalize(),
            _told(row.sentence, f"By {row.by}." if row.by else "", _network(row.network)),
        )


def _address_changes(rows: QuerySet[AddressChange]) -> Iterator[Entry]:
    for row in rows[:MOST]:
        yield Entry(
            row.asked_at,
            "Asked to be mailed at another address",
            _told("" if row.confirmed_at else "Not confirmed there.", _network(row.network)),
            _moments(("Confirmed there", row.confirmed_at)),
        )


def _told(*details: str) -> tuple[str, ...]:
    return tuple(detail for detail in details if detail)


def _moments(*moments: tuple[str, datetime | None]) -> tuple[Moment, ...]:
    return tuple(Moment(what, at) for what, at in moments if at is not None)


def _form(form: str) -> str:
    return f"Form: {form}." if form else ""


def _network(network: str) -> str:
    # Twelve of its signs tell all networks apart that one reader comes from.
    return f"Network: {network[:12]}." if network else ""
