"""Segments: parts of the readers, chosen by a sentence that a person reads and types.

`grammar` reads a sentence into a rule, and a rule writes the same sentence again; `conditions` has
the one table of clauses, by which it is read, written, asked of the database and explained.
"""

from subscribers.segments.conditions import CLAUSES, Clause
from subscribers.segments.grammar import parse
from subscribers.segments.matching import matching
from subscribers.segments.rule import Condition, Rule
from subscribers.segments.saved import understood

__all__ = ["CLAUSES", "Clause", "Condition", "Rule", "matching", "parse", "understood"]
