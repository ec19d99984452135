"""The places of a mail that differ from reader to reader.

Everything else is the same bytes for everybody and rendered once. A transport
puts each reader's values in place of the marks, or has the provider do so.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

OPENING = "[%"


class Mark(StrEnum):
    """What stands in the rendered mail until a copy is made for one reader."""

    UNSUBSCRIBE_URL = "[%unsubscribe_url%]"
    PREFERENCES_URL = "[%preferences_url%]"


def personalise(text: str, values: Mapping[Mark, str]) -> str:
    """The text with every mark replaced; values are addresses, safe in HTML and in text."""
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text
