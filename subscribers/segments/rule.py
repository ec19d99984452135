"""A rule that chooses readers: clauses that all have to hold; in words, and in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from subscribers.segments.conditions import Clause


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL that is true of the rows of `subscription` that are chosen, and its values.

    The values stand in it by their names (`%(segment_0)s`), never as they are.
    """

    sql: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One clause of a rule, with what it says; `negated` if it must not hold."""

    clause: Clause
    value: Any
    negated: bool = False

    def __str__(self) -> str:
        clause, said = self.clause, self.clause.write(self.value)
        if self.negated and clause.inverse:
            return f"{clause.inverse} {said}".strip()
        return f"{'not ' if self.negated else ''}{clause.opening} {said}".strip()


@dataclass(frozen=True, slots=True)
class Rule:
    """Whom a sentence means: those for whom every part of it holds. Without parts: everybody."""

    parts: tuple[Part, ...] = ()

    @property
    def sentence(self) -> str:
        """The rule in its normal form, which reads as the same rule again."""
        return ", ".join(str(part) for part in self.parts)

    def sql(self, now: datetime) -> Condition:
        """What is true of the subscriptions that it means, whatever their state.

        The same words in SQLite and PostgreSQL, for a statement in which the table
        `subscribers_subscription` is called `subscription`.

        Args:
            now: the moment that `this year` is relative to, in the zone by which days begin.
        """
        values: dict[str, Any] = {}

        def bind(value: Any) -> str:
            name = f"segment_{len(values)}"
            values[name] = value
            return f"%({name})s"

        conditions = [
            # A comparison with nothing is neither true nor false: then the clause does not hold.
            f"{'NOT ' if part.negated else ''}COALESCE(({part.clause.sql(part.value, now, bind)})"
            ", FALSE)"
            for part in self.parts
        ]
        return Condition(" AND ".join(conditions) or "TRUE", values)
