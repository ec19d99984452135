"""Takes a headline apart into its two parts, the subject and the claim."""

from __future__ import annotations

import re
from collections.abc import Sequence

_BETWEEN = re.compile(r"(?P<subject>.+?)(?::\s+|\s+\|\s+)(?P<claim>\S.*)")


def two_parts(lines: Sequence[str]) -> tuple[str, str]:
    """The subject and the claim; the claim is empty where the headline has one part.

    >>> two_parts(["Chad and Niger:", "A road"])
    ('Chad and Niger', 'A road')
    >>> two_parts(["Chad and Niger | A road"])
    ('Chad and Niger', 'A road')
    """
    first, *others = lines or [""]
    below = " ".join(others)
    found = _BETWEEN.fullmatch(first)
    if found and not first.endswith(":"):
        return found["subject"].strip(), f"{found['claim']} {below}".strip()
    return first.removesuffix(":").removesuffix("|").strip(), below.strip()


def is_whole(lines: Sequence[str]) -> bool:
    """Whether the lines have both parts."""
    return bool(two_parts(lines)[1])
