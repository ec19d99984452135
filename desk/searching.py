"""The search of Wagtail's lists, given words that the database can look for.

Wagtail puts what was typed between quotation marks of SQLite's own, so that one more of them breaks
the question; PostgreSQL refuses a NUL; and some hundred words are deeper than Python goes.
"""

from __future__ import annotations

import re
from typing import Any

from modelsearch.backends import database

MOST_WORDS = 30
# Found nowhere; of an empty search Wagtail's lists don't know what it is among.
NOTHING = "-"
_UNSEARCHABLE = re.compile(r'["\0]')


class Plain:
    """In front of a search backend of Wagtail's."""

    def search(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        """Whole words."""
        return super().search(plain(query), *args, **kwargs)  # type: ignore[misc]

    def autocomplete(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        """Words and beginnings of words."""
        return super().autocomplete(plain(query), *args, **kwargs)  # type: ignore[misc]


def SearchBackend(options: dict[str, Any]) -> Any:  # noqa: N802 - the name that Wagtail asks for
    """The backend for the database there is."""
    own = type(database.SearchBackend(options))
    return type("SearchBackend", (Plain, own), {})(options)


def plain(query: Any) -> Any:
    """What was typed without what can't be searched for, and no more words than anybody types."""
    if not isinstance(query, str):
        return query
    return " ".join(_UNSEARCHABLE.sub(" ", query).split()[:MOST_WORDS]) or NOTHING
