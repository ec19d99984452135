"""What editors are told of preflight's codes, read from their document."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

EDITORS = Path(__file__).resolve().parents[3] / "docs" / "editors.md"
_ROW = re.compile(r"^\| `([a-z-]+)` \| (blocker|warning|hint) \| (.+) \|$", re.MULTILINE)


@cache
def documented_codes() -> dict[str, str]:
    """Each code with its level."""
    return {code: level for code, level, _ in _ROW.findall(EDITORS.read_text(encoding="utf-8"))}
