"""Nothing that is rendered is trusted: what may pass, and what is taken out.

Words always pass. Elements, attributes, addresses and characters that the
design does not know never do.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, cast
from urllib.parse import quote, urlsplit

import nh3

from rendering.errors import RenderingError
from rendering.marks import OPENING

T = TypeVar("T")

# fmt: off
ELEMENTS = frozenset({
    "p", "br", "strong", "b", "em", "i", "sub", "sup", "a", "ul", "ol", "li",
})
# These are no part of the design, but where one begins or ends, a word ends:
# `<div>a</div><div>b</div>` does not read "ab".
BOUNDARIES = frozenset({
    "article", "aside", "blockquote", "dd", "details", "div", "dl", "dt", "figcaption", "figure",
    "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "pre", "section",
    "summary",
})
# fmt: on
# A parser moves or drops what it finds out of place in a table, and tables are their own part of
# a note; one in a text is read cell by cell.
_TABLE_TAG = re.compile(r"<(/?)(?:table|caption|thead|tbody|tfoot|tr|td|th)\b", re.IGNORECASE)
SCHEMES = frozenset({"http", "https", "mailto"})

# The time to parse grows with the square of the nesting; this many characters of nothing but
# nested lists take half a second.
LONGEST_HTML = 50_000

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
# Halves of surrogate pairs, and the characters that Unicode keeps for a program's own use: the
# composing of a mail uses some of those.
_NO_CHARACTERS = re.compile("[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# What an address is made of (RFC 3986, section 2), and what is written as it is in any language.
_ADDRESS_SAFE = "!#$%&'()*+,-./:;=?@[]_~"


def clean_text(text: str) -> str:
    """The text without characters that can't be printed, its lines ending in LF."""
    if text.isprintable():  # most are, and are told so at once
        return text
    return _NO_CHARACTERS.sub("", without_controls(text))


def without_controls(text: str) -> str:
    """The text without control characters, its lines ending in LF."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))


def clean(content: T) -> T:
    """A copy of a content value, in which every string is clean (see `clean_text`)."""
    return cast(T, _cleaned(content))


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, tuple):
        return tuple(_cleaned(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(
            **{field.name: _cleaned(getattr(value, field.name)) for field in fields(value)}
        )
    return value


def sanitise(html: str) -> str:
    """The HTML with no other element than `ELEMENTS` and `BOUNDARIES`, well-formed.

    Only a link keeps an attribute: its address, if `web_address` knows it.

    Raises:
        RenderingError: if it is longer than `LONGEST_HTML` characters.
    """
    if len(html) > LONGEST_HTML:
        raise RenderingError(
            f"A text of {len(html):,} characters is too long; divide it, at most "
            f"{LONGEST_HTML:,} fit in one."
        )
    return nh3.clean(
        _TABLE_TAG.sub(r"<\1div", clean_text(html)),
        tags=set(ELEMENTS | BOUNDARIES),
        attributes={"a": {"href"}},
        attribute_filter=lambda _tag, _name, value: web_address(value) or None,
        url_schemes=set(SCHEMES),
        url_relative="deny",
        link_rel=None,
    )


def web_address(address: str) -> str:
    """The address in ASCII, percent-encoded where needed; empty if it can't be followed in a mail.

    Followed are absolute `http`, `https` and `mailto` addresses, nothing else.
    """
    address = clean_text(address).strip()
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        followed = parts.scheme in SCHEMES and (
            bool(parts.path) if parts.scheme == "mailto" else bool(host)
        )
        if followed and not host.isascii():
            address = address.replace(parts.netloc, _ascii_netloc(parts.netloc), 1)
    except ValueError:
        return ""
    if not followed:
        return ""
    # A per cent sign stays: what is already encoded must not be encoded twice.
    return quote(address, safe=_ADDRESS_SAFE).replace(OPENING, "%5B%")


def _ascii_netloc(netloc: str) -> str:
    user, at, host = netloc.rpartition("@")
    name, colon, port = host.partition(":")
    return f"{quote(user, safe=_ADDRESS_SAFE)}{at}{name.encode('idna').decode()}{colon}{port}"
