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
