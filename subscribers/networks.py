"""Where a request comes from, as a keyed hash: enough to count and to compare, not to find."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

# Some proxies write it so: `192.0.2.7:4711`, `[2001:db8::7]:4711`. An IPv6 address has colons, too.
_WITH_A_PORT = re.compile(r"(\d+(?:\.\d+){3}):\d+|\[([^]]+)\](?::\d+)?", re.ASCII)


def network_of(request: HttpRequest) -> str:
    """The keyed hash of the network a request comes from, 64 characters; empty if unknown.

    Of an IPv6 address the first 64 bits count: the rest is as many addresses as one likes.
    """
    address = _address(request)
    return network_of_address(address) if address is not None else ""


def network_of_address(address: IPv4Address | IPv6Address) -> str:
    """The same of an address that is known from elsewhere."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    bits = int(address) >> 64 if isinstance(address, IPv6Address) else int(address)
    return keyed("network", f"{address.version}:{bits:x}")


def keyed(purpose: str, text: str, secret: str | bytes | None = None) -> str:
    """A keyed hash, 64 characters: who has the database and not the key can't guess the text.

    Args:
        purpose: what it is for; the same text has another hash for another purpose.
        text: what is hashed.
        secret: a former secret key; None: the present one.
    """
    mac = salted_hmac(f"subscribers.{purpose}", text, secret=secret, algorithm="sha256")
    return mac.hexdigest()


def _address(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    found = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES and (passed_on := request.headers.get("X-Forwarded-For")):
        # The proxy in front of us writes last; what stands before that is anybody's word.
        hops = passed_on.split(",")
        found = hops[-settings.TRUSTED_PROXIES] if len(hops) >= settings.TRUSTED_PROXIES else ""
    found = found.strip()
    if with_a_port := _WITH_A_PORT.fullmatch(found):
        found = with_a_port[1] or with_a_port[2]
    try:
        return ip_address(found)
    except ValueError:
        return None
