"""Text that was read in a wrong encoding: `mediaÂ`, `GoÃ¯ta`, `donâ€™t`.

Found by undoing the mistake: what is UTF-8 once its characters are taken for bytes of
Windows-1252 or Latin-1 is told apart from letters that stand beside a quotation mark by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from notes.typography.found import Found

_SAYING = "text read in a wrong encoding"
# The bytes 80 to 9F as Windows-1252 shows them; the five that it leaves open as Latin-1 does.
_WINDOWS = {bytes([byte]).decode("cp1252", "replace"): byte for byte in range(0x80, 0xA0)}
_BYTES = {
    **{char: byte for char, byte in _WINDOWS.items() if char != "\ufffd"},
    **{chr(byte): byte for byte in range(0x80, 0x100)},
}
_FOLLOWING = re.escape("".join(char for char, byte in _BYTES.items() if byte < 0xC0))
_PIECE = re.compile(
    f"[\xc2-\xdf][{_FOLLOWING}]|[\xe0-\xef][{_FOLLOWING}]{{2}}|[\xf0-\xf4][{_FOLLOWING}]{{3}}"
)
_RUN = re.compile(f"(?:{_PIECE.pattern})+")
_LONGEST_PIECE = 4
# What stands beside a letter in sound text too, as in “CAFÉ” and ‘fiancé’”.
_NATURAL = frozenset("‘’“”…–—‹›«»·•™°®\xa0")
# A no-break space has often been stripped or become a plain one since: `Â` or `Ã` alone is left.
_LEFT_OVER = re.compile(r"(?<![^\W\d_a-zß-ÿ])(?:[ÂÃ](?=[\s.,;:!?)]|$)|â€(?!\w))|\ufffd+")
_MEANT = {"Â": "", "Ã": "à", "â€": "”"}


def misread(text: str) -> Iterator[Found]:
    """Text that was read in a wrong encoding; what was meant is None where it is lost.

    >>> [(found.start, found.end, found.suggestion) for found in misread("GoÃ¯ta")]
    [(2, 4, 'ï')]
    """
    for run in _RUN.finditer(text):
        yield from _misread_in(run, text)
    for found in _LEFT_OVER.finditer(text):
        yield Found(found.start(), found.end(), _SAYING, _MEANT.get(found[0]))


def _misread_in(run: re.Match[str], text: str) -> Iterator[Found]:
    """The stretches of a run that are UTF-8, one after the other."""
    is_long = run.end() - run.start() > _LONGEST_PIECE
    start, meant = run.start(), ""
    for piece in _PIECE.finditer(run[0]):
        place = run.start() + piece.start()
        before = text[place - 1] if place else ""
        right = _decoded(piece[0]) if is_long or _is_no_chance(piece[0], before) else ""
        if right:
            meant += right
            continue
        if meant:
            yield Found(start, place, _SAYING, _to_the_end(meant))
        start, meant = run.start() + piece.end(), ""
    if meant:
        yield Found(start, run.end(), _SAYING, _to_the_end(meant))


def _is_no_chance(piece: str, before: str) -> bool:
    """Whether a single piece can't be a letter with marks that naturally follow it."""
    lead, rest = piece[0], piece[1:]
    if lead in "ÂÃ":
        return not (before.isupper() and _NATURAL.issuperset(rest))
    return rest[0] == "€" or not _NATURAL.issuperset(rest)


def _decoded(words: str) -> str:
    """The characters taken for bytes of UTF-8; empty where they are not."""
    try:
        right = bytes(_BYTES[char] for char in words).decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return right if right.isprintable() or right in "\xa0\ufeff" else ""


def _to_the_end(words: str) -> str:
    """What was meant, also where the mistake was made twice: `ÃƒÂ¯`."""
    while (again := _RUN.sub(lambda run: _decoded(run[0]) or run[0], words)) != words:
        words = again
    return words.replace("\ufeff", "").replace("\xa0", " ")
