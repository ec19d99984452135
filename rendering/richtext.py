"""An editor's HTML as a small tree: paragraphs and lists of runs, and nothing else.

What this tree can't hold can't reach a mail or a page: there is no deep nesting,
no unknown element and no half-open one. Every form of a text (mail, page, plain
text) is made from the tree, so all of them have the same words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from html import unescape
from itertools import groupby
from operator import attrgetter
from typing import Literal

from markupsafe import Markup, escape

from rendering.languages import tongue_of, tongued
from rendering.sanitising import BOUNDARIES, clean_text, sanitise

DEEPEST_LIST = 4
_HREF = attrgetter("href")
_LOOK = attrgetter("href", "strong", "emphasis", "raised")
_SPACE = re.compile(r"[ \t\n]+")


@dataclass(frozen=True, slots=True)
class Run:
    """Words that look alike; a line break is a newline."""

    text: str
    href: str = ""
    strong: bool = False
    emphasis: bool = False
    raised: Literal["", "sub", "sup"] = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Runs that stand together."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; an item holds paragraphs and lists."""

    ordered: bool
    items: tuple[tuple[Block, ...], ...]


Block = Paragraph | Listing


@lru_cache(maxsize=512)
def blocks(html: str) -> tuple[Block, ...]:
    """What an editor's HTML says; remembered, because each part of a mail asks for it.

    Raises:
        RenderingError: if it is too long (see `sanitising.sanitise`).
    """
    reader = _Reader()
    for token in _TOKEN.finditer(sanitise(html)):
        if words := token["words"]:
            reader.say(words)
        elif token["close"]:
            reader.close(token["tag"])
        else:
            reader.open(token["tag"], unescape(token["href"] or ""))
    return reader.blocks()


def rich_text(html: str) -> Markup:
    """An editor's HTML as a page may show it.

    Raises:
        RenderingError: if it is too long (see `sanitising.sanitise`).
    """
    return Markup("").join(_block_html(block) for block in blocks(html))


def inline_html(runs: tuple[Run, ...], link_style: str = "") -> Markup:
    """Runs as HTML.

    Args:
        runs: a paragraph's.
        link_style: CSS for the links' `style`: some mail programs drop every style sheet.
    """
    html = []
    for href, group in groupby(runs, key=_HREF):
        words = "".join(map(_run_html, group))
        if href:
            style = f' style="{escape(link_style)}"' if link_style else ""
            words = f'<a href="{escape(href)}"{style}>{words}</a>'
        html.append(words)
    return Markup("".join(html))  # noqa: S704 - escaped above, or tags of ours


def tongue(words: tuple[Run, ...] | str) -> Markup:
    """` lang="ar" dir="rtl"` for words that are all of one other script, else nothing."""
    text = words if isinstance(words, str) else "".join(run.text for run in words)
    known = tongue_of(text)
    return known.attributes if known else Markup("")


def _run_html(run: Run) -> str:
    html = str(tongued(run.text)).replace("\n", "<br>")
    for wanted, tag in ((run.raised, run.raised), (run.emphasis, "em"), (run.strong, "strong")):
        if wanted:
            html = f"<{tag}>{html}</{tag}>"
    return html


def _block_html(block: Block) -> Markup:
    if isinstance(block, Paragraph):
        return Markup("<p{}>{}</p>").format(tongue(block.runs), inline_html(block.runs))
    tag = "ol" if block.ordered else "ul"
    items = Markup("").join(_item_html(item) for item in block.items)
    return Markup(f"<{tag}>%s</{tag}>") % items  # noqa: S704 - a tag of ours


def _item_html(item: tuple[Block, ...]) -> Markup:
    first, *rest = item
    if isinstance(first, Paragraph) and not any(isinstance(block, Paragraph) for block in rest):
        opening, attributes = inline_html(first.runs), tongue(first.runs)
    else:
        opening, attributes = _block_html(first), Markup("")
    return Markup("<li{}>{}{}</li>").format(
        attributes, opening, Markup("").join(_block_html(block) for block in rest)
    )


# nh3 writes well-formed HTML in one way only: every `<` and `>` that is no tag is an entity, and
# a link's address is the one attribute that is left.
_TOKEN = re.compile(
    r'<(?P<close>/?)(?P<tag>\w+)(?: href="(?P<href>[^"]*)")?[^>]*>|(?P<words>[^<]+)'
)


@dataclass(slots=True)
class _OpenList:
    ordered: bool
    items: list[list[Block]]


class _Reader:
    """Reads sanitised, so well-formed, HTML."""

    def __init__(self) -> None:
        self._top: list[Block] = []
        self._runs: list[Run] = []
        # None stands for a list that is nested too deeply: its items go to the one around it.
        self._lists: list[_OpenList | None] = []
        self._links: list[str] = []
        self._raised: list[Literal["sub", "sup"]] = []
        self._strong = self._emphasis = 0

    def blocks(self) -> tuple[Block, ...]:
        self._end_paragraph()
        return tuple(self._top)

    def open(self, tag: str, href: str) -> None:
        match tag:
            case "strong" | "b":
                self._strong += 1
            case "em" | "i":
                self._emphasis += 1
            case "sub":
                self._raised.append("sub")
            case "sup":
                self._raised.append("sup")
            case "a":
                self._links.append(href)
            case "br":
                self._runs.append(self._run("\n"))
            case "ul" | "ol":
                self._end_paragraph()
                fits = sum(open_list is not None for open_list in self._lists) < DEEPEST_LIST
                self._lists.append(_OpenList(tag == "ol", []) if fits else None)
            case "li":
                self._end_paragraph()
                if (innermost := self._innermost()) is not None:
                    innermost.items.append([])
            case _:
                self._end_paragraph()

    def close(self, tag: str) -> None:
        match tag:
            case "strong" | "b":
                self._strong -= 1
            case "em" | "i":
                self._emphasis -= 1
            case "sub" | "sup":
                self._raised.pop()
            case "a":
                self._links.pop()
            case "br":
                pass
            case "ul" | "ol":
                self._end_paragraph()
                closed = self._lists.pop()
                if closed is not None and (items := [tuple(item) for item in closed.items if item]):
                    self._place().append(Listing(closed.ordered, tuple(items)))
            case _ if tag in BOUNDARIES or tag in {"p", "li"}:
                self._end_paragraph()

    def say(self, html: str) -> None:
        # An entity may have stood for a character that can't be printed.
        text = clean_text(unescape(html) if "&" in html else html)
        if text := _SPACE.sub(" ", text):
            self._runs.append(self._run(text))

    def _run(self, text: str) -> Run:
        return Run(
            text,
            href=self._links[-1] if self._links else "",
            strong=self._strong > 0,
            emphasis=self._emphasis > 0,
            raised=self._raised[-1] if self._raised else "",
        )

    def _innermost(self) -> _OpenList | None:
        return next((one for one in reversed(self._lists) if one is not None), None)

    def _place(self) -> list[Block]:
        innermost = self._innermost()
        if innermost is None:
            return self._top
        if not innermost.items:
            innermost.items.append([])
        return innermost.items[-1]

    def _end_paragraph(self) -> None:
        if any(run.text.strip() for run in self._runs) and (runs := _tidied(self._runs)):
            self._place().append(Paragraph(runs))
        self._runs = []


def _tidied(runs: list[Run]) -> tuple[Run, ...]:
    """Runs without doubled, opening and closing space; neighbours that look alike are one."""
    tidy: list[Run] = []
    for run in runs:
        text = run.text
        if not tidy or tidy[-1].text[-1] in " \n":
            text = text.lstrip(" ") if tidy else text.lstrip(" \n")
        if text.startswith("\n") and tidy:
            _strip_end(tidy, " ")
        if not text:
            continue
        if tidy and _LOOK(tidy[-1]) == _LOOK(run):
            tidy[-1] = replace(run, text=tidy[-1].text + text)
        else:
            tidy.append(run if text == run.text else replace(run, text=text))
    _strip_end(tidy, " \n")
    return tuple(tidy)


def _strip_end(runs: list[Run], characters: str) -> None:
    while runs:
        last = runs.pop()
        if text := last.text.rstrip(characters):
            runs.append(last if text == last.text else replace(last, text=text))
            return
