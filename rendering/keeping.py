"""Content as JSON and back: what was mailed is kept with it, and shown for ever.

What is written today must be readable by every later version: a field that content
values get later needs a default, and each kind of part a field that no other kind has.
"""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from rendering.content import AlertContent, CorrectionContent, IssueContent
from rendering.sanitising import clean

_ISSUE = TypeAdapter(IssueContent)
_ALERT = TypeAdapter(AlertContent)
_CORRECTION = TypeAdapter(CorrectionContent)
_ADAPTERS: dict[type, TypeAdapter[Any]] = {
    IssueContent: _ISSUE,
    AlertContent: _ALERT,
    CorrectionContent: _CORRECTION,
}


def to_json(content: IssueContent | AlertContent | CorrectionContent) -> dict[str, Any]:
    """The content as plain JSON values, every string clean as in the mail.

    PostgreSQL refuses a NUL in JSON, and no database keeps half of a surrogate pair.
    """
    plain: dict[str, Any] = _ADAPTERS[type(content)].dump_python(clean(content), mode="json")
    return plain


def issue_from_json(data: dict[str, Any]) -> IssueContent:
    """An issue's content as `to_json` kept it."""
    return _ISSUE.validate_python(data)


def alert_from_json(data: dict[str, Any]) -> AlertContent:
    """An alert's content as `to_json` kept it."""
    return _ALERT.validate_python(data)


def correction_from_json(data: dict[str, Any]) -> CorrectionContent:
    """A correction's content as `to_json` kept it."""
    return _CORRECTION.validate_python(data)
