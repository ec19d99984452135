"""What the history of a note and of a person says of mending and of merging."""

from __future__ import annotations

from typing import Any

from wagtail import hooks
from wagtail.log_actions import LogActionRegistry, LogFormatter


class Mended(LogFormatter):
    """With the words as they were and as they are."""

    label = "Mend a slip"

    def format_message(self, log_entry: Any) -> str:
        return f"Mended: {log_entry.data.get('sentence', '')}"


class Merged(LogFormatter):
    """With the name that went."""

    label = "Merge two people"

    def format_message(self, log_entry: Any) -> str:
        return f"Merged with {log_entry.data.get('name', 'another person')}"


def name_mending_and_merging(actions: LogActionRegistry) -> None:
    """For the histories, and for Wagtail's log of the site."""
    actions.register_action("notes.mend")(Mended)
    actions.register_action("notes.merge")(Merged)


hooks.register("register_log_actions", name_mending_and_merging)
