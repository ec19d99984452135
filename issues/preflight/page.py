"""The HTML of a mail as a light tree, read once however many checks look at it.

What only some mail programs read (comments for Outlook, style sheets) is no part of its words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser

from rendering.mjml import VOID

# Elements within a line: where one begins or ends, no word ends.
_IN_LINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "code", "em", "font", "i", "s", "small", "span", "strong"}
    | {"sub", "sup", "u", "wbr"}
)
_WITHOUT_WORDS = frozenset({"head", "script", "style", "template", "title"})


@dataclass(slots=True, eq=False)
class Element:
    """A tag with its attributes, their names in lower case, and what stands in it."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)
    _declared: dict[str, str] | None = None
    _classes: frozenset[str] | None = None

    @property
    def style(self) -> dict[str, str]:
        """The declarations of its `style`, properties and values in lower case, as cascaded."""
        if self._declared is None:
            self._declared = declarations(self.attributes.get("style", ""))
        return self._declared

    @property
    def classes(self) -> frozenset[str]:
        """The names in its `class`."""
        if self._classes is None:
            self._classes = frozenset(self.attributes.get("class", "").split())
        return self._classes

    @property
    def is_hidden(self) -> bool:
        """Whether nobody sees it, like the preview text: by `display`, or where it is too small."""
        style = self.style
        return (
            self.tag in _WITHOUT_WORDS
            or style.get("display") == "none"
            or style.get("visibility") == "hidden"
            or style.get("opacity") == "0"
            or (style.get("overflow") == "hidden" and style.get("max-height") in {"0", "0px"})
        )

    def walk(self) -> Iterator[Element]:
        """The element and all in it, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def text(self) -> str:
        """The words that are seen of it, one passage a line."""
        return "\n".join(shown(self))


def declarations(style: str) -> dict[str, str]:
    """The declarations of a `style` attribute or of a rule's block, in lower case.

    One marked `!important` keeps the mark at its end, and is not overridden by a later one
    without it.
    """
    found: dict[str, str] = {}
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        name, value = name.strip().lower(), " ".join(value.lower().split())
        stays = "!important" in found.get(name, "") and "!important" not in value
        if colon and name and not stays:
            found[name] = value
    return found


@lru_cache(maxsize=4)
def page(html: str) -> Element:
    """The tree of a page; the root has no tag. What is never closed ends with what it is in."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


def first(root: Element, tag: str) -> Element | None:
    """The first element with this tag, or None."""
    return next((element for element in root.walk() if element.tag == tag), None)


def shown(element: Element) -> Iterator[str]:
    """What is seen of an element's words, block by block, in the order of the page."""
    words: list[str] = []
    for piece in _pieces(element):
        if piece is not None:
            words.append(piece)
        else:
            if passage := " ".join("".join(words).split()):
                yield passage
            words = []


def following(root: Element, element: Element, characters: int) -> str:
    """The words after an element, up to the next picture, and no more than `characters`."""
    words = ""
    reached = False
    for item in _flow(root):
        if item is element:
            reached = True
        elif reached and isinstance(item, Element) and item.tag == "img":
            break
        elif reached and isinstance(item, str):
            words += item
            if len(words) >= characters:
                break
    return words[:characters]


def _flow(element: Element) -> Iterator[Element | str]:
    if not element.is_hidden:
        yield element
        for child in element.children:
            if isinstance(child, Element):
                yield from _flow(child)
            else:
                yield child


def _pieces(element: Element) -> Iterator[str | None]:
    """Its words; None where a block begins or ends."""
    if element.is_hidden:
        return
    in_line = element.tag in _IN_LINE and element.style.get("display") in {None, "inline"}
    if not in_line:
        yield None
    for child in element.children:
        if isinstance(child, Element):
            yield from _pieces(child)
        else:
            yield child
    if not in_line:
        yield None


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self._here = Element("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._here)
        self._here.children.append(element)
        if tag not in VOID:
            self._here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        element: Element | None = self._here
        while element is not None and element.tag != tag:
            element = element.parent
        if element is not None and element.parent is not None:
            self._here = element.parent

    def handle_data(self, data: str) -> None:
        self._here.children.append(data)
