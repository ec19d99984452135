"""What a Word document's styles mean for a note, whatever they are called and in whose language.

Word writes the names of its own styles in English into every file; other programs and
people do not. A style that somebody made means what the one means that it is based on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from xml.etree import ElementTree as ET

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class Role(Enum):
    """What a paragraph is by its style."""

    TEXT = auto()
    TITLE = auto()
    HEADING = auto()
    QUOTE = auto()
    CAPTION = auto()
    CONTENTS = auto()


@dataclass(frozen=True, slots=True)
class Style:
    """A style's meaning. `level` is a heading's, from 1; `name` is empty for Word's own styles."""

    role: Role = Role.TEXT
    level: int = 0
    bold: bool = False
    italic: bool = False
    hidden: bool = False
    indent: int = 0
    name: str = ""


PLAIN = Style()

_ROLES = {
    Role.TITLE: "title|subtitle|titel|untertitel|titre|sous-?titre|título|subtítulo|titolo|"
    "sottotitolo|ondertitel|заголовок|подзаголовок",
    Role.QUOTE: "(?:intense )?quotes?|quotations?|block ?(?:text|quote|quotation)|"
    "(?:intensives )?zitat|citation(?: intense)?|cita(?: destacada)?|citazione(?: intensa)?|"
    "(?:duidelijk )?citaat",
    Role.CAPTION: "captions?|beschriftung|légende|leyenda|descripción|didascalia|bijschrift",
    Role.CONTENTS: "(?:toc|verzeichnis|tm|tdc|inhopg|sommario)(?: ?heading| ?[1-9])|toc|"
    "table of (?:contents|figures)|contents [1-9]",
}
_BY_NAME = {role: re.compile(pattern) for role, pattern in _ROLES.items()}
_HEADING = re.compile(
    r"(?:heading|überschrift|ueberschrift|berschrift|titre|título|ttulo|titolo|kop|rubrik|"
    r"заголовок|nagłówek|başlık)\s*(?P<level>[1-9])"
)
# Word's own names: what is based on none of those is somebody's own.
_DEEPEST_BASE = 20


class Styles:
    """The styles of a document. Each is looked at when it is used: a file may list thousands."""

    def __init__(self, root: ET.Element | None) -> None:
        """
        Args:
            root: of `styles.xml`; None for a document without it.
        """
        listed = () if root is None else root.iter(f"{W}style")
        self._elements = {element.get(f"{W}styleId", ""): element for element in listed}
        self._known: dict[str, Style] = {}

    def of(self, key: str, name: str = "") -> Style:
        """What the style with a key means; of one that is not described its name says it."""
        if key not in self._known:
            known = key in self._elements
            self._known[key] = _style(key, self._elements) if known else _by_name(name or key)
        return self._known[key]


def is_on(element: ET.Element | None) -> bool:
    """Whether a mark like `<w:b/>` is there and not switched off."""
    return element is not None and element.get(f"{W}val", "1") not in {"0", "false", "off", "none"}


def _by_name(name: str) -> Style:
    return _named(name) or PLAIN


def _style(key: str, elements: dict[str, ET.Element]) -> Style:
    chain = list(_chain(key, elements))
    marks: dict[str, bool] = {}
    indent = 0
    for element in reversed(chain):
        for mark in ("b", "i", "vanish"):
            found = element.find(f"{W}rPr/{W}{mark}")
            if found is not None:
                marks[mark] = is_on(found)
        indent = indent_of(element.find(f"{W}pPr/{W}ind")) or indent
    meant = next((known for one in chain if (known := _meaning(one))), PLAIN)
    own = elements[key].get(f"{W}customStyle") == "1" and meant is PLAIN
    return Style(
        role=meant.role,
        level=meant.level,
        bold=marks.get("b", False),
        italic=marks.get("i", False),
        hidden=marks.get("vanish", False),
        indent=indent,
        name=_name(elements[key]) if own else "",
    )


def _chain(key: str, elements: dict[str, ET.Element]) -> Iterator[ET.Element]:
    """The style and those it is based on, nearest first; a circle ends."""
    for _ in range(_DEEPEST_BASE):
        element = elements.get(key)
        if element is None:
            return
        yield element
        base = element.find(f"{W}basedOn")
        key = "" if base is None else base.get(f"{W}val", "")


def _name(element: ET.Element) -> str:
    name = element.find(f"{W}name")
    return "" if name is None else name.get(f"{W}val", "")


def _meaning(element: ET.Element) -> Style | None:
    named = _named(_name(element)) or _named(element.get(f"{W}styleId", ""))
    level = element.find(f"{W}pPr/{W}outlineLvl")
    if named is None and level is not None and level.get(f"{W}val", "") in set("012345678"):
        return Style(Role.HEADING, int(level.get(f"{W}val", "0")) + 1)
    return named


def _named(name: str) -> Style | None:
    plain = " ".join(name.casefold().split())
    if found := _HEADING.fullmatch(plain):
        return Style(Role.HEADING, int(found["level"]))
    return next((Style(role) for role, known in _BY_NAME.items() if known.fullmatch(plain)), None)


def indent_of(element: ET.Element | None) -> int:
    """How far from the left a paragraph is set, in twentieths of a point."""
    said = "" if element is None else element.get(f"{W}left") or element.get(f"{W}start") or ""
    return int(said) if re.fullmatch(r"[0-9]{1,6}", said) else 0
