"""What the name or the address of a host tells by itself: whether everybody can reach it, and
which names belong to one owner. Nothing is asked of any network."""

from __future__ import annotations

import ipaddress
import socket

# Names for use inside of a house or of a test, which no public server of names knows: RFC 6761,
# RFC 6762, RFC 8375, and the ones that routers and companies give. `.example` is for examples.
INNER_ENDINGS = frozenset(
    {"localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "private"}
    | {"home.arpa", "test", "invalid", "onion"}
)
# Names of two labels under which others register theirs: `co.uk`, `ac.in`, `com.au`.
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gob", "gov", "gv", "mil", "ne", "net", "nic"})
_ALSO_SECOND_LEVEL = frozenset({"asn", "firm", "gen", "go", "id", "nhs", "or", "org", "res", "sch"})
_LONGEST_COUNTRY = 2
# By these an address of IPv6 leads to one of IPv4 (RFC 6052, section 2.1).
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# All that the public Internet has of IPv6 (RFC 4291, section 2.4), and what of it leads elsewhere:
# tunnels to an IPv4 address (RFC 3056, RFC 4380), examples (RFC 3849, RFC 9637).
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_NOT_OF_THE_PUBLIC = tuple(
    map(ipaddress.ip_network, ("2001::/32", "2001:db8::/32", "2002::/16", "3fff::/20"))
)
# Of a public range, and yet the inside of a cloud: Azure's machines ask there for their set-up
# (learn.microsoft.com, "What is IP address 168.63.129.16?").
_INSIDE_CLOUDS = frozenset({ipaddress.ip_address("168.63.129.16")})


def is_public_address(address: str) -> bool:
    """Whether an IP address belongs to the public Internet, also the one that it stands for.

    `::ffff:10.0.0.1` is the private `10.0.0.1`; an address that can't be read is not public.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None or found in _NAT64:
            return is_public_address(str(ipaddress.IPv4Address(found.packed[-4:])))
        if found not in _GLOBAL_UNICAST or any(found in network for network in _NOT_OF_THE_PUBLIC):
            return False
    return found.is_global and not found.is_multicast and found not in _INSIDE_CLOUDS


def is_inner_host(host: str) -> bool:
    """Whether a host's name or address can't be meant for readers: `localhost`, `10.0.0.1`, `wiki`.

    Also the short and the odd ways to write an address, such as `127.1` and `0x7f000001`.
    """
    host = host.rstrip(".").lower()
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    else:
        return not is_public_address(host)
    try:
        return not is_public_address(socket.inet_ntoa(socket.inet_aton(host)))
    except (OSError, ValueError):
        pass
    return "." not in host or any(host.endswith(f".{ending}") for ending in INNER_ENDINGS)


def registrable_domain(host: str) -> str:
    """The part of a name that its owner registered: `mail.news.co.uk` gives `news.co.uk`.

    The last two labels, or three under a country's second level; that is right for nearly all
    names, but a list of all exceptions (publicsuffix.org) is not kept here.
    """
    labels = host.rstrip(".").lower().split(".")
    under_second_level = (
        len(labels) > 2
        and len(labels[-1]) == _LONGEST_COUNTRY
        and labels[-2] in _SECOND_LEVEL | _ALSO_SECOND_LEVEL
    )
    return ".".join(labels[-3:] if under_second_level else labels[-2:])


def belong_together(one: str, other: str) -> bool:
    """Whether two names are under one registered domain."""
    return registrable_domain(one) == registrable_domain(other)
