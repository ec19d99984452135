"""What the API says when it can't do what was asked: problem details (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import JsonResponse

CONTENT_TYPE = "application/problem+json"
# Answers are one person's business, and no page takes them for one of its own.
HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


class Problem(Exception):  # noqa: N818 - what the standard calls it
    """An answer that is no success.

    Args:
        status: the HTTP status.
        detail: what is wrong and what to do, in a sentence; never with an address in it.
        headers: what goes out with it, e.g. `Retry-After`.
        errors: of a body, what is wrong where: dicts of `pointer` (RFC 6901) and `detail`.
    """

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        errors: list[dict[str, str]] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}
        self.errors = errors

    def answer(self) -> JsonResponse:
        """As a response; its type is `about:blank`, so its title is the status's own phrase."""
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
        }
        if self.errors is not None:
            body["errors"] = self.errors
        return JsonResponse(
            body,
            status=self.status,
            content_type=CONTENT_TYPE,
            headers={**HEADERS, **self.headers},
        )
