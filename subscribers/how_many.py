"""How many readers something is about, in words."""

from __future__ import annotations


def so_many_readers(number: int) -> str:
    """E.g. `1 reader`, `2,000 readers`."""
    return "1 reader" if number == 1 else f"{number:,} readers"
