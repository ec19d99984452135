"""What preflight says: findings, each with a code, a level, a place and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: a blocker stops the approval, a warning is named in it."""

    BLOCKER = "blocker"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or odd.

    `place` names the note or part it was found in; `fix` is the path of the desk's page where it
    is mended, empty where no page is.
    """

    code: str
    level: Level
    place: str
    sentence: str
    fix: str = ""


# Blockers that are read from signs, and so may be wrong: a person may overrule them for one issue,
# by name, and the approval keeps that they did.
MAY_BE_OVERRULED = frozenset(
    {
        "ai-image-not-flagged",
        "link-credentials",
        "link-malformed",
        "link-private",
        "placeholder",
        "spam-score",
        "unresolved-mark",
    }
)
