"""Content as JSON and back: what was mailed is kept with it, and shown for ever.

What is written today must be readable by every later version: a field that content
values get later needs a default, and each kind of part a field that no other kind has.
"""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from rendering.content import AlertContent, IssueContent
from rendering.sanitising import clean

_ISSUE = TypeAdapter(IssueContent)
_ALERT = TypeAdapter(AlertContent)


def to_json(content: IssueContent | AlertContent) -> dict[str, Any]:
    """The content as plain JSON values, every string clean as in the mail.

    PostgreSQL refuses a NUL in JSON, and no database keeps half of a surrogate pair.
    """
    adapter: TypeAdapter[Any] = _ISSUE if isinstance(content, IssueContent) else _ALERT
    plain: dict[str, Any] = adapter.dump_python(clean(content), mode="json")
    return plain


def issue_from_json(data: dict[str, Any]) -> IssueContent:
    """An issue's content as `to_json` kept it."""
    return _ISSUE.validate_python(data)


def alert_from_json(data: dict[str, Any]) -> AlertContent:
    """An alert's content as `to_json` kept it."""
    return _ALERT.validate_python(data)
