"""What stands after the `?` of an address of the desk, or in a form, and is of no page's making.

Wagtail's own views take it at its word, and fail at a number that is none or a page that there is
not. Each line of the tables is about one of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import InvalidPage
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.utils.datastructures import MultiValueDictKeyError

from archive.errors import bad_request, page_not_found

NUMBER = r"[0-9]{1,18}"
DESK = "/desk/"
# Django's views delete at once when they are asked so; Wagtail looks at what stands against it, and
# writes down who did, in a POST only. Its previews are made for it.
DELETES = re.compile(rf"{DESK}(?!.*/preview/)")
WITH_A_WAY_ON = tuple(f"{DESK}{part}/" for part in ("bulk", "images", "snippets", "users"))


@dataclass(frozen=True, slots=True)
class Rule:
    """Below an address, what is called so is as Wagtail expects it, or the request is refused."""

    below: str | tuple[str, ...]
    parameter: str
    fits: str
    in_each_form: bool = False

    def holds_for(self, query: QueryDict) -> bool:
        """Whether all that a query has of this parameter fits."""
        return all(
            re.fullmatch(self.fits, value, re.DOTALL)
            for name, values in query.lists()
            if re.fullmatch(self.parameter, name, re.DOTALL)
            for value in values
        )


RULES = (
    Rule("/desk/bulk/", "id", rf"all|{NUMBER}"),
    Rule("/desk/snippets/choose/", "id", NUMBER),
    Rule("/desk/images/chooser/", "id", NUMBER),
    Rule("/desk/choose-page/", "id", NUMBER),
    Rule("/desk/choose-", r"parent_page_id|target_pages\[\]", rf"(?:{NUMBER})?"),
    Rule("/desk/workflows/", "p", NUMBER),
    # Django makes up to 2,000 rows of a group's form, and Wagtail asks the database in each.
    Rule(DESK, ".*-TOTAL_FORMS", "1?[0-9]{1,2}"),
    # How many blocks follow; and what was chosen.
    Rule("/desk/snippets/", ".*-count", "[0-9]{1,4}"),
    Rule("/desk/snippets/", "photo", rf"(?:{NUMBER})?"),
    Rule("/desk/editing-sessions/", "revision_id", NUMBER),
    Rule("/desk/choose-external-link/", "external-link-chooser-url", ".*", in_each_form=True),
    # In some zone they begin or end in a year that Python does not count.
    Rule(DESK, "timestamp_(?:from|to)", "(?!.*(?:0001|9999)).*"),
    # PostgreSQL can't look for a NUL.
    Rule(DESK, "tag|term", r"[^\0]*"),
    # What has neither in it Django takes for the name of an address.
    Rule(WITH_A_WAY_ON, "next", "(?:.*[/.].*)?"),
)


class OddQueries:
    """Middleware: refuses them in plain words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, *_arguments: Any
    ) -> HttpResponse | None:
        """Before a view of the desk; a form that is its view's own to read is left to it."""
        if request.method == "DELETE" and DELETES.match(request.path_info):
            return HttpResponseNotAllowed(("GET", "HEAD", "OPTIONS", "POST"))
        rules = [rule for rule in RULES if request.path_info.startswith(rule.below)]
        fit = all(rule.holds_for(request.GET) for rule in rules)
        if rules and request.method == "POST" and not getattr(view, "csrf_exempt", False):
            form = request.POST
            fit &= all(rule.holds_for(form) for rule in rules)
            fit &= all(rule.parameter in form for rule in rules if rule.in_each_form)
        return None if fit else bad_request(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What only shows when the view is at work."""
        if not request.path_info.startswith(DESK):
            return None
        if isinstance(error, InvalidPage):
            return page_not_found(request)
        return bad_request(request) if is_of_half_a_form(error) else None


def is_of_half_a_form(error: Exception) -> bool:
    """Whether something is missing of which another part of the form says that it is there."""
    no_order = isinstance(error, KeyError) and error.args == ("ORDER",)
    return no_order or isinstance(error, MultiValueDictKeyError)
