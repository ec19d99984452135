"""What looks like a slip of the keyboard. It is only ever reported: nobody's words are changed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from notes.importing.page_lines import Line

_MOST = 8
_ODD = {
    "a doubled full stop": re.compile(r"\S+(?<!\.)\.\.(?!\.)"),
    "no space after a comma": re.compile(r"\b[^\W\d_]+,[^\W\d_]+"),
    "no space after a full stop": re.compile(
        r"(?<![/@.\w-])[A-Za-z]?[a-z]{2,}\.(?!(?:com|org|net|int|info|edu|gov|in|uk)\b)[A-Za-z]{2,}"
    ),
    "text read in a wrong encoding": re.compile(r"\S*(?:Â\s|Â$|Ã[\x80-\xbf]|â€)\S*"),
}
_NAME = re.compile(r"\b[^\W\d_]{4,}\b")


def oddities(lines: Sequence[Line]) -> Iterator[str]:
    """At most eight sentences on what to look at, with the line of each."""
    found = [
        f"line {line.number}: {what} in “{odd[0]}”"
        for line in lines
        for what, pattern in _ODD.items()
        for odd in pattern.finditer(line.text)
    ]
    found += [f"the same name as “{first}” and “{second}”" for first, second in _two_ways(lines)]
    yield from found[:_MOST]
    if len(found) > _MOST:
        yield f"{len(found) - _MOST} more places like these"


def _two_ways(lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    """Capitalised words that stand here with and without their accents."""
    spelt: dict[str, str] = {}
    told: set[str] = set()
    for line in lines:
        for word in _NAME.findall(unicodedata.normalize("NFC", line.text)):
            plain = "".join(
                char
                for char in unicodedata.normalize("NFKD", word)
                if not unicodedata.combining(char)
            )
            other = spelt.setdefault(plain, word)
            if word[0].isupper() and other != word and plain not in told:
                told.add(plain)
                yield other, word
