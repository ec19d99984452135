"""What a revision of a note says, without what Wagtail writes down beside the words."""

from __future__ import annotations

import json
import re
from typing import Any

# Facts about the note as a whole: no part of its text, so no revision changes them.
ABOUT_THE_WHOLE = (
    "slug",
    "moved_to",
    "printed_under",
    "import_key",
    "import_digest",
    "approved_revision",
    "approved_at",
    "approved_by",
)

_NO_WORDS = {
    *ABOUT_THE_WHOLE,
    # Keys and positions of rows: their order says as much.
    "id",
    "pk",
    "sort_order",
    # Wagtail's own bookkeeping.
    "latest_revision",
    "live",
    "live_revision",
    "has_unpublished_changes",
    "first_published_at",
    "last_published_at",
    "locked",
    "locked_at",
    "locked_by",
}


def words(content: Any) -> Any:
    """The content of a revision, such that two are equal if a reader could not tell them apart.

    Args:
        content: what `Revision.content` holds, or `Note.to_json()` once it is parsed.
    """
    if isinstance(content, dict):
        return {name: words(value) for name, value in content.items() if name not in _NO_WORDS}
    if isinstance(content, list):
        return [words(value) for value in content]
    if not isinstance(content, str):
        return content
    if content.startswith("[{"):
        try:
            return words(json.loads(content))  # a StreamField
        except ValueError:
            return content
    # The editor gives every paragraph a key when it opens a text for the first time.
    return re.sub(r' data-block-key="[^"]*"', "", content)
