"""What can be written in a sentence, made from the table of clauses: for a page and for a file."""

from __future__ import annotations

from typing import NamedTuple

from subscribers.segments.conditions import CLAUSES


class Explained(NamedTuple):
    """A kind of clause as people read of it."""

    grammar: str
    examples: tuple[str, ...]
    meaning: str


def explained() -> list[Explained]:
    """Every kind of clause, in the order of the table."""
    return [
        Explained(
            " / ".join(
                f"{opening} {clause.rest}".strip()
                for opening in (clause.opening, clause.inverse)
                if opening
            ),
            clause.examples,
            clause.meaning,
        )
        for clause in CLAUSES
    ]


def as_markdown() -> str:
    """The same as a table in Markdown; what may follow stands in angle brackets."""
    rows = [
        f"| {', '.join(f'`{example}`' for example in one.examples)} | "
        f"`{one.grammar.replace('|', chr(92) + '|')}` | {one.meaning} |"
        for one in explained()
    ]
    return "\n".join(["| e.g. | in full | who is meant |", "|---|---|---|", *rows])
