"""The provider's lists of addresses that it does not mail, and why it drops a copy to one."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from tests.standins.sendgrid.answers import Answer, RefusedError, Request, Work, error, refusal
from tests.standins.sendgrid.rules import ADDRESS, against, validator

# What each list says of an address, besides the address and since when.
LISTS: dict[str, dict[str, str]] = {
    "bounces": {"reason": "550 5.1.1 The mailbox does not exist.", "status": "5.1.1"},
    "blocks": {"reason": "421 4.7.0 Blocked for now.", "status": "4.7.0"},
    "invalid_emails": {"reason": "Mail domain mentioned in email address is unknown"},
    "spam_reports": {"ip": "127.0.0.1"},
    "unsubscribes": {},
}
# A block is of one message: who is blocked is tried again the next time.
DROPS = {
    "unsubscribes": "Unsubscribed Address",
    "bounces": "Bounced Address",
    "spam_reports": "Spam Reporting Address",
    "invalid_emails": "Invalid",
}
HIGHEST_LIMIT = 500


class Suppressions:
    """Addresses are the same in whatever case."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._lists: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in LISTS}

    def add(self, name: str, address: str, created: float | None = None, **said: str) -> None:
        entry = {"created": int(self._clock() if created is None else created), "email": address}
        with self._lock:
            # Who is there already is not moved: the first time is the one that counts.
            self._lists[name].setdefault(address.lower(), entry | LISTS[name] | said)

    def on(self, name: str) -> set[str]:
        with self._lock:
            return {entry["email"] for entry in self._lists[name].values()}

    def why_dropped(self, address: str) -> str:
        """The reason of the drop, or nothing if the address is mailed."""
        key = address.lower()
        return next((DROPS[name] for name in DROPS if key in self._lists[name]), "")

    def page(self, request: Request) -> Work:
        """GET /v3/suppression/{list}, the newest first"""
        name = request.path.split("/")[3]
        if name == "bounces" and "accept" not in request.headers:
            raise RefusedError(refusal(406))
        start = _number(request, "start_time", 0, None, 0)
        end = _number(request, "end_time", 0, None, None)
        limit = _number(request, "limit", 1, HIGHEST_LIMIT, HIGHEST_LIMIT)
        offset = _number(request, "offset", 0, None, 0)
        wanted = _wanted(request.query.get("email", ""), whole=name == "invalid_emails")

        def work() -> Answer:
            with self._lock:
                entries = list(self._lists[name].values())
            found = [
                entry
                for entry in reversed(entries)
                if start <= entry["created"]
                and (end is None or entry["created"] <= end)
                and wanted.match(entry["email"])
            ]
            found.sort(key=lambda entry: -entry["created"])
            return Answer(200, found[offset : offset + limit])

        return work

    def one(self, request: Request) -> Work:
        """GET /v3/suppression/{list}/{email}"""
        name, key = _name_and_key(request)
        return lambda: Answer(200, [found] if (found := self._lists[name].get(key)) else [])

    def delete_one(self, request: Request) -> Work:
        """DELETE /v3/suppression/{list}/{email}"""
        name, key = _name_and_key(request)
        if key not in self._lists[name]:
            raise RefusedError(refusal(404))
        return lambda: self._delete(name, [key])

    def delete_many(self, request: Request) -> Work:
        """DELETE /v3/suppression/{list}"""
        name, body = request.path.split("/")[3], request.json()
        if not isinstance(body, dict) or bool(body.get("delete_all")) == bool(body.get("emails")):
            raise RefusedError(refusal(400))
        keys = list(self._lists[name]) if body.get("delete_all") else body["emails"]
        return lambda: self._delete(name, [key.lower() for key in keys])

    def add_globally(self, request: Request) -> Work:
        """POST /v3/asm/suppressions/global"""
        body = request.json()
        schema = validator("tsg_suppressions_v3", "components", "schemas", "SuppressionsRequest")
        if schema is not None and (found := list(against(schema, body))):
            raise RefusedError(Answer(400, {"errors": found}))
        addresses = body.get("recipient_emails") if isinstance(body, dict) else None
        if not isinstance(addresses, list) or not addresses:
            raise RefusedError(Answer(400, {"errors": [error("recipient_emails", "is required")]}))
        for place, address in enumerate(addresses):
            if not isinstance(address, str) or not ADDRESS.fullmatch(address):
                wrong = error(f"recipient_emails.{place}", "is no valid address")
                raise RefusedError(Answer(400, {"errors": [wrong]}))

        def work() -> Answer:
            for address in addresses:
                self.add("unsubscribes", address)
            return Answer(201, {"recipient_emails": addresses})

        return work

    def one_globally(self, request: Request) -> Work:
        """GET /v3/asm/suppressions/global/{email}"""
        key = _last_of(request)
        found = self._lists["unsubscribes"].get(key)
        return lambda: Answer(200, {"recipient_email": found["email"]} if found else {})

    def delete_globally(self, request: Request) -> Work:
        """DELETE /v3/asm/suppressions/global/{email}"""
        return lambda: self._delete("unsubscribes", [_last_of(request)])

    def _delete(self, name: str, keys: list[str]) -> Answer:
        with self._lock:
            for key in keys:
                self._lists[name].pop(key, None)
        return Answer(204)


def _last_of(request: Request) -> str:
    return unquote(request.path.rpartition("/")[2]).lower()


def _name_and_key(request: Request) -> tuple[str, str]:
    return request.path.split("/")[3], _last_of(request)


def _number(request: Request, name: str, least: int, most: int | None, default: int | None) -> Any:
    text = request.query.get(name)
    if text is None:
        return default
    number = int(text) if re.fullmatch("[0-9]+", text) else -1
    if number < least or (most is not None and number > most):
        raise RefusedError(Answer(400, {"errors": [error(name, f"must be {least} to {most}")]}))
    return number


def _wanted(pattern: str, *, whole: bool) -> re.Pattern[str]:
    """The beginning of the address, or with % for anything; invalid addresses by the whole."""
    parts = [re.escape(part) for part in pattern.split("%")]
    expression = ".*".join(parts)
    return re.compile(f"{expression}$" if whole and pattern else expression, re.IGNORECASE)
