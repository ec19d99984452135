"""What a rule of typography finds."""

from __future__ import annotations

from typing import NamedTuple


class Found(NamedTuple):
    """Where something odd begins and ends, how to say it after “has”, and what was meant (None
    where only the author knows)."""

    start: int
    end: int
    saying: str
    suggestion: str | None
