"""DKIM (RFC 6376): whether the key that signs the mails is published, and long enough.

Gmail wants 1024 bits or more and advises 2048 (https://support.google.com/a/answer/81126).
SendGrid has its keys at `s1` and `s2` under the authenticated domain, as CNAME records.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from delivery.sending_domain.names import Names, parents
from delivery.sending_domain.verdicts import Verdict, good, unsure, wrong

SENDGRID_SELECTORS = ("s1", "s2")
FEWEST_BITS = 1024
GOOD_BITS = 2048
_ED25519_BYTES = 32


def look_at(
    names: Names, domain: str, selectors: tuple[str, ...], *, sendgrid: bool
) -> Iterator[Verdict]:
    """The verdict on each selector's key: at the domain, or at one above it."""
    if not selectors:
        yield unsure(
            "DKIM",
            "By which selector the relay signs can't be found out by asking.",
            "Name it with --selector: it stands after s= in the DKIM-Signature of a mail that "
            "the relay sent.",
        )
    for selector in selectors:
        yield _key(names, domain, selector, sendgrid=sendgrid)


def signing_domain(names: Names, domain: str, selectors: tuple[str, ...]) -> str:
    """The domain at or above this one that has a key; empty if none has.

    A signature by a domain above is aligned with From, if DMARC is relaxed (RFC 7489, 3.1.1).
    """
    for place in parents(domain):
        if any(_records(names, f"{selector}._domainkey.{place}") for selector in selectors):
            return place
    return ""


def _key(names: Names, domain: str, selector: str, *, sendgrid: bool) -> Verdict:
    place = next(
        (
            name
            for above in parents(domain)
            if _records(names, name := f"{selector}._domainkey.{above}")
        ),
        "",
    )
    subject = f"DKIM {selector}"
    if not place:
        return _missing(names, subject, f"{selector}._domainkey.{domain}", sendgrid=sendgrid)
    found = _records(names, place)
    if len(found) > 1:
        return wrong(
            subject,
            f"{place} has {len(found)} keys, and which one counts is not defined.",
            "Delete all but the one by which the mails are signed.",
        )
    return _judged(subject, place, _tags(found[0]))


def _missing(names: Names, subject: str, place: str, *, sendgrid: bool) -> Verdict:
    target = names.alias(place)
    if target:
        return wrong(
            subject,
            f"{place} leads to {target}, where no key is.",
            "Compare the CNAME record with what the provider shows for your domain; each letter "
            "counts.",
        )
    if sendgrid:
        return wrong(
            subject,
            f"{place} does not exist.",
            "In SendGrid, open Settings › Sender Authentication, authenticate the domain, and make "
            "the CNAME records that it shows. If it shows other names, name the selector with "
            "--selector.",
        )
    return wrong(
        subject,
        f"{place} does not exist.",
        f"Make a TXT record {place} with the public key by which your relay signs: "
        "v=DKIM1; k=rsa; p=…",
    )


def _judged(subject: str, place: str, tags: dict[str, str]) -> Verdict:
    key = "".join(tags.get("p", "").split())
    if not key:
        return wrong(
            subject,
            f"{place} has an empty key, which says that it was taken back.",
            "Publish the key by which the mails are signed now, after p=.",
        )
    bits = _bits(tags.get("k", "rsa").lower(), key)
    if bits is None:
        return wrong(
            subject,
            f"{place} has a key that can't be read.",
            "Copy it again, whole and without quotation marks in its middle.",
        )
    if 0 < bits < FEWEST_BITS:
        return wrong(
            subject,
            f"{place} has a key of {bits} bits, which receivers do not take.",
            f"Have a key of {GOOD_BITS} bits made, and publish that.",
        )
    if "y" in tags.get("t", "").lower().split(":"):
        return unsure(
            subject,
            f"{place} has a key that is marked as a trial (t=y).",
            "Take the y out once the mails are signed well.",
        )
    if 0 < bits < GOOD_BITS:
        return unsure(
            subject,
            f"{place} has a key of {bits} bits, which is taken still.",
            f"{GOOD_BITS} bits are better; change when the key is changed next.",
        )
    return good(subject, f"{place} has a key" + (f" of {bits} bits." if bits else " (Ed25519)."))


def _records(names: Names, place: str) -> list[str]:
    return [text for text in names.texts(place) if _is_key(text)]


def _is_key(text: str) -> bool:
    tags = _tags(text)
    return "p" in tags and tags.get("v", "DKIM1") == "DKIM1"


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _bits(kind: str, key: str) -> int | None:
    """How many bits an RSA key has; 0 for one of Ed25519; None for one that can't be read."""
    try:
        raw = base64.b64decode(key, validate=True)
        if kind == "ed25519":
            return 0 if len(raw) == _ED25519_BYTES else None
        loaded = load_der_public_key(raw)
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return None
    return loaded.key_size if isinstance(loaded, RSAPublicKey) else None
