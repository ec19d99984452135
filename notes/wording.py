"""What a revision of a note says, without what Wagtail writes down beside the words."""

from __future__ import annotations

import json
import re
from typing import Any

# Facts about the note as a whole: no part of its text, so no revision changes them.
ABOUT_THE_WHOLE = (
    "slug",
    "owner",
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


def words(content: dict[str, Any]) -> Any:
    """The content of a revision, such that two are equal if a reader could not tell them apart.

    Args:
        content: what `Revision.content` holds, or `Note.to_json()` once it is parsed.
    """
    body = json.loads(content.get("body") or "[]")
    return {**_kept(content), "body": [_block(block) for block in body]}


def _kept(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _kept(item) for name, item in value.items() if name not in _NO_WORDS}
    return [_kept(item) for item in value] if isinstance(value, list) else value


def _block(block: dict[str, Any]) -> Any:
    """A block of the body, and those in it, without the keys that the editor gives them."""
    value = block["value"]
    if block["type"] == "section":
        value = {**value, "parts": [_block(part) for part in value["parts"]]}
    elif block["type"] == "takeaways":
        points = [item["value"] for item in value]
        value = [{**point, "text": _unmarked(point["text"] or "")} for point in points]
    elif block["type"] == "text":
        value = _unmarked(value)
    return [block["type"], value]


def _unmarked(html: str) -> str:
    """Every paragraph gets such a mark when the editor opens a text for the first time."""
    return re.sub(r'(<[^<>]*?) data-block-key="[^"<>]*"', r"\1", html)
