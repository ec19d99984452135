"""Email Logs: the messages that match a query, and one message in detail.

The grammar is the one of the published description: conditions on some fields, each with its own
operators, combined by AND, without nesting. It says nothing of quotes within quotes, so there
are none here.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from tests.standins.sendgrid.answers import Answer, RefusedError, Request, Work, error, refusal
from tests.standins.sendgrid.record import Copy, Record

COMPARISONS = {">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le}
OPERATORS = {
    "sg_message_id": {"="},
    "subject": {"="},
    "to_email": {"="},
    "status": {"IN"},
    "reason": {"="},
    "categories": {"IN"},
    "sg_message_id_created_at": set(COMPARISONS),
}
STATUSES = {"processed", "delivered", "deferred", "dropped", "bounced", "blocked"}
TOKEN = re.compile(
    r"""\s*(?:(?P<word>[A-Za-z_]+)|'(?P<single>[^']*)'|"(?P<double>[^"]*)"|(?P<sign>[<>]=?|[=(),]))"""
)
DEFAULT_LIMIT, HIGHEST_LIMIT = 10, 1000

Condition = tuple[str, str, Any]


class Logs:
    """`appear_after`: seconds that pass before a message can be found; settable at any time."""

    def __init__(self, record: Record, clock: Callable[[], float]) -> None:
        self._record = record
        self._clock = clock
        self.appear_after = 0.0

    def search(self, request: Request) -> Work:
        """POST /v3/logs"""
        body = request.json()
        if not isinstance(body, dict):
            raise RefusedError(refusal(400))
        limit, query = body.get("limit", DEFAULT_LIMIT), body.get("query", "")
        if type(limit) is not int or not 1 <= limit <= HIGHEST_LIMIT:
            raise RefusedError(Answer(400, {"errors": [error("limit", "must be 1 to 1000")]}))
        try:
            conditions = parse(query)
        except (TypeError, ValueError) as wrong:
            raise RefusedError(Answer(400, {"errors": [error("query", str(wrong))]})) from None

        def work() -> Answer:
            found = (copy for copy in self._candidates(conditions) if _fits(copy, conditions))
            return Answer(200, {"messages": [_summary(copy) for copy in islice(found, limit)]})

        return work

    def details(self, request: Request) -> Work:
        """GET /v3/logs/{sg_message_id}"""
        copy = self._record.by_id(request.path.rpartition("/")[2])
        if copy is None or not self._visible(copy):
            raise RefusedError(refusal(404))
        return lambda: Answer(200, _details(copy))

    def _visible(self, copy: Copy) -> bool:
        return bool(copy["accepted_at"] + self.appear_after <= self._clock())

    def _candidates(self, conditions: list[Condition]) -> Iterable[Copy]:
        """The newest first; as few as an index can tell."""
        asked = {field: value for field, _, value in conditions}
        if "sg_message_id" in asked:
            one = self._record.by_id(asked["sg_message_id"])
            copies = [one] if one else []
        elif "to_email" in asked:
            copies = self._record.to(asked["to_email"])
        elif "categories" in asked:
            found = {
                copy["sg_message_id"]: copy
                for category in asked["categories"]
                for copy in self._record.in_category(category)
            }
            copies = sorted(found.values(), key=operator.itemgetter("accepted_at"))
        else:
            copies = self._record.all()
        return filter(self._visible, reversed(copies))


def parse(query: str) -> list[Condition]:
    """The conditions of a query: field, operator, value.

    Raises:
        ValueError: with a sentence, for what the published grammar does not have.
    """
    if not query:
        return []
    tokens = _tokens(query)
    conditions = []
    while True:
        conditions.append(_condition(tokens))
        if not tokens:
            return conditions
        if tokens.pop(0) != ("word", "AND"):
            raise ValueError("Conditions are combined by AND alone.")


def _tokens(query: str) -> list[tuple[str, str]]:
    tokens, place = [], 0
    while query[place:].strip():
        found = TOKEN.match(query, place)
        if found is None:
            raise ValueError(f"Nothing can be made of character {place + 1}.")
        kind = found.lastgroup or ""
        tokens.append(("string" if kind in ("single", "double") else kind, found[kind]))
        place = found.end()
    return tokens


def _condition(tokens: list[tuple[str, str]]) -> Condition:
    field = _next(tokens, "word")
    if field not in OPERATORS:
        raise ValueError(f"There is no field {field}.")
    sign = _next(tokens, "word" if tokens and tokens[0][0] == "word" else "sign")
    if sign not in OPERATORS[field]:
        raise ValueError(f"{field} can't be asked by {sign}.")
    if sign == "=":
        return field, sign, _next(tokens, "string")
    if sign == "IN":
        values = _list(tokens)
        if field == "status" and not set(values) <= STATUSES:
            raise ValueError("There is no such status.")
        return field, sign, values
    if _next(tokens, "word") != "TIMESTAMP":
        raise ValueError("A moment is written as TIMESTAMP and a string.")
    return field, sign, _moment(_next(tokens, "string"))


def _list(tokens: list[tuple[str, str]]) -> list[str]:
    _next(tokens, "sign", "(")
    values = [_next(tokens, "string")]
    while _next(tokens, "sign") == ",":
        values.append(_next(tokens, "string"))
    return values


def _next(tokens: list[tuple[str, str]], kind: str, text: str = "") -> str:
    if not tokens:
        raise ValueError("The query ends too early.")
    found, value = tokens.pop(0)
    if found != kind or (text and value != text):
        raise ValueError(f"A {text or kind} was expected, and not {value}.")
    return value


def _moment(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("A moment is written as 2025-01-01T00:00:00Z.") from None
    if moment.tzinfo is None or "T" not in text:
        raise ValueError("A moment is written as 2025-01-01T00:00:00Z.")
    return moment.timestamp()


def _fits(copy: Copy, conditions: list[Condition]) -> bool:
    for field, sign, value in conditions:
        if field == "categories":
            fits = not set(value).isdisjoint(copy["categories"])
        elif field == "sg_message_id_created_at":
            fits = COMPARISONS[sign](int(copy["accepted_at"]), value)
        elif sign == "IN":
            fits = copy[field] in value
        else:
            fits = copy["to" if field == "to_email" else field] == value
        if not fits:
            return False
    return True


def _summary(copy: Copy) -> dict[str, Any]:
    # It has neither categories nor custom arguments: only the details have them.
    created = datetime.fromtimestamp(int(copy["accepted_at"]), UTC)
    return {
        "from_email": copy["body"]["from"]["email"],
        "sg_message_id": copy["sg_message_id"],
        "subject": copy["subject"],
        "to_email": copy["to"],
        "reason": copy["reason"],
        "status": copy["status"],
        "sg_message_id_created_at": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _details(copy: Copy) -> dict[str, Any]:
    shown = ("from_email", "sg_message_id", "subject", "to_email", "status")
    return {name: value for name, value in _summary(copy).items() if name in shown} | {
        "api_key_id": "stand-in",
        "client_ip": "127.0.0.1",
        "category": copy["categories"],
        "custom_args": copy["custom_args"],
        "events": [
            {name: value for name, value in event.items() if name not in copy["custom_args"]}
            | {"category": copy["categories"], "custom_args": copy["custom_args"]}
            for event in copy["events"][-100:]
        ],
    }
