"""What a reader wants who writes: to leave, to subscribe, or nothing that is clear enough.

In doubt nothing is done: whoever is not understood can write again, or use the links.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from enum import Enum
from typing import NamedTuple, Protocol, TypeVar

from django.conf import settings
from django.utils.translation import override, pgettext

from subscribers.errors import BadLink
from subscribers.inbound.reading import Letter
from subscribers.links import Purpose, subscription_of


class Wish(Enum):
    LEAVE = "leave"
    JOIN = "join"
    NONE = "none"


class Understood(NamedTuple):
    """A wish; `subscription` is the id of the one that a token names, if there is a good one.

    `text` is what it was read from, in which a publication may be named.
    """

    wish: Wish
    subscription: int | None = None
    text: str = ""


class Named(Protocol):
    """A publication, as far as a reader can name it."""

    slug: str
    name: str


P = TypeVar("P", bound=Named)

# Wherever they stand.
_LEAVING = r"un-?subscrib(?:e|ed|ing)|remove me|(?:take|sign) me off|opt[ -]?out"
_JOINING = r"(?:re-?)?subscribe|sign me up"
# Ordinary words, so only as a line of their own, perhaps with what is meant.
_LEAVING_ALONE = frozenset({"leave", "remove", "stop", "sign off", "signoff", "unsubscribe"})
_JOINING_ALONE = frozenset({"join", "sign up", "signup", "subscribe"})
_POLITE = re.compile(r"^(?:(?:please|pls|kindly) )+|(?: (?:please|pls|thanks|thank you))+$")
_LIST = re.compile(
    r"(?:(?:me|from|to|the|this|your|all) ){0,4}(?:mailing )?(?:list|newsletter|publication|mail)s?"
)
# “do not unsubscribe me”, “I never wanted to unsubscribe”; and “I want to stay subscribed”.
_NEGATION = r"\b(?:not|never|cannot|without|nor|don'?t|\w+n['’]t)\s+(?:[\w']+\s+){0,3}"
_STAYING = re.compile(
    r"\b(?:stay|remain|keep|continue)\b[^.!?\n]{0,30}\bsubscri|\bkeep me\b", re.IGNORECASE
)
_REPLY = re.compile(
    r"(?:(?:re|fwd?|aw|wg|antw|sv|vs|rv|tr|odp|ri|r|i)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)
# As the header List-Unsubscribe of every mailing has it; some programs leave the space encoded.
_WITH_TOKEN = re.compile(
    r"\W*unsubscribe(?:\s|:|%20)+([0-9]{1,19}\.[\w-]{43})\W*", re.IGNORECASE | re.ASCII
)


def wish_of(letter: Letter, names: Collection[str], *, automatic: bool = False) -> Understood:
    """What the writer of a mail wants.

    Args:
        names: what publications are called.
        automatic: the mail is a machine's, of which only a token in the subject counts: that is
            how mail programs leave by themselves.
    """
    subject, prefixes = _without_prefixes(letter.subject)
    lines = [subject, *([] if automatic else letter.words.splitlines())]
    for line in lines:
        if (found := _WITH_TOKEN.fullmatch(line)) and (named := _subscription(found[1])):
            return Understood(Wish.LEAVE, named)
    if automatic:
        return Understood(Wish.NONE)
    text = f"{subject}\n{letter.words}"
    if prefixes and not _is_line(_LEAVING_ALONE | _JOINING_ALONE, subject, names):
        # Of a mail that is answered or passed on, so somebody else's words.
        text = letter.words
    return Understood(_wish_in(text, names), text=text)


def named_in(text: str, publications: Iterable[P]) -> list[P]:
    """The publications that a text names, by name or by slug, however it is written."""
    found: list[P] = []
    rest = f" {_plain(text)} "
    # The longest first: “GP Alerts Africa” does not name “GP Alerts”.
    spelt = [(_plain(spelling), one) for one in publications for spelling in (one.name, one.slug)]
    for spelling, one in sorted(spelt, key=lambda pair: -len(pair[0])):
        if spelling and f" {spelling} " in rest:
            rest = rest.replace(f" {spelling} ", " / ")
            found += [one] if one not in found else []
    return found


def _wish_in(text: str, names: Collection[str]) -> Wish:
    with override(settings.READERS_LANGUAGE):
        # In other languages readers write these words of their own, too.
        own_leaving = re.escape(pgettext("what a reader writes in a mail", "unsubscribe"))
        own_joining = re.escape(pgettext("what a reader writes in a mail", "subscribe"))
    leaving = rf"\b(?:{_LEAVING}|{own_leaving})\b"
    joining = rf"\b(?:{_JOINING}|{own_joining})\b"
    lines = text.splitlines()
    if _has(leaving, text) or any(_is_line(_LEAVING_ALONE, line, names) for line in lines):
        doubtful = _has(_NEGATION + leaving, text) or _STAYING.search(text)
        return Wish.NONE if doubtful else Wish.LEAVE
    if _has(joining, text) or any(_is_line(_JOINING_ALONE, line, names) for line in lines):
        return Wish.NONE if _has(_NEGATION + joining, text) else Wish.JOIN
    return Wish.NONE


def _is_line(words: Collection[str], line: str, names: Collection[str]) -> bool:
    """Whether a line is one of these alone, or with a publication or “the list” after it."""
    said = _POLITE.sub("", _plain(line))
    known = {_plain(name) for name in names}
    meant = {said.removeprefix(f"{word} ") for word in words if said.startswith(f"{word} ")}
    return said in words or any(what in known or _LIST.fullmatch(what) for what in meant)


def _has(expression: str, text: str) -> bool:
    return re.search(expression, text, re.IGNORECASE) is not None


def _without_prefixes(subject: str) -> tuple[str, bool]:
    found = _REPLY.match(subject)
    return (subject[found.end() :], True) if found else (subject, False)


def _subscription(token: str) -> int | None:
    try:
        return subscription_of(token, Purpose.UNSUBSCRIBE)
    except BadLink:
        return None


def _plain(text: str) -> str:
    """The words of a text, and nothing of how they are written."""
    return " ".join(re.findall(r"[\w'’]+", text.casefold()))
