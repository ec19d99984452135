"""Which exceptions are sentences for the person at the keyboard, and not bugs."""

from __future__ import annotations

import sys

# One exception type per room. Named by module, so that asking does not import the rooms:
# an error of a room that was never imported can't have been raised.
WRONG_INPUT = {
    "newsroom.configuration": "ConfigurationError",
    "newsroom.cli.asking": "WrongInput",
    "newsroom.serving": "ServingError",
    "newsroom.translating.errors": "TranslationError",
    "notes.approval": "ApprovalError",
    "notes.importing": "NoteFormatError",
    "notes.content": "NoteContentError",
    "issues.errors": "IssueError",
    "rendering.errors": "RenderingError",
    "subscribers.errors": "SubscriberError",
    "delivery.errors": "DeliveryError",
    "desk.accounts.inviting": "InvitationError",
}
# The machine's troubles: a full disk, a folder without rights, a database that went away.
FAILED = {"django.db.utils": "OperationalError", "builtins": "OSError"}
_ADVICE = "mend that and run the same command again, which does nothing twice"


def exit_status(error: BaseException) -> int | None:
    """2 for wrong input, 1 for a machine in trouble; None for a bug, which shows its trace."""
    if isinstance(error, _kinds(WRONG_INPUT)):
        return 2
    return 1 if isinstance(error, _kinds(FAILED)) or _is_damaged_file(error) else None


def sentences(error: BaseException) -> list[str]:
    """What the person reads, a line each; a machine's trouble is told with what to do about it."""
    if isinstance(error, OSError):
        place = f" ({error.filename})" if error.filename else ""
        return [f"The work stopped: {error.strerror or error}{place}; {_ADVICE}."]
    if exit_status(error) == 1:
        trouble = str(error).strip().partition("\n")[0]
        return [f"The work stopped, because the database says: {trouble}; {_ADVICE}."]
    return str(error).splitlines()


def _is_damaged_file(error: BaseException) -> bool:
    """Whether SQLite found something else than a database: of all errors the one without a kind."""
    return (type(error).__module__, type(error).__name__) == ("django.db.utils", "DatabaseError")


def _kinds(names: dict[str, str]) -> tuple[type[BaseException], ...]:
    return tuple(
        getattr(sys.modules[module], name)
        for module, name in names.items()
        if module in sys.modules
    )
