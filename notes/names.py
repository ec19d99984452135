"""When two spellings name one person."""

from __future__ import annotations

import re
import unicodedata


def name_key(name: str) -> str:
    """What two spellings of one name share: no accents, case, points or extra spaces.

    >>> name_key("Santhiya. M") == name_key("Santhiya M")
    True
    """
    plain = unicodedata.normalize("NFKD", name).casefold()
    return " ".join(re.sub(r"[^\w\s]", " ", without_accents(plain)).split())


def without_accents(text: str) -> str:
    """The text with `é` as `e`, for keys and addresses; never for what is printed."""
    return "".join(char for char in text if not unicodedata.combining(char))
