"""What is sent to the API and what it answers; the description is made from these, too."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from subscribers.api.problems import Problem

# PostgreSQL keeps no NUL, and in names and slugs no control character means anything.
_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
Slug = Annotated[str, StringConstraints(pattern=r"^[-a-zA-Z0-9_]{1,40}$")]


class State(StrEnum):
    """What became of a wish."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    ENDED = "ended"


class Wish(BaseModel):
    """Somebody filled in a form to get some publications."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    address: Annotated[str, StringConstraints(min_length=3, max_length=254, pattern=_ONE_LINE)] = (
        Field(description="The e-mail address; it is asked to confirm.")
    )
    name: Annotated[str, StringConstraints(max_length=200, pattern=_ONE_LINE)] = Field(
        "", description="The person's name, if they gave one."
    )
    publications: list[Slug] = Field(
        min_length=1, max_length=20, description="Which ones, by their short names in addresses."
    )
    wording: Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")] = Field(
        "", description="What the person was shown and agreed to; kept as the evidence."
    )
    visitor: IPv4Address | IPv6Address | None = Field(
        None, description="The visitor's network address; only a keyed hash of it is kept."
    )


class OfOnePublication(BaseModel):
    """How it stands with one of the publications."""

    publication: str
    state: State


class Subscription(BaseModel):
    """A wish and what became of it, without the address."""

    id: UUID
    state: State = Field(
        description="`waiting` for the confirmation, `confirmed`, `expired` without it, or `ended`."
    )
    asked_at: datetime
    confirmed_at: datetime | None
    publications: list[OfOnePublication]


class Page(BaseModel):
    """Subscriptions, the newest first; `next` is the address of the page after it."""

    subscriptions: list[Subscription]
    next: str | None


def wish_in(body: bytes) -> Wish:
    """A body as a wish.

    Raises:
        Problem: 400 if it is no JSON, 422 with each place if it is another one.
    """
    try:
        return Wish.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        if any(one["type"] == "json_invalid" for one in found):
            raise Problem(
                HTTPStatus.BAD_REQUEST, "The body is no JSON in UTF-8; send an object."
            ) from None
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "The body is not as described in /api/v1/openapi.json.",
            errors=[_told(one) for one in found],
        ) from None


def _told(error: ErrorDetails) -> dict[str, str]:
    # What was sent is not repeated, also not as the name of a field.
    known = [
        str(step) for step in error["loc"] if isinstance(step, int) or step in Wish.model_fields
    ]
    unknown = error["type"] == "extra_forbidden"
    return {
        "pointer": "".join(f"/{step}" for step in known),
        "detail": "There is a field too many." if unknown else f"{error['msg']}.",
    }
