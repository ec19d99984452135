"""The links in an editor's HTML as they were written, also those that sanitising takes out of it.

Read in a time that grows with the length alone: for tags that never end, the time of Python's own
parser grows with its square.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape

_MARKUP = re.compile(r"<(?:(?P<comment>!--|[!?])|(?P<tag>/?[A-Za-z][^\s/>]*+))")
_QUOTED = r"""=\s*+(?:"[^"]*+"|'[^']*+')"""
# What ends a comment, a declaration and, after its attributes, a tag.
_ENDS = {
    "!--": re.compile(r"(?s:.*?)-->"),
    "!": re.compile(r"[^>]*+>"),
    "?": re.compile(r"[^>]*+>"),
    "": re.compile(rf"(?:{_QUOTED}|[^>])*+>"),
}
_ATTRIBUTE = re.compile(
    r"""(?P<name>[^\s"'<>/=]++)(?:\s*+=\s*+(?:"(?P<a>[^"]*+)"|'(?P<b>[^']*+)'|(?P<c>[^\s>]*+)))?+"""
)


@lru_cache(maxsize=512)
def anchors(html: str) -> tuple[tuple[str | None, str], ...]:
    """The links of an editor's HTML, in order: where each leads (None: nowhere) and its words."""
    if "<a" not in html.lower():
        return ()
    reader = _Anchors()
    here = 0
    while opening := _MARKUP.search(html, here):
        reader.read_words(html[here : opening.start()])
        closing = _ENDS[opening["comment"] or ""].match(html, opening.end())
        # What a tag that never ends holds is not shown.
        here = closing.end() if closing else len(html)
        if closing and opening["tag"]:
            reader.read_tag(opening["tag"].lower(), closing[0])
    reader.read_words(html[here:])
    reader.end()
    return tuple(reader.found)


class _Anchors:
    """Gathers links from the words and tags of a text, in their order."""

    def __init__(self) -> None:
        self.found: list[tuple[str | None, str]] = []
        self._href: str | None = None
        self._words: list[str] | None = None

    def read_tag(self, tag: str, attributes: str) -> None:
        if tag == "a":
            self.end()
            given: dict[str, str | None] = {}
            for each in _ATTRIBUTE.finditer(attributes):
                value = next((each[quoted] for quoted in "abc" if each[quoted] is not None), None)
                given.setdefault(each["name"].lower(), value and unescape(value))
            # A place to jump to is no link; word processors leave many.
            if "href" in given or not given.keys() & {"name", "id"}:
                self._href, self._words = given.get("href"), []
        elif tag == "br":
            self.read_words(" ")
        elif tag in {"/a", "/p", "/li"}:
            self.end()

    def read_words(self, html: str) -> None:
        if self._words is not None:
            self._words.append(unescape(html))

    def end(self) -> None:
        if self._words is not None:
            self.found.append((self._href, "".join(self._words).strip()))
        self._words = None
