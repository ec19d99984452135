"""Writes down what was done at the command line, where the desk shows what was done there."""

from __future__ import annotations

import getpass
from typing import Any


def record(of: Any, action: str, sentence: str, by: str = "", name: str = "") -> None:
    """Put one entry into the record; never an address.

    Args:
        of: the note, publication, mailing… that it is about.
        action: one of `desk.log_actions.ACTIONS`.
        sentence: what was done, with its numbers.
        by: who did it; empty: the operating system's name for whoever is here.
        name: what it is called in the record, if it does not know itself.
    """
    from wagtail.log_actions import log

    log(of, action, title=name, data={"sentence": sentence, "by": by or getpass.getuser()})
