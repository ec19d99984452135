"""The other side's words, fit for the ledger, the log and the desk: one line, no address."""

from __future__ import annotations

import re

from delivery.transports.eml import in_ascii_where_possible, one_line

ADDRESS = re.compile(r"[^\s<>\"',;:]+@[^\s<>\"',;:]+")
LONGEST_REASON = 400
HIDDEN = "[address]"


def fit_to_be_shown(words: str, *known: str) -> str:
    """The words in one line of at most `LONGEST_REASON` characters, without any address.

    Args:
        known: addresses that are in it if any are. They are found whatever they look like, and
            the part before the @ as a word of its own, too.
    """
    shown = one_line(words)
    for address in known:
        for part in (address, in_ascii_where_possible(address), address.rpartition("@")[0]):
            # Looked for first: an expression for each address takes half a millisecond.
            if part and part.lower() in shown.lower():
                alone = rf"(?<![\w.+-]){re.escape(part)}(?![\w+-])"
                shown = re.sub(alone, HIDDEN, shown, flags=re.IGNORECASE)
    shown = ADDRESS.sub(HIDDEN, shown)
    return shown if len(shown) <= LONGEST_REASON else f"{shown[: LONGEST_REASON - 1]}…"
