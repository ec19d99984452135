"""Reads a rendered mail the way a person or a mail program does."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from html.parser import HTMLParser

from rendering.sanitising import clean_text

UNSEEN = {"style", "title", "head"}
VOID = {"meta", "img", "br", "link", "hr"}


class Page(HTMLParser):
    """The tags, the headings, and the words of a page; alternative texts are words."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[tuple[int, str]] = []
        self.text = ""
        self.deepest = 0
        self._open: list[str] = []
        self.feed(re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL))
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        inside_a_line = tag == "span" and "lang" in dict(attrs)
        breaks = tag in {"p", "li", "td", "th", "br", "div", "span"} and not inside_a_line
        self.text += " " if breaks else ""
        if tag in VOID:
            self.text += f" {dict(attrs).get('alt') or ''} "
            return
        self._open.append(tag)
        self.deepest = max(self.deepest, len(self._open))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data):
        if UNSEEN & set(self._open):
            return
        self.text += data
        if self.headings and any(re.fullmatch("h[1-6]", tag) for tag in self._open):
            level, text = self.headings[-1]
            self.headings[-1] = (level, text + data)


def plain_words(value: object, *, without: tuple[str, ...] = ()) -> list[str]:
    """Every word of every plain text in a content value, but for its addresses and such."""
    if isinstance(value, str):
        return clean_text(value).split()
    if isinstance(value, tuple):
        return [word for item in value for word in plain_words(item, without=without)]
    if is_dataclass(value):
        return [
            word
            for field in fields(value)
            if field.name not in without
            for word in plain_words(getattr(value, field.name), without=without)
        ]
    return []


# What a content value holds beside the words that readers see in the mail's body.
NO_WORDS = (
    "html", "url", "url_2x", "home_url", "slug", "countries", "colour", "short_name",
    "subject_line", "preview_text", "template_set",
)  # fmt: skip
