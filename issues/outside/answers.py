"""What the sites behind links answered, kept, so that each is asked once a day and not at every
look at an issue."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from issues.models import LinkAnswer
from issues.preflight.facts import Answered, IssueRendering
from issues.preflight.links import holds_credentials, is_our_own, leads_inside, links

COUNTS_FOR = timedelta(days=7)
ASKED_AGAIN_AFTER = timedelta(days=1)
# What is mended, or was only away for a moment, should not stand as a warning until tomorrow.
UNREACHABLE_ASKED_AGAIN_AFTER = timedelta(hours=1)
# As much as `LinkAnswer` holds; an address is known by its key, which is of the whole.
LONGEST_ADDRESS = 1000
LONGEST_SENTENCE = 300


def keep_answers(answers: Mapping[str, Answered], now: datetime) -> None:
    """Keep what was answered; what an address answered before is forgotten."""
    rows = [
        LinkAnswer(
            key=_key(address),
            address=address[:LONGEST_ADDRESS],
            reachable=answered.reachable,
            sentence=answered.sentence[:LONGEST_SENTENCE],
            asked_at=now,
        )
        for address, answered in answers.items()
    ]
    LinkAnswer.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["address", "reachable", "sentence", "asked_at"],
    )


def known_answers(addresses: Iterable[str], now: datetime) -> dict[str, Answered]:
    """What is known of each of these addresses from the last `COUNTS_FOR`."""
    rows = _rows(addresses, now)
    return {address: Answered(row.reachable, row.sentence) for address, row in rows.items()}


def ask_about(issue: IssueRendering, now: datetime) -> list[str]:
    """The addresses in an issue that are to be asked now, each once, in the order of reading.

    Never those of our own site, of inner networks, and those by which somebody is let in.
    """
    addresses = dict.fromkeys(
        link.address
        for link in links(issue)
        if link.is_page
        and not is_our_own(link.address, issue.site_url)
        and not leads_inside(link, issue.site_url)
        and not holds_credentials(link)
    )
    rows = _rows(addresses, now)
    return [
        address
        for address in addresses
        if address not in rows or now - rows[address].asked_at >= _asked_again_after(rows[address])
    ]


def linked_addresses(issue: IssueRendering) -> list[str]:
    """The addresses of all pages that an issue links, each once, in the order of reading."""
    return list(dict.fromkeys(link.address for link in links(issue) if link.is_page))


def _rows(addresses: Iterable[str], now: datetime) -> dict[str, LinkAnswer]:
    keys = {_key(address): address for address in addresses}
    rows = LinkAnswer.objects.filter(key__in=keys, asked_at__gt=now - COUNTS_FOR)
    return {keys[row.key]: row for row in rows}


def _asked_again_after(row: LinkAnswer) -> timedelta:
    return ASKED_AGAIN_AFTER if row.reachable else UNREACHABLE_ASKED_AGAIN_AFTER


def _key(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()
