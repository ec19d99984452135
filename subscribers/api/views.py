"""The addresses of the API. A method is a function here; which scope it needs is in one table."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from subscribers.api import wishes
from subscribers.api.bodies import Page, wish_in
from subscribers.api.description import description
from subscribers.api.keys import Scope, holder
from subscribers.api.problems import HEADERS, Problem
from subscribers.models import ApiKey
from subscribers.networks import network_of

PAGE_SIZE = 50
LARGEST_PAGE = 200
# Names at most 20 publications and 2,000 characters of wording.
LARGEST_BODY = 20_000

Method = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Call:
    """What is done for a method, and the scope that it needs; `scope` is None for anybody."""

    method: Method
    scope: Scope | None


def begin(request: HttpRequest, key: ApiKey) -> HttpResponse:
    """`POST /api/v1/subscriptions`."""
    if request.content_type != "application/json":
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send the body as application/json.")
    begun = wishes.begin(key, wish_in(_body(request)))
    response = _json(begun.model_dump(mode="json"), HTTPStatus.ACCEPTED)
    response["Location"] = _address(begun.id)
    return response


def overview(request: HttpRequest, key: ApiKey) -> HttpResponse:
    """`GET /api/v1/subscriptions`."""
    size = _whole_number(request, "limit", PAGE_SIZE, LARGEST_PAGE) or PAGE_SIZE
    found, after = wishes.page(key, _whole_number(request, "before", None, 2**63 - 1), size)
    now = timezone.now()
    path = f"{settings.SITE_URL}{reverse('api:subscriptions')}"
    page = Page(
        subscriptions=[wishes.told(one, now) for one in found],
        next=f"{path}?limit={size}&before={after}" if after is not None else None,
    )
    return _json(page.model_dump(mode="json"))


def show(request: HttpRequest, key: ApiKey, public_id: UUID) -> HttpResponse:
    """`GET /api/v1/subscriptions/{id}`."""
    found = wishes.find(key, public_id)
    return _json(wishes.told(found, timezone.now()).model_dump(mode="json"))


def end(request: HttpRequest, key: ApiKey, public_id: UUID) -> HttpResponse:
    """`DELETE /api/v1/subscriptions/{id}`."""
    wishes.end(key, public_id)
    return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=HEADERS)


SUBSCRIPTIONS = {"GET": Call(overview, Scope.READ), "POST": Call(begin, Scope.WRITE)}
SUBSCRIPTION = {"GET": Call(show, Scope.READ), "DELETE": Call(end, Scope.DELETE)}


@csrf_exempt  # No cookie is looked at: the key in the header is the only authority.
def subscriptions(request: HttpRequest) -> HttpResponse:
    """All that the key began, or one more."""
    return _answered(request, SUBSCRIPTIONS)


@csrf_exempt
def subscription(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One of them."""
    return _answered(request, SUBSCRIPTION, public_id=public_id)


@csrf_exempt
def openapi(request: HttpRequest) -> HttpResponse:
    """The description of the API, for programs; no key is needed to read it."""
    if request.method not in ("GET", "HEAD"):
        return _not_allowed({"GET": None}).answer()
    return JsonResponse(description(), headers={"Access-Control-Allow-Origin": "*"})


@csrf_exempt
def nothing(request: HttpRequest) -> HttpResponse:
    """Whatever else is asked for below the API's address."""
    where = f"{settings.SITE_URL}{reverse('api:openapi')}"
    return Problem(
        HTTPStatus.NOT_FOUND, f"There is nothing at this address; what there is says {where}."
    ).answer()


def _answered(request: HttpRequest, calls: dict[str, Call], **arguments: Any) -> HttpResponse:
    try:
        method = "GET" if request.method == "HEAD" else request.method or ""
        call = calls.get(method)
        if call is None:
            raise _not_allowed(calls)
        authorization = request.headers.get("Authorization", "")
        key = holder(authorization, call.scope, network_of(request), timezone.now())
        return call.method(request, key, **arguments)
    except Problem as problem:
        return problem.answer()
    except (DatabaseError, InterfaceError):
        return Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "The database is busy or away, and nothing was done; call again in a minute.",
            headers={"Retry-After": "60"},
        ).answer()


def _not_allowed(calls: Any) -> Problem:
    allowed = ", ".join(sorted({*calls, "HEAD"} if "GET" in calls else calls))
    return Problem(
        HTTPStatus.METHOD_NOT_ALLOWED,
        f"This address answers to {allowed}.",
        headers={"Allow": allowed},
    )


def _body(request: HttpRequest) -> bytes:
    too_large = Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Send at most {LARGEST_BODY:,} bytes."
    )
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if declared.isdecimal() and int(declared) > LARGEST_BODY:
        raise too_large
    try:
        body = request.body
    except RequestDataTooBig:
        raise too_large from None
    except UnreadablePostError:
        raise Problem(HTTPStatus.BAD_REQUEST, "The body broke off.") from None
    if len(body) > LARGEST_BODY:
        raise too_large
    return body


def _whole_number(request: HttpRequest, name: str, default: int | None, largest: int) -> int | None:
    text = request.GET.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"[1-9][0-9]{0,18}", text) or int(text) > largest:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"“{name}” must be a whole number from 1 to {largest}.",
            errors=[{"pointer": f"#{name}", "detail": "Not such a number."}],
        )
    return int(text)


def _address(public_id: UUID) -> str:
    return f"{settings.SITE_URL}{reverse('api:subscription', args=[public_id])}"


def _json(body: Any, status: HTTPStatus = HTTPStatus.OK) -> JsonResponse:
    return JsonResponse(body, status=status, headers=HEADERS)
