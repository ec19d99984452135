"""Finding out how a text file is encoded: by its marks, by what it can be, and never by a guess
that is not sure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

_BLOCK = 1 << 20
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
WESTERN = "cp1252"
# What else a spreadsheet of an office writes; all others are too rare to be told for sure.
_OTHERS = ("cp1250", "cp1251", "mac_roman")
_NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    WESTERN: "Latin-1 (Windows-1252)",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "mac_roman": "Mac Roman",
}
# As long as so few of a text's other letters are damaged, it is UTF-8 with damaged rows.
_MOST_DAMAGED = 0.1
_ENOUGH_WORDS = 20_000
# A word with other letters than ASCII's, without what stands between cells.
_WORDS = re.compile(rb"[^\s,;|\"]*[\x80-\xff][^\s,;|\"]*")
# In charset-normalizer's measures: no more mess than in a text, and as coherent as a language.
_MOST_CHAOS = 0.05
_LEAST_COHERENCE = 0.3
LOST = "\ufffd"


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec, and how many bytes of the file come before its first letter."""

    codec: str
    skip: int = 0

    @property
    def name(self) -> str:
        """What people call it."""
        return _NAMES[self.codec]


def encoding_of(file: Path, tell: Callable[[], None]) -> Encoding | None:
    """A file's encoding; None if it is no text, or none whose encoding can be told.

    A UTF-8 file with a few damaged letters is UTF-8: they are read as `LOST`, and the rows with
    them are refused.

    Args:
        tell: called after each block that was looked at.
    """
    with file.open("rb") as stream:
        first = stream.read(4096)
    found = _marked(first) or _plainly_utf_16(first)
    if found is not None:
        return found if _is_text(file, found.codec, tell) else None
    return _unmarked(file, tell)


def _marked(first: bytes) -> Encoding | None:
    for mark, codec in _BYTE_ORDER_MARKS.items():
        if first.startswith(mark):
            # Python takes UTF-8's own off, and leaves those of UTF-16 where the order is named.
            return Encoding(codec, 0 if codec == "utf-8-sig" else len(mark))
    return None


def _plainly_utf_16(first: bytes) -> Encoding | None:
    """Text that is mostly ASCII has a zero in every other byte, and nowhere else."""
    if len(first) < 4:
        return None
    even, odd = first[0::2].count(0), first[1::2].count(0)
    enough = len(first) / 2 * 0.6
    if odd >= enough and not even:
        return Encoding("utf-16-le")
    if even >= enough and not odd:
        return Encoding("utf-16-be")
    return None


def _is_text(file: Path, codec: str, tell: Callable[[], None]) -> bool:
    return all("\0" not in text for text in _decoded(file, codec, "replace", tell))


def _unmarked(file: Path, tell: Callable[[], None]) -> Encoding | None:
    other_letters = lost = 0
    for text in _decoded(file, "utf-8", "replace", tell):
        if "\0" in text:
            return None
        if not text.isascii():
            other_letters += len(text) - len(text.encode("ascii", "ignore"))
            lost += text.count(LOST)
    if lost <= other_letters * _MOST_DAMAGED:
        return Encoding("utf-8")
    other = _surely_another(file)
    if other:
        return Encoding(other)
    try:
        for _ in _decoded(file, WESTERN, "strict", tell):
            pass
    except UnicodeDecodeError:
        return None
    return Encoding(WESTERN)


def _surely_another(file: Path) -> str:
    words = b"\n".join(_words_with_other_letters(file))
    matches = from_bytes(words, cp_isolation=[WESTERN, *_OTHERS], threshold=0.5)
    if any(WESTERN in {match.encoding, *match.could_be_from_charset} for match in matches):
        return ""
    best = matches.best()
    sure = best is not None and best.chaos <= _MOST_CHAOS and best.coherence >= _LEAST_COHERENCE
    return best.encoding if best is not None and sure and best.encoding in _OTHERS else ""


def _words_with_other_letters(file: Path) -> Iterator[bytes]:
    length = 0
    with file.open("rb") as stream:
        while length < _ENOUGH_WORDS and (block := stream.read(_BLOCK)):
            for word in _WORDS.findall(block):
                length += len(word)
                yield word
                if length >= _ENOUGH_WORDS:
                    return


def _decoded(file: Path, codec: str, errors: str, tell: Callable[[], None]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)(errors)
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            yield decoder.decode(block)
            tell()
    yield decoder.decode(b"", final=True)
