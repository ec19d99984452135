"""Whether a translation can stand where its text stands: nothing is lost, nothing breaks a page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from babel.messages.catalog import Catalog, Message

PLACEHOLDER = re.compile(r"%\((\w+)\)")
# How many there are may go unsaid: “one day”.
NUMBERS = {"num", "count"}
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def complaints(catalog: Catalog) -> Iterator[tuple[int, str]]:
    """What is wrong with the translations that would be used, each with its line in the file."""
    for message in catalog:
        if message.id and not message.fuzzy:
            for sentence in _complaints(message):
                yield message.lineno or 0, sentence


def is_translated(message: Message) -> bool:
    """Whether every form of a text has its words."""
    forms = _forms(message.string)
    return bool(forms) and all(forms)


def _complaints(message: Message) -> Iterator[str]:
    originals, forms = _forms(message.id), [form for form in _forms(message.string) if form]
    named = [set(PLACEHOLDER.findall(text)) for text in originals]
    needed, allowed = set.intersection(*named), set.union(*named)
    if len(originals) > 1:
        needed -= NUMBERS
    in_markup = any(not place.endswith(".py") for place, _ in message.locations)
    for form in forms:
        found = set(PLACEHOLDER.findall(form))
        for name in sorted(needed - found):
            yield f"%({name})s is missing; write it where its value is to stand."
        for name in sorted(found - allowed):
            yield f"%({name})s is not in the English text; there is nothing to put there."
        if found <= allowed and (allowed or in_markup) and not _can_be_filled(form, found):
            yield (
                "it can't be filled in; write every placeholder with its s, like %(name)s, and a "
                "per cent sign as %%."
            )
        if in_markup:
            yield from _markup_complaints(originals[-1], form)


def _markup_complaints(original: str, form: str) -> Iterator[str]:
    if Counter(_TAG.findall(form)) != Counter(_TAG.findall(original)):
        tags = " ".join(_TAG.findall(original))
        yield f"write the tags of the English text, {tags}." if tags else "take its tags out."
    bare, bare_original = _TAG.sub("", form), _TAG.sub("", original)
    for sign, advice in (
        ('"', "write quotation marks as “ and ”."),
        ("<", "write it in words."),
        ("&", "write it in words."),
    ):
        if sign in bare and sign not in bare_original:
            yield f"it has a {sign} in it, which pages take for something else; {advice}"


def _can_be_filled(form: str, names: set[str]) -> bool:
    try:
        form % dict.fromkeys(names, 1)
    except (TypeError, ValueError, KeyError):
        return False
    return True


def _forms(text: str | Sequence[str] | None) -> list[str]:
    """A text in one form, or the singular and the plurals."""
    return [text] if isinstance(text, str) else list(text or ())
