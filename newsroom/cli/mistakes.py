"""Which exceptions are sentences for the person at the keyboard, and not bugs."""

from __future__ import annotations

import sys

# One exception type per room. Named by module, so that asking does not import the rooms:
# an error of a room that was never imported can't have been raised.
WRONG_INPUT = {
    "newsroom.configuration": "ConfigurationError",
    "newsroom.cli.asking": "WrongInput",
    "newsroom.serving": "ServingError",
    "notes.approval": "ApprovalError",
    "notes.importing": "NoteFormatError",
    "notes.content": "NoteContentError",
    "issues.errors": "IssueError",
    "rendering.errors": "RenderingError",
    "subscribers.errors": "SubscriberError",
    "delivery.errors": "DeliveryError",
}
# The machine's troubles: a full disk, a folder without rights, a database that went away.
FAILED = {"django.db.utils": "OperationalError", "builtins": "OSError"}


def exit_status(error: BaseException) -> int | None:
    """2 for wrong input, 1 for a machine in trouble; None for a bug, which shows its trace."""
    if isinstance(error, _kinds(WRONG_INPUT)):
        return 2
    return 1 if isinstance(error, _kinds(FAILED)) else None


def _kinds(names: dict[str, str]) -> tuple[type[BaseException], ...]:
    return tuple(
        getattr(sys.modules[module], name)
        for module, name in names.items()
        if module in sys.modules
    )
