"""Turns the Markdown below the front matter into sections and their parts.

Text keeps exactly the marks that the desk's editor has too (see `notes.blocks`): bold,
italic, links, lists. HTML is no mark here: it is printed as it is typed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from notes.importing.parsed import (
    FigurePart,
    NoteFormatError,
    ParsedPart,
    ParsedSection,
    PictureFile,
    QuotePart,
    TablePart,
    TakeawaysPart,
    TextPart,
    fitting,
)

# Indented text and underlined headings surprise people, and a note shows no program code.
_LEFT_OUT = ["code", "fence", "backticks", "html_block", "html_inline", "lheading"]
_TAGS = {"strong": "b", "em": "i", "bullet_list": "ul", "ordered_list": "ol", "list_item": "li"}
_ADDRESSES = ("https://", "http://", "mailto:")
_ATTRIBUTION = re.compile(r"^(?:—|–|--)\s*(?P<who>.+)$")
# Under such a heading a numbered list with bold openings is more than a list.
_TAKEAWAYS = re.compile(r"\btakeaways?\b", re.IGNORECASE)
_HTML_TAG = re.compile(r"</?[a-z][^<>]*>|<!--", re.IGNORECASE)


def read_body(text: str, source_name: str) -> tuple[tuple[ParsedSection, ...], list[str]]:
    """The sections, and what a person should look at.

    Args:
        text: the Markdown, with its lines numbered as in the file.
        source_name: the file's name, for messages.

    Raises:
        NoteFormatError: for what a note's body can't hold, with the line where it begins.
    """
    markdown = MarkdownIt("commonmark").enable("table").disable(_LEFT_OUT)
    reader = _Reader(source_name)
    try:
        tree = SyntaxTreeNode(markdown.parse(text))
        return tuple(reader.sections(tree.children)), reader.warnings
    except RecursionError:
        raise NoteFormatError(source_name, "its marks nest too deeply to be read.") from None


class _Reader:
    """Walks the syntax tree of one file."""

    def __init__(self, source_name: str) -> None:
        self.source_name = source_name
        self.warnings: list[str] = []

    def error(self, sentence: str, node: SyntaxTreeNode) -> NoteFormatError:
        return NoteFormatError(self.source_name, sentence, _line(node))

    def sections(self, nodes: Sequence[SyntaxTreeNode]) -> Iterator[ParsedSection]:
        heading: SyntaxTreeNode | None = None
        under: list[SyntaxTreeNode] = []
        for node in nodes:
            if node.type == "heading":
                self._check_level(node)
                yield from self._section(heading, under)
                heading, under = node, []
            elif node.type != "hr":
                under.append(node)
        yield from self._section(heading, under)

    def _section(
        self, heading: SyntaxTreeNode | None, under: Sequence[SyntaxTreeNode]
    ) -> Iterator[ParsedSection]:
        if heading is None:
            if under:
                yield ParsedSection("", tuple(self.parts(under)))
            return
        text = _plain(heading).strip()
        if not text:
            raise self.error("a section heading is empty; write it behind the ##.", heading)
        if not under:
            raise self.error(f"the section “{text[:60]}” has no text.", heading)
        fitting(text, "heading", self.source_name, _line(heading))
        takeaways = bool(_TAKEAWAYS.search(text))
        yield ParsedSection(text, tuple(self.parts(under, takeaways=takeaways)))

    def _check_level(self, heading: SyntaxTreeNode) -> None:
        if heading.tag == "h2":
            return
        advice = (
            "the headline goes into the front matter as `subject` and `claim`"
            if heading.tag == "h1"
            else "a section has no headings inside; make this line bold"
        )
        raise self.error(f"headings of sections begin with ##; {advice}.", heading)

    def parts(
        self, nodes: Sequence[SyntaxTreeNode], *, takeaways: bool = False
    ) -> Iterator[ParsedPart]:
        """The parts under one heading; text that follows text is one part.

        Args:
            takeaways: whether the heading announces takeaways.
        """
        text: list[str] = []
        for node in nodes:
            if takeaways and _is_of_takeaways(node):
                other: list[ParsedPart] = [self._takeaways(node)]
            else:
                other = list(self._set_apart(node))
            if not other:
                text.append(self._block(node))
                continue
            if text:
                yield TextPart("".join(text))
                text = []
            yield from other
        if text:
            yield TextPart("".join(text))

    def _set_apart(self, node: SyntaxTreeNode) -> Iterator[ParsedPart]:
        if node.type == "blockquote":
            yield self._quote(node)
        elif node.type == "table":
            yield TablePart(
                tuple(
                    tuple(self._cell(cell, node) for cell in row.children)
                    for group in node.children
                    for row in group.children
                )
            )
        elif node.type == "paragraph" and (pictures := _only_pictures(node)):
            yield from (FigurePart(self._picture(picture, node)) for picture in pictures)

    def _block(self, node: SyntaxTreeNode) -> str:
        if node.type == "paragraph":
            return f"<p>{self._inline(node)}</p>"
        if node.type in {"bullet_list", "ordered_list"}:
            return self._list(node)
        raise self.error("only text, lists, quotations, pictures and tables can stand here.", node)

    def _list(self, node: SyntaxTreeNode) -> str:
        self._look_at_start(node)
        items = []
        for item in node.children:
            inner: list[str] = []
            for child in item.children:
                if child.type == "paragraph":
                    inner.append(("<br/>" if inner else "") + self._inline(child))
                elif child.type in {"bullet_list", "ordered_list"}:
                    inner.append(self._list(child))
                else:
                    raise self.error("only text and lists can stand in a list.", child)
            items.append(f"<li>{''.join(inner)}</li>")
        tag = _TAGS[node.type]
        return f"<{tag}>{''.join(items)}</{tag}>"

    def _look_at_start(self, numbered: SyntaxTreeNode) -> None:
        start = numbered.attrGet("start")
        if start not in (None, 1):
            self.warnings.append(
                f"line {_line(numbered)}: the list begins with {start} and will begin with 1"
            )

    def _inline(self, node: SyntaxTreeNode) -> str:
        return "".join(self._mark(child, node) for child in _inside(node))

    def _mark(self, node: SyntaxTreeNode, block: SyntaxTreeNode) -> str:
        if node.type == "text":
            if _HTML_TAG.search(node.content):
                self.warnings.append(
                    f"line {_line(block)}: HTML is printed as it is typed, in “{node.content[:60]}”"
                )
            return html.escape(node.content, quote=False)
        if node.type in {"softbreak", "hardbreak"}:
            return " " if node.type == "softbreak" else "<br/>"
        inner = "".join(self._mark(child, block) for child in node.children)
        if node.type in {"strong", "em"}:
            return f"<{_TAGS[node.type]}>{inner}</{_TAGS[node.type]}>"
        if node.type == "link":
            address = str(node.attrGet("href") or "")
            if not address.lower().startswith(_ADDRESSES):
                raise self.error(
                    f"the link to “{address[:60]}” leads nowhere from a mail; begin it with "
                    "https://.",
                    block,
                )
            return f'<a href="{html.escape(address)}">{inner}</a>'
        raise self.error(
            "a picture stands in the middle of text; give it a line of its own.", block
        )

    def _picture(self, node: SyntaxTreeNode, block: SyntaxTreeNode) -> PictureFile:
        return PictureFile(
            file=str(node.attrGet("src") or ""),
            alt=fitting(_plain(node), "picture's alternative text", self.source_name, _line(block)),
            credit=fitting(
                str(node.attrGet("title") or ""),
                "picture's credit",
                self.source_name,
                _line(block),
            ),
            ai_generated=False,
            line=_line(block),
        )

    def _quote(self, node: SyntaxTreeNode) -> QuotePart:
        if any(child.type != "paragraph" for child in node.children) or not node.children:
            raise self.error("a quotation holds paragraphs of text only.", node)
        blocks = [_plain(child) for child in node.children]
        *words, last = "\n\n".join(blocks).split("\n")
        said = _ATTRIBUTION.match(last.strip())
        if said and not "".join(words).strip():
            raise self.error("the quotation has an attribution and no words.", node)
        text = "\n".join(words if said else [*words, last])
        # Lines of one paragraph are one line; an empty line parts two paragraphs.
        joined = "\n\n".join(" ".join(block.split("\n")) for block in text.strip().split("\n\n"))
        who = said["who"].strip() if said else ""
        return QuotePart(joined, fitting(who, "attribution", self.source_name, _line(node)))

    def _takeaways(self, numbered: SyntaxTreeNode) -> TakeawaysPart:
        self._look_at_start(numbered)
        points = []
        for item in numbered.children:
            opening, *others = item.children
            bold, *rest = _inside(opening)
            # `**Lead**: text` reads `Lead` and `text` once they stand apart.
            words = "".join(self._mark(node, opening) for node in rest).lstrip(" :–—").rstrip()
            text = f"<p>{words}</p>" if words else ""
            lead = _plain(bold).replace("\n", " ").strip().rstrip(":")
            if words.startswith((".", ",", ";", "!", "?")):
                lead, text = lead + words[0], f"<p>{words[1:].lstrip()}</p>" if words[1:] else ""
            points.append((lead, text + "".join(self._block(other) for other in others)))
        return TakeawaysPart(tuple(points))

    def _cell(self, cell: SyntaxTreeNode, table: SyntaxTreeNode) -> str:
        if any(child.type == "image" for child in _inside(cell)):
            raise self.error("a table holds no pictures.", table)
        return _plain(cell).strip()


def _inside(block: SyntaxTreeNode) -> list[SyntaxTreeNode]:
    """What stands in a paragraph, a heading or a cell, without the parser's empty texts."""
    return [
        child
        for inline in block.children
        for child in inline.children
        if child.type != "text" or child.content
    ]


def _is_of_takeaways(node: SyntaxTreeNode) -> bool:
    """Whether it is a numbered list each of whose items begins with bold words.

    A link in them would be lost: what is to be remembered is plain text.
    """
    return node.type == "ordered_list" and all(
        item.children
        and item.children[0].type == "paragraph"
        and (inside := _inside(item.children[0]))
        and inside[0].type == "strong"
        and _plain(inside[0]).strip(" :")
        and all(node.type != "link" for node in inside[0].walk())
        for item in node.children
    )


def _only_pictures(paragraph: SyntaxTreeNode) -> list[SyntaxTreeNode]:
    """The pictures of a paragraph that has nothing else in it."""
    inside = [node for node in _inside(paragraph) if node.type != "softbreak"]
    return inside if inside and all(node.type == "image" for node in inside) else []


def _plain(node: SyntaxTreeNode) -> str:
    """The words without their marks; a line break in the file stays one."""
    if node.type in {"softbreak", "hardbreak"}:
        return "\n"
    if node.type == "text":
        return node.content
    return "".join(_plain(child) for child in node.children)


def _line(node: SyntaxTreeNode) -> int | None:
    return node.map[0] + 1 if node.map else None
