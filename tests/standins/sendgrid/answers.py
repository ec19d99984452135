"""What is asked of the stand-in, what it answers, and the provider's form of saying no."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

# The words are the provider's published examples' (tsg_mail_v3.json).
WORDS = {
    400: "invalid request",
    401: "authorization required",
    403: "access forbidden",
    404: "not found",
    405: "method not allowed",
    406: "not acceptable",
    413: "content too large",
    415: "unsupported media type",
    429: "too many requests",
    500: "internal server error",
    503: "service not available",
}


@dataclass(frozen=True)
class Request:
    """One request, read to its last byte. `path` has no query, and names no host."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes

    def json(self) -> Any:
        """The body.

        Raises:
            RefusedError: 400 if it is no JSON.
        """
        try:
            return json.loads(self.raw)
        except ValueError:
            raise RefusedError(refusal(400)) from None


@dataclass(frozen=True)
class Answer:
    """`content` is sent as JSON; bytes are sent as they are, as HTML; None is no body."""

    status: int
    content: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def payload(self) -> bytes:
        if self.content is None:
            return b""
        if isinstance(self.content, bytes):
            return self.content
        return json.dumps(self.content).encode()


# What remains to be done when a request was found in order: done once, or by a fault not at all.
Work = Callable[[], Answer]


class RefusedError(Exception):
    """The request is answered so, and changes nothing."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def error(field: str | None, message: str) -> dict[str, Any]:
    return {"field": field, "message": message}


def refusal(status: int, message: str = "", **headers: str) -> Answer:
    """A no that names no field."""
    return Answer(status, {"errors": [{"message": message or WORDS[status]}]}, headers)
