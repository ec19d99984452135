"""SPF (RFC 7208): whether the domain's record names who sends for it, and can be worked out.

A receiver looks at the record of the return path's domain. It gives up, and takes the record for
none, where there are two of them, or where more than ten look-ups are needed (section 4.6.4).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field

from delivery.sending_domain.names import Names
from delivery.sending_domain.verdicts import Verdict, good, unsure, wrong

MOST_LOOKUPS = 10
SENDGRID = "sendgrid.net"
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_LOOKED_UP = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
_KNOWN = _LOOKED_UP | {"all", "ip4", "ip6"}


@dataclass(slots=True)
class Record:
    """A record with everything that it includes.

    `lookups` are those that a receiver makes; `networks` may send; `fails_others` is whether it
    ends in `~all` or `-all`; `faults` are what makes receivers give up.
    """

    text: str
    lookups: int = 0
    networks: list[_Network] = field(default_factory=list)
    includes: list[str] = field(default_factory=list)
    admits_everybody: bool = False
    fails_others: bool = False
    has_ptr: bool = False
    faults: list[str] = field(default_factory=list)

    def admits(self, address: str) -> bool:
        """Whether a server with this IP address may send."""
        found = ipaddress.ip_address(address)
        return any(found.version == net.version and found in net for net in self.networks)


def records_of(names: Names, domain: str) -> list[str]:
    """The SPF records of a domain; there should be one."""
    texts = (text.strip() for text in names.texts(domain))
    return [text for text in texts if text.lower() == "v=spf1" or text.lower()[:7] == "v=spf1 "]


def read(names: Names, domain: str, text: str) -> Record:
    """A record worked out, with all that it includes."""
    record = Record(text)
    _Reader(names, record).read(domain, text, outermost=True)
    return record


def look_at(names: Names, domain: str, *, sendgrid: bool, relays: list[str]) -> Iterator[Verdict]:
    """The verdict on the domain that is in the return path.

    Args:
        sendgrid: whether SendGrid sends.
        relays: public IP addresses of the relay that sends otherwise, where known.
    """
    found = records_of(names, domain)
    if len(found) != 1:
        yield _not_one(domain, found, _proposed(sendgrid=sendgrid, relays=relays))
        return
    record = read(names, domain, found[0])
    subject, said = "SPF", f"{domain} has “{record.text}”"
    if record.faults:
        yield wrong(subject, f"{said}, which receivers can't work out.", " ".join(record.faults))
    elif record.lookups > MOST_LOOKUPS:
        yield wrong(
            subject,
            f"{said}, which needs {record.lookups} look-ups, and receivers make {MOST_LOOKUPS}.",
            "Take out what no longer sends for you, or write ip4: and ip6: instead of names.",
        )
    elif record.admits_everybody:
        yield wrong(
            subject,
            f"{said}, which lets everybody send in your name (+all).",
            "End the record in ~all, or in -all once all is well.",
        )
    elif not record.fails_others:
        yield wrong(
            subject,
            f"{said}, which says nothing of others who send in your name.",
            "End the record in ~all, or in -all once all is well.",
        )
    elif record.has_ptr:
        yield unsure(
            subject,
            f"{said}, whose “ptr” many receivers do not look at (RFC 7208, section 5.5).",
            "Write the addresses with ip4: and ip6: instead.",
        )
    else:
        yield _on_the_sender(domain, record, sendgrid=sendgrid, relays=relays)


def _on_the_sender(domain: str, record: Record, *, sendgrid: bool, relays: list[str]) -> Verdict:
    said = f"{domain} has “{record.text}”, {record.lookups} of {MOST_LOOKUPS} look-ups"
    if sendgrid:
        if any(one == SENDGRID or one.endswith(f".{SENDGRID}") for one in record.includes):
            return good("SPF", f"{said}; SendGrid may send.")
        return unsure(
            "SPF",
            f"{said}; it does not name SendGrid.",
            "That is well if SendGrid sends with a return path of its own under your domain "
            "(see the return path below); else add include:sendgrid.net.",
        )
    if not relays:
        return unsure(
            "SPF",
            f"{said}; whether the relay may send can't be told, as its public address is unknown.",
            "Name the address with --sends-from.",
        )
    outside = [address for address in relays if not record.admits(address)]
    if not outside:
        return good("SPF", f"{said}; the relay {' and '.join(relays)} may send.")
    return wrong(
        "SPF",
        f"{said}; the relay {' and '.join(outside)} may not send.",
        f"Add {' '.join(_mechanism(address) for address in outside)} before the “all”. If the "
        "relay sends from another address than the one it is reached at, name that with "
        "--sends-from.",
    )


def _not_one(domain: str, found: list[str], proposed: str) -> Verdict:
    if found:
        return wrong(
            "SPF",
            f"{domain} has {len(found)} SPF records, so receivers take none of them.",
            f"Keep one TXT record with everything in it: {_merged(found)}",
        )
    return wrong(
        "SPF",
        f"{domain} has no SPF record.",
        f"Make a TXT record for {domain}: {proposed}",
    )


def _merged(found: list[str]) -> str:
    terms = [term for text in found for term in text.split()[1:]]
    kept = [term for term in dict.fromkeys(terms) if term.lstrip("+-~?").lower() != "all"]
    return " ".join(["v=spf1", *kept, "~all"])


def _proposed(*, sendgrid: bool, relays: list[str]) -> str:
    senders = ["include:sendgrid.net"] if sendgrid else [_mechanism(one) for one in relays]
    return " ".join(["v=spf1", *(senders or ["ip4:<the relay's public address>"]), "~all"])


def _mechanism(address: str) -> str:
    return f"ip{ipaddress.ip_address(address).version}:{address}"


class _Reader:
    """Works a record out as a receiver does, but for the macros, which need a mail."""

    def __init__(self, names: Names, record: Record) -> None:
        self._names = names
        self._record = record
        self._open: list[str] = []

    def read(self, domain: str, text: str, *, outermost: bool) -> None:
        self._open.append(domain.lower())
        terms = [_Term.of(term) for term in text.split()[1:]]
        has_all = any(term.name == "all" for term in terms)
        for term in terms:
            # What follows redirect= is not looked at where there is an `all` (section 6.1).
            if not (term.name == "redirect" and has_all):
                self._take(term, domain, outermost=outermost)
        self._open.pop()

    def _take(self, term: _Term, domain: str, *, outermost: bool) -> None:
        record = self._record
        if term.is_modifier and term.name != "redirect":
            return
        if term.name not in _KNOWN:
            record.faults.append(f"“{term.text}” in the record of {domain} means nothing.")
            return
        # Ten are counted and a few more; a record that includes thousands is not followed.
        record.lookups += term.name in _LOOKED_UP
        if record.lookups > 2 * MOST_LOOKUPS:
            return
        match term.name:
            case "all":
                record.admits_everybody |= term.qualifier == "+"
                record.fails_others |= outermost and term.qualifier in "~-"
            case "ip4" | "ip6" | "a" | "mx" if term.qualifier == "+":
                self._admit(term, domain)
            case "include":
                record.includes.append(term.value.lower())
                self._follow(term, domain, outermost=False)
            case "redirect":
                record.includes.append(term.value.lower())
                self._follow(term, domain, outermost=outermost)
            case "ptr":
                record.has_ptr = True

    def _follow(self, term: _Term, domain: str, *, outermost: bool) -> None:
        target = term.value.rstrip(".").lower()
        if "%" in target:
            return
        if target in self._open:
            self._record.faults.append(f"“{term.text}” in the record of {domain} goes in circles.")
            return
        found = records_of(self._names, target) if target else []
        if len(found) != 1:
            self._record.faults.append(
                f"“{term.text}” in the record of {domain} leads to no SPF record; mend it or take "
                "it out."
                if not found
                else f"{target}, which it includes, has {len(found)} SPF records; take it out."
            )
            return
        self.read(target, found[0], outermost=outermost)

    def _admit(self, term: _Term, domain: str) -> None:
        value, _, length = term.value.partition("/")
        if term.name in {"ip4", "ip6"}:
            places = [term.value]
        else:
            name = value or domain
            hosts = [name] if term.name == "a" else self._names.mail_hosts(name)
            named = [host for host in hosts if host and "%" not in host]
            found = [address for host in named for address in self._names.addresses(host)]
            places = [f"{one}/{_length_for(one, length)}" for one in found]
        try:
            networks = [ipaddress.ip_network(place, strict=False) for place in places]
        except ValueError:
            self._record.faults.append(f"“{term.text}” in the record of {domain} is no address.")
            return
        self._record.networks += networks


def _length_for(address: str, lengths: str) -> str:
    """Of `24//64` the part for the address's family; all of the address where none is given."""
    four, _, six = lengths.partition("//") if not lengths.startswith("/") else ("", "", lengths[1:])
    return (four or "32") if ipaddress.ip_address(address).version == 4 else (six or "128")


@dataclass(frozen=True, slots=True)
class _Term:
    """`+include:example.org` or `redirect=example.org`, in its parts."""

    text: str
    qualifier: str
    name: str
    value: str
    is_modifier: bool

    @classmethod
    def of(cls, text: str) -> _Term:
        qualifier, rest = (text[0], text[1:]) if text[0] in "+-~?" else ("+", text)
        place = next((place for place, char in enumerate(rest) if char in ":=/"), len(rest))
        joint = rest[place : place + 1]
        value = rest[place:] if joint == "/" else rest[place + 1 :]
        return cls(text, qualifier, rest[:place].lower(), value, joint == "=")
