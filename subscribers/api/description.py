"""The API's description in OpenAPI 3.1, made from the bodies, scopes and calls that there are.

https://spec.openapis.org/oas/v3.1.1
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from pydantic.json_schema import models_json_schema

from subscribers.api.bodies import Page, Subscription, Wish
from subscribers.api.keys import Scope
from subscribers.api.problems import CONTENT_TYPE

_REF = "#/components/schemas/{model}"
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and what to do."},
        "errors": {
            "type": "array",
            "description": "Of a body, what is wrong where (RFC 6901).",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
_WRONG = {
    "400": "The body is no JSON.",
    "401": "There is no key, or none that is in force.",
    "403": "The key lacks the scope.",
    "404": "The key began nothing with this id.",
    "405": "The address does not answer to this method.",
    "413": "The body is too large.",
    "415": "The body is not sent as application/json.",
    "422": "A value can't be.",
    "429": "Too many calls; `Retry-After` says when to come again.",
    "503": "The database is away; nothing was done.",
}
_ALWAYS = ("401", "403", "405", "429", "503")


def description() -> dict[str, Any]:
    """The whole description, as JSON values."""
    _, schemas = models_json_schema(
        [(Wish, "validation"), (Subscription, "serialization"), (Page, "serialization")],
        ref_template=_REF,
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Subscriptions of {settings.WAGTAIL_SITE_NAME}",
            "version": "1",
            "description": "Subscribes people who filled in a form elsewhere. Each is asked by "
            "mail to confirm and gets nothing before. A key sees and ends only what it began.",
        },
        "servers": [{"url": f"{settings.SITE_URL}/api/v1"}],
        "security": [{"key": []}],
        "paths": _paths(),
        "components": {
            "schemas": {**schemas["$defs"], "Problem": _PROBLEM},
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key from the desk (Readers, API keys). Its scopes: "
                    + "; ".join(f"`{scope}`: {scope.meaning}" for scope in Scope),
                }
            },
        },
    }


def _paths() -> dict[str, Any]:
    an_id = {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
    }
    limit = _query("limit", "How many at most.", {"type": "integer", "minimum": 1, "maximum": 200})
    before = _query(
        "before", "Where `next` of the page before says.", {"type": "integer", "minimum": 1}
    )
    return {
        "/subscriptions": {
            "post": {
                "operationId": "begin",
                "summary": "Ask somebody to confirm",
                "description": f"Needs `{Scope.WRITE}`. The answer is the same whether or not the "
                "address is known here.",
                "requestBody": {"required": True, **_content("Wish")},
                "responses": {
                    "202": _success("The address is asked to confirm.", "Subscription"),
                    **_problems("400", "413", "415", "422"),
                },
            },
            "get": {
                "operationId": "overview",
                "summary": "What this key began, the newest first",
                "description": f"Needs `{Scope.READ}`.",
                "parameters": [limit, before],
                "responses": {"200": _success("A page of them.", "Page"), **_problems("422")},
            },
        },
        "/subscriptions/{id}": {
            "parameters": [an_id],
            "get": {
                "operationId": "show",
                "summary": "What became of one",
                "description": f"Needs `{Scope.READ}`.",
                "responses": {
                    "200": _success("How it stands.", "Subscription"),
                    **_problems("404"),
                },
            },
            "delete": {
                "operationId": "end",
                "summary": "End one; again changes nothing",
                "description": f"Needs `{Scope.DELETE}`. What its reader confirmed anew since "
                "stays.",
                "responses": {"204": {"description": "It is ended."}, **_problems("404")},
            },
        },
    }


def _query(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _success(description: str, model: str) -> dict[str, Any]:
    return {"description": description, **_content(model)}


def _content(model: str, of_type: str = "application/json") -> dict[str, Any]:
    return {"content": {of_type: {"schema": {"$ref": _REF.format(model=model)}}}}


def _problems(*statuses: str) -> dict[str, Any]:
    return {
        status: {"description": _WRONG[status], **_content("Problem", CONTENT_TYPE)}
        for status in sorted({*statuses, *_ALWAYS})
    }
