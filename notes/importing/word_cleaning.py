"""Takes out of a Word document what is no part of its text, and keeps what Mammoth would drop.

Hidden and deleted words and comments go; fields, text boxes and changes of the writing's
direction are unwrapped. What was there is counted, because a person should know of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET

from notes.importing.word_styles import Role, Styles, W, is_on

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_V = "{urn:schemas-microsoft-com:vml}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

# What of the document is worth a sentence, in the order in which the sentences stand.
SENTENCES = {
    "tracked": "changes were tracked in Word: what was inserted is in the draft, and what was "
    "deleted is not",
    "comments": "its comments were left out: {count}",
    "hidden": "hidden text was left out",
    "boxes": "the text of its text boxes stands where they were anchored: {count}",
    "formulas": "formulas were left out: {count}",
    "objects": "embedded objects were left out: {count}",
    "drawings": "drawings, charts or diagrams were left out: {count}",
    "struck": "struck-through words are ordinary words now",
}

_LEFT_OUT = {
    f"{W}del": "tracked",
    f"{W}moveFrom": "tracked",
    f"{W}commentReference": "comments",
    f"{W}object": "objects",
    f"{W}altChunk": "objects",
    f"{_MATH}oMath": "formulas",
    f"{_MATH}oMathPara": "formulas",
}
_COUNTED = {f"{W}ins": "tracked", f"{W}moveTo": "tracked", f"{W}txbxContent": "boxes"}
_UNWRAPPED = {f"{W}dir", f"{W}bdo", f"{W}ruby", f"{W}rubyBase"}
_RENAMED = {f"{W}cr": f"{W}br", f"{W}ptab": f"{W}tab"}
# Properties say of a paragraph's end or a table's row that it was deleted, which Mammoth knows.
_PROPERTIES = {f"{W}rPr", f"{W}pPr", f"{W}trPr", f"{W}tcPr"}
_SHOWN = {f"{W}t", f"{W}txbxContent", f"{_A}blip", f"{_V}imagedata"}
# Mammoth looks through all open fields at each run, and never closes one that the file does not.
_MOST_OPEN_FIELDS = 50
_MOST_FIELDS = 2_000


class TooManyFieldsError(Exception):
    """The document has more fields than Mammoth reads in reasonable time."""


def clean(root: ET.Element, styles: Styles, kinds: Mapping[str, str]) -> Counter[str]:
    """Clean a part's tree in place.

    Args:
        root: of the document, or of its footnotes or endnotes.
        styles: the document's.
        kinds: of the part's relationships, by their keys; what refers to another is broken, and
            left out.

    Returns:
        How often there was what `SENTENCES` speaks of.

    Raises:
        TooManyFieldsError: if it has too many.
    """
    cleaning = _Cleaning(styles, kinds)
    cleaning.inside(root)
    _check_fields(root)
    return cleaning.found


def text_of(root: ET.Element) -> str:
    """All the words of a clean tree."""
    return "".join(element.text or "" for element in root.iter(f"{W}t"))


class _Cleaning:
    def __init__(self, styles: Styles, kinds: Mapping[str, str]) -> None:
        self.found: Counter[str] = Counter()
        self._styles = styles
        self._kinds = kinds

    def inside(self, parent: ET.Element) -> None:
        """Clean all that is in an element."""
        if parent.tag == f"{W}rPr" and is_on(parent.find(f"{W}strike")):
            self.found["struck"] += 1
        if parent.tag in _PROPERTIES:
            self.found["tracked"] += sum(child.tag in {f"{W}ins", f"{W}del"} for child in parent)
            for child in parent:
                self.inside(child)
            return
        parent[:] = [kept for child in parent for kept in self._kept(child)]

    def _kept(self, element: ET.Element) -> Iterator[ET.Element]:
        """What stands in the place of an element."""
        tag = element.tag
        if self._is_gone(element):
            return
        self.found[_COUNTED.get(tag, "")] += 1
        if tag in _UNWRAPPED:
            self.inside(element)
            yield from element
        elif tag == f"{_MC}AlternateContent":
            chosen = _chosen(element)
            if chosen is not None:
                self.inside(chosen)
                yield from chosen
        elif tag == f"{W}fldSimple":
            yield _run(_field_mark("begin"), _instruction(element.get(f"{W}instr", "")))
            yield _run(_field_mark("separate"))
            self.inside(element)
            yield from element
            yield _run(_field_mark("end"))
        elif tag == f"{W}drawing":
            yield from self._drawing(element)
        else:
            element.tag = _RENAMED.get(tag, tag)
            if tag == f"{W}p":
                _name_by_outline(element, self._styles)
            self.inside(element)
            yield element

    def _is_gone(self, element: ET.Element) -> bool:
        if kind := _LEFT_OUT.get(element.tag):
            self.found[kind] += 1
            return True
        if element.tag == f"{W}r" and self._is_hidden(element):
            self.found["hidden"] += 1
            return True
        if element.tag == f"{W}tr" and element.find(f"{W}trPr/{W}del") is not None:
            self.found["tracked"] += 1
            return True
        if element.tag in {f"{W}footnoteReference", f"{W}endnoteReference"}:
            return f"{W}id" not in element.attrib
        wanted = "image" if element.tag == f"{_V}imagedata" else "hyperlink"
        if self._kinds.get(element.get(f"{_R}id", ""), "") != wanted:
            element.attrib.pop(f"{_R}id", None)
        return False

    def _is_hidden(self, run: ET.Element) -> bool:
        own = run.find(f"{W}rPr/{W}vanish")
        if own is not None:
            return is_on(own)
        style = run.find(f"{W}rPr/{W}rStyle")
        named = "" if style is None else style.get(f"{W}val", "")
        return self._styles.of(named).hidden

    def _drawing(self, drawing: ET.Element) -> Iterator[ET.Element]:
        """A picture as it is; of anything else that is drawn, the text."""
        for blip in drawing.iter(f"{_A}blip"):
            # Mammoth would look for a linked picture where it is; here it is only told of.
            keys = [blip.attrib.pop(f"{_R}{name}", "") for name in ("embed", "link")]
            for key in keys:
                if self._kinds.get(key) == "image":
                    blip.attrib.setdefault(f"{_R}embed", key)
        boxes = list(drawing.iter(f"{W}txbxContent"))
        if boxes:
            text = ET.Element(f"{W}pict")
            text.extend(boxes)
            self.inside(text)
            yield text
        elif drawing.find(f".//{_A}blip") is None:
            self.found["drawings"] += 1
        else:
            yield drawing


def _chosen(alternatives: ET.Element) -> ET.Element | None:
    """The one of two ways to draw the same that has something for us; both have the same words."""
    ways = [alternatives.find(f"{_MC}{name}") for name in ("Fallback", "Choice")]
    there = [way for way in ways if way is not None]
    full = [way for way in there if any(element.tag in _SHOWN for element in way.iter())]
    return next(iter(full or there), None)


def _name_by_outline(paragraph: ET.Element, styles: Styles) -> None:
    """Give a paragraph that is a heading by its own outline level a heading's style."""
    properties = paragraph.find(f"{W}pPr")
    level = None if properties is None else properties.find(f"{W}outlineLvl")
    if properties is None or level is None or level.get(f"{W}val", "") not in set("012345678"):
        return
    style = properties.find(f"{W}pStyle")
    if style is None:
        style = ET.SubElement(properties, f"{W}pStyle")
    if styles.of(style.get(f"{W}val", "")).role is Role.TEXT:
        style.set(f"{W}val", f"heading {int(level.get(f'{W}val', '0')) + 1}")


def _run(*children: ET.Element) -> ET.Element:
    run = ET.Element(f"{W}r")
    run.extend(children)
    return run


def _field_mark(kind: str) -> ET.Element:
    return ET.Element(f"{W}fldChar", {f"{W}fldCharType": kind})


def _instruction(text: str) -> ET.Element:
    element = ET.Element(f"{W}instrText")
    element.text = text
    return element


def _check_fields(root: ET.Element) -> None:
    marks = [mark.get(f"{W}fldCharType") for mark in root.iter(f"{W}fldChar")]
    unclosed = marks.count("begin") - marks.count("end")
    if len(marks) > _MOST_FIELDS * 3 or unclosed > _MOST_OPEN_FIELDS:
        raise TooManyFieldsError
