"""What a note's text may hold: paragraphs, bold, italic, raised and lowered letters, links, lists.

Whatever else a word processor puts on the clipboard goes, and never a word with it.
"""

from __future__ import annotations

import html
import re

from notes.models import Note
from notes.texts import rich_texts

_LINK = re.compile(r"<a\b((?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)>(.*?)</a>", re.DOTALL | re.IGNORECASE)
_ADDRESS = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
# An address without its scheme is a page beside this one, where nothing is; `#_ftn1` is a place
# in the file that it was copied from.
_LEADS_SOMEWHERE = re.compile(r"(?:https?://|mailto:)[^\s]", re.IGNORECASE)
_EMPTY = re.compile(
    r"<(p|li)\b[^<>]*>(?:\s|&nbsp;|\u00a0|\u200b|\ufeff|<br\b[^<>]*>|</?(?:b|i|sub|sup)>)*+</\1>"
)
# Where a picture stood before the first word.
_LEADING = re.compile(r"(<(?:p|li)\b[^<>]*>)[ \u00a0]+(?=\S)")
_EMPTY_LIST = re.compile(r"<(ul|ol)\b[^<>]*>\s*</\1>")


def tidied(source: str) -> str:
    """A rich text without links that lead nowhere, and without room in which no word stands.

    >>> tidied('<p><a href="file:///C:/x.doc">Gold</a></p><p> </p>')
    '<p>Gold</p>'
    """
    source = _LINK.sub(_link, source)
    return _EMPTY_LIST.sub("", _LEADING.sub(r"\1", _EMPTY.sub("", source)))


def tidy(note: Note) -> None:
    """Tidy every rich text of a note in memory."""
    for source, put in rich_texts(note):
        better = tidied(source)
        if better != source:
            put(better)


def _link(found: re.Match[str]) -> str:
    address = _ADDRESS.search(found[1])
    named = html.unescape(address[1] or address[2] or "").strip() if address else ""
    return found[0] if _LEADS_SOMEWHERE.match(named) else found[2]
