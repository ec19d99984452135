"""Brackets and quotation marks: which are never closed, and which are of two kinds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from notes.typography.found import Found

_PAIRS = {")": "(", "]": "[", "”": "“"}
_NAMED = {"(": "bracket", "[": "bracket", "“": "quotation mark"}
_MARK = re.compile(r"[()\[\]“”]")
_STRAIGHT = re.compile(r'(?<!\d)"')
# `a)`, `12)` and `iv)` begin an item of a list; `:)` smiles.
_NO_BRACKET = re.compile(r"(?:^|(?<=[\s(,;]))(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})\)|[:;]-?[()]")


def unbalanced(text: str) -> Iterator[Found]:
    """Brackets and double quotation marks that are opened or closed only.

    A quotation that opens a paragraph may be closed in the next one.
    """
    alone = {found.end() - 1 for found in _NO_BRACKET.finditer(text)}
    # German opens with „, Swedish with ”: there, nothing is known of pairs.
    skipped = "" if "“" in text and "„" not in text else "“”"
    opened: list[tuple[str, int]] = []
    for found in _MARK.finditer(text):
        mark, place = found[0], found.start()
        if mark in skipped:
            continue
        if mark in _NAMED:
            opened.append((mark, place))
        elif opened and opened[-1][0] == _PAIRS[mark]:
            opened.pop()
        elif place not in alone:
            name = _NAMED[_PAIRS[mark]]
            yield Found(place, place + 1, f"a {name} that closes what nothing opens", None)
    for mark, place in opened:
        if place not in alone and not (mark == "“" and place == 0):
            yield Found(place, place + 1, f"a {_NAMED[mark]} that is never closed", None)
    straight = [found.start() for found in _STRAIGHT.finditer(text)]
    if len(straight) % 2 and straight[0] > 0:
        yield Found(straight[-1], straight[-1] + 1, "a quotation mark without its pair", None)


@dataclass(frozen=True, slots=True)
class Mixture:
    """Two kinds of one mark in a text: words with the straight kind, words with the curly one."""

    marks: str
    straight: str
    curly: str


_KINDS = (
    ("quotation marks", re.compile(r'(?<!\d)"[^\W_]|[^\W\d_][.,]?"'), re.compile(r"[“”]")),
    ("apostrophes", re.compile(r"[^\W\d_]'|(?<![\w'])'[^\W\d_]"), re.compile(r"[‘’]")),
)


def mixtures(passages: Iterable[str]) -> Iterator[Mixture]:
    """Straight and curly marks of one kind in passages that belong together."""
    passages = list(passages)
    for marks, straight, curly in _KINDS:
        one = next((_word_at(text, at) for text in passages if (at := straight.search(text))), "")
        other = next((_word_at(text, at) for text in passages if (at := curly.search(text))), "")
        if one and other:
            yield Mixture(marks, one, other)


# After a digit they are inches and feet.
_STRAIGHT_MARK = re.compile(r"(?<!\d)[\"']")


def straight_marks(text: str) -> Iterator[Found]:
    """Straight quotation marks and apostrophes, with the curly ones that belong there."""
    for found in _STRAIGHT_MARK.finditer(text):
        before, after = text[: found.start()][-1:], text[found.end() :][:1]
        opens = (not before or before in "([“‘–—-" or before.isspace()) and not after.isspace()
        # ’90s and ’tis are written with an apostrophe, though nothing stands before it.
        if found[0] == '"':
            curly = "“" if opens else "”"
        else:
            curly = "‘" if opens and not after.isdigit() else "’"
        yield Found(found.start(), found.end(), "a straight mark where others are curly", curly)


def _word_at(text: str, found: re.Match[str]) -> str:
    before = re.search(r"\S*\Z", text[max(0, found.start() - 30) : found.start()])
    after = re.match(r"\S*", text[found.start() : found.start() + 30])
    return (before[0] if before else "") + (after[0] if after else "")
