"""The places of a mail that differ from reader to reader.

Everything else is the same bytes for everybody and rendered once. A transport
puts each reader's values in place of the marks, or has the provider do so.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from enum import StrEnum

from django.conf import settings
from django.utils.translation import pgettext

from rendering.readers_language import in_readers_language

OPENING = "[%"


class Mark(StrEnum):
    """What stands in the rendered mail until a copy is made for one reader."""

    UNSUBSCRIBE_URL = "[%unsubscribe_url%]"
    PREFERENCES_URL = "[%preferences_url%]"
    READER_NAME = "[%reader_name%]"
    READER_NAME_IN_HTML = "[%reader_name_in_html%]"


# More of a name than this is no name.
LONGEST_NAME = 80


def name_values(name: str) -> dict[Mark, str]:
    """What stands in place of the marks for a reader's name: the same words in both parts.

    A name comes from the reader, so it is one line of bounded length without a per cent sign,
    so nothing in it looks like a mark, and in HTML it is escaped.
    """
    if not name.isprintable():
        name = "".join(char for char in name if char.isprintable() or char.isspace())
    words = " ".join(name.split())[:LONGEST_NAME].replace("%", "").strip() or _nameless()
    return {Mark.READER_NAME: words, Mark.READER_NAME_IN_HTML: html.escape(words)}


def _nameless() -> str:
    """How a reader of whom no name is known is spoken of."""
    with in_readers_language():
        return pgettext("This mail goes to … because of a subscription", "you")


def personalise(text: str, values: Mapping[Mark, str]) -> str:
    """The text with every mark replaced; each value is safe where its mark stands."""
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text


def shown_to_nobody(text: str) -> str:
    """A part as one for whom no name is known reads it; the links lead nobody anywhere."""
    return personalise(
        text,
        {
            Mark.UNSUBSCRIBE_URL: f"{settings.SITE_URL}/unsubscribe/preview",
            Mark.PREFERENCES_URL: f"{settings.SITE_URL}/preferences/preview",
            **name_values(""),
        },
    )
