"""The documented rules for a request body of Mail Send, and the provider's own schema of it.

The rules: https://www.twilio.com/docs/sendgrid/api-reference/mail-send/limitations, …/errors and
the descriptions of the fields in …/mail-send.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.standins.sendgrid.answers import error

MOST_PERSONALIZATIONS = MOST_RECIPIENTS = 1000
MOST_BYTES = 30_000_000
MOST_BYTES_OF_VALUES = 10_000
MOST_CATEGORIES, LONGEST_CATEGORY = 10, 255
NOT_OURS_TO_SET = {
    *("x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type"),
    *("content-transfer-encoding", "to", "from", "subject", "reply-to", "cc", "bcc"),
}
HEADER_NAME = re.compile(r"[!-9;-~]+")
ADDRESS = re.compile(r"[^\s@\x00-\x20\x7f-\U0010ffff<>,;]+@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+")
CONTENT_ORDER = ["text/plain", "text/html"]

Errors = Iterator[dict[str, Any]]


@cache
def published(name: str) -> Any:
    """One of the provider's specifications, or None where it is not on this machine."""
    # Only here: pytest, which that module needs, is not there where benchmarks run.
    from tests.optional import SHARED

    file = SHARED / "specs" / "sendgrid" / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


@cache
def validator(name: str, *path: str) -> Any:
    """Checks against the schema at `path` of a specification; None where that is not here.

    Made once: to make it takes longer than to check a small body with it.
    """
    from jsonschema import Draft202012Validator

    specification = schema = published(name)
    if specification is None:
        return None
    for step in path:
        schema = schema[step]
    return Draft202012Validator(schema | {"components": specification["components"]})


def complaints(body: Any, *, published: bool = True) -> list[dict[str, Any]]:
    """What is wrong with a request body, in the form of the provider's errors."""
    schema = validator(
        *("tsg_mail_v3", "components", "requestBodies", "PostMailSend"),
        *("content", "application/json", "schema"),
    )
    if published and schema is not None and (found := list(against(schema, body))):
        return found
    try:
        return list(_of_the_message(body))
    except (AttributeError, KeyError, TypeError, ValueError):
        # Only without the schema, which is what tells of wrong types in detail.
        return [error(None, "The body has something of a wrong type.")]


def against(schema: Any, body: Any) -> Errors:
    """What a validator finds, in the form of the provider's errors."""
    for found in schema.iter_errors(body):
        place = [str(step) for step in found.absolute_path]
        if found.validator == "required":
            place += [name for name in found.validator_value if name not in found.instance][:1]
        yield error(".".join(place) or None, found.message)


def _of_the_message(body: Any) -> Errors:
    people = body.get("personalizations") or []
    if not 1 <= len(people) <= MOST_PERSONALIZATIONS:
        yield error("personalizations", "There must be 1 to 1000 personalizations.")
    yield from _of_the_sender(body)
    if not body.get("subject") and not all(person.get("subject") for person in people):
        yield error("subject", "The subject is required.")
    yield from _of_the_content(body.get("content") or [])
    yield from _of_headers("headers", body.get("headers", {}), {})
    yield from _of_categories(body.get("categories", []))
    if "custom_args" in body:
        yield from _of_values("custom_args", body["custom_args"])
    seen: set[str] = set()
    recipients = 0
    for place, person in enumerate(people):
        where = f"personalizations.{place}"
        for field in ("to", "cc", "bcc"):
            recipients += len(person.get(field, []))
            yield from _of_mailboxes(f"{where}.{field}", person.get(field, []), seen)
        if not person.get("to"):
            yield error(f"{where}.to", "The to array is required, with at least one in it.")
        substitutions = person.get("substitutions", {})
        yield from _of_values(f"{where}.substitutions", substitutions)
        yield from _of_values(f"{where}.custom_args", person.get("custom_args", {}))
        yield from _of_headers(f"{where}.headers", person.get("headers", {}), substitutions)
    if recipients > MOST_RECIPIENTS:
        yield error("personalizations", "There may be 1000 recipients in all.")


def _of_the_sender(body: Any) -> Errors:
    if not body.get("from"):
        yield error("from", "is required")
    else:
        yield from _of_mailboxes("from", [body["from"]], set())
    if body.get("reply_to"):
        yield from _of_mailboxes("reply_to", [body["reply_to"]], set())
    if body.get("reply_to") and body.get("reply_to_list"):
        yield error("reply_to", "may not be there together with reply_to_list")


def _of_mailboxes(where: str, mailboxes: Any, seen: set[str]) -> Errors:
    for place, mailbox in enumerate(mailboxes):
        field = f"{where}.{place}" if "personalizations" in where else where
        address, name = mailbox["email"], mailbox.get("name", "")
        if not ADDRESS.fullmatch(address):
            yield error(f"{field}.email", f"Does not contain a valid address: {mailbox}")
        if address.lower() in seen:
            yield error(where, f"Each address must be unique, and this came before: {address}")
        seen.add(address.lower())
        if re.search("[;,]", name) and not (name[:1] == name[-1:] == '"'):
            yield error(f"{field}.name", "may not have a comma or a semicolon outside of quotes")
        if re.search("[\r\n]", name):
            yield error(f"{field}.name", "may not have a line break")


def _of_the_content(content: Any) -> Errors:
    if not content:
        yield error("content", "There must be at least one content.")
    kinds = [part["type"] for part in content]
    order = [CONTENT_ORDER.index(kind) if kind in CONTENT_ORDER else 9 for kind in kinds]
    if order != sorted(order) or len(set(kinds)) != len(kinds):
        yield error("content", "text/plain must come first, then text/html, then the others.")
    for place, part in enumerate(content):
        if not part.get("value"):
            yield error(f"content.{place}.value", "must be a string of at least one character")


def _of_headers(where: str, headers: Any, substitutions: Any) -> Errors:
    for name, value in headers.items():
        if name.lower() in NOT_OURS_TO_SET or not HEADER_NAME.fullmatch(name):
            yield error(f"{where}.{name}", "may not be set")
        if not isinstance(value, str) or not value.isascii() or re.search("[\r\n]", value):
            yield error(f"{where}.{name}", "must be one line of ASCII")
        elif any(mark in value for mark in substitutions):
            # The provider takes it, and the reader gets the bare mark.
            yield error(f"{where}.{name}", "Substitutions do not reach headers.")


def _of_categories(categories: Any) -> Errors:
    if len(categories) > MOST_CATEGORIES or len(set(categories)) != len(categories):
        yield error("categories", "There may be 10 categories, each of them once.")
    for place, category in enumerate(categories):
        if not isinstance(category, str) or not category.isascii():
            yield error(f"categories.{place}", "must be a string of ASCII")
        elif len(category) > LONGEST_CATEGORY:
            yield error(f"categories.{place}", "may have 255 characters")


def _of_values(where: str, values: Any) -> Errors:
    if not all(isinstance(value, str) for value in values.values()):
        yield error(where, "must be strings")
    elif sum(len(f"{key}{value}".encode()) for key, value in values.items()) > MOST_BYTES_OF_VALUES:
        yield error(where, "has over 10,000 bytes")
