"""Addresses at which a button does something and nothing is shown.

Who was signed out and presses the button is led there after signing in: they are told that nothing
was done, and where the button is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class DoneByAButton:
    """For a view whose `address` has the button."""

    http_method_names: Sequence[str] = ("post",)

    def http_method_not_allowed(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        refused = super().http_method_not_allowed(request, *args, **kwargs)  # type: ignore[misc]
        context = {"address": self.address()}  # type: ignore[attr-defined]
        page = render(request, "desk/press_again.html", context, status=refused.status_code)
        page["Allow"] = refused["Allow"]
        return page
