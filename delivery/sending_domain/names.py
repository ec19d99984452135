"""What servers of names say, each thing asked for once; and nothing else is done with the network.

That a name has no such record is an answer. That no server answers is an error of its own, so
that a broken network is never told as a missing record.
"""

from __future__ import annotations

import ipaddress
from functools import cached_property
from typing import Any

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
import dns.reversename

from delivery.errors import DeliveryError

SECONDS = 5.0
# What fits into one packet on every way: https://www.dnsflagday.net/2020/
PAYLOAD = 1232
_BOTH = ("A", "AAAA")


class Names:
    """The servers of names that this machine uses, or one that is named.

    Args:
        server: the IP address of one server; empty for the system's.
        port: that server's.
        seconds: how long one question may take.

    Raises:
        DeliveryError: if the system names no servers.
    """

    def __init__(self, server: str = "", port: int = 53, seconds: float = SECONDS) -> None:
        try:
            self._resolver = dns.resolver.Resolver(configure=not server)
        except dns.resolver.NoResolverConfiguration:
            raise DeliveryError(
                "This machine names no DNS server in /etc/resolv.conf; name one with --nameserver."
            ) from None
        if server:
            self._resolver.nameservers = [server]
            self._resolver.port = port
        self._resolver.lifetime = seconds
        self._resolver.use_edns(0, 0, PAYLOAD)

    def texts(self, name: str) -> list[str]:
        """The TXT records of a name, each with its parts joined (RFC 7208, section 3.3)."""
        joined = (b"".join(record.strings) for record in self._ask(name, "TXT"))
        # Servers answer in any order; people shall read the same each time.
        return sorted(text.decode("utf-8", "replace") for text in joined)

    def addresses(self, name: str) -> list[str]:
        """The IP addresses of a name, those of IPv4 first."""
        found = (sorted(str(record.address) for record in self._ask(name, kind)) for kind in _BOTH)
        return [address for family in found for address in family]

    def mail_hosts(self, name: str) -> list[str]:
        """The hosts that take mail for a name, the preferred first; `""` where none does.

        The empty one is what says so (RFC 7505).
        """
        records = sorted(self._ask(name, "MX"), key=lambda one: (one.preference, one.exchange))
        return [_plain(record.exchange) for record in records]

    def alias(self, name: str) -> str:
        """What a name is only another name of; empty if it is none."""
        return next((_plain(record.target) for record in self._ask(name, "CNAME")), "")

    def names_of(self, address: str) -> list[str]:
        """The names that an IP address has (PTR)."""
        reverse = dns.reversename.from_address(address).to_text()
        return [_plain(record.target) for record in self._ask(reverse, "PTR")]

    def _ask(self, name: str, kind: str) -> list[Any]:
        """The records of a kind; none where the name, or such a record of it, does not exist.

        Raises:
            DeliveryError: if no server answers, or none of them can say.
        """
        key = (name.rstrip(".").lower(), kind)
        if key not in self._answers:
            self._answers[key] = self._asked(*key)
        return self._answers[key]

    @cached_property
    def _answers(self) -> dict[tuple[str, str], list[Any]]:
        return {}

    def _asked(self, name: str, kind: str) -> list[Any]:
        try:
            return list(self._resolver.resolve(f"{name}.", kind, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.name.LabelTooLong, dns.name.NameTooLong, dns.name.EmptyLabel):
            return []
        except (dns.name.BadEscape, UnicodeError):
            return []
        except dns.resolver.NoNameservers as error:
            # Each has the server, whether by TCP, the port, what went wrong, and the answer.
            if any(attempt[4] is not None for attempt in error.kwargs["errors"]):
                raise DeliveryError(
                    f"The DNS servers can't say what {name} has ({kind}): they answer with an "
                    "error. Ask whoever keeps that domain's names, or another server with "
                    "--nameserver."
                ) from None
            raise self._silent() from None
        except (dns.exception.Timeout, OSError):
            raise self._silent() from None

    def _silent(self) -> DeliveryError:
        servers = ", ".join(str(server) for server in self._resolver.nameservers)
        return DeliveryError(
            f"No DNS server answers ({servers}); check the network, or name another one with "
            "--nameserver."
        )


def is_address(text: str) -> bool:
    """Whether this is an IP address, and no name."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def parents(domain: str) -> list[str]:
    """The domain and those above it, without the topmost: `a.b.org` gives itself and `b.org`."""
    labels = domain.rstrip(".").lower().split(".")
    return [".".join(labels[place:]) for place in range(max(len(labels) - 1, 1))]


def _plain(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower().removesuffix(".")
