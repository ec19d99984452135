"""Sentences that people of the newsroom write about a reader: one line, and nobody's address."""

from __future__ import annotations

import re
import unicodedata

from subscribers.errors import SubscriberError

LONGEST = 300
_ADDRESS = re.compile(r"\S@\S")


def checked_sentence(text: str, what: str) -> str:
    """The sentence as it is kept.

    Args:
        text: as it was written.
        what: what it has to say, e.g. `why`; for the refusal.

    Raises:
        SubscriberError: if there is none, it is too long, or has an address in it.
    """
    sentence = unicodedata.normalize("NFC", " ".join(text.split()))
    if not sentence:
        raise SubscriberError(f"Write down {what}, in a sentence.")
    if len(sentence) > LONGEST:
        raise SubscriberError(
            f"Write down {what} in at most {LONGEST} characters; there are {len(sentence):,}."
        )
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in sentence):
        raise SubscriberError(
            f"There is a sign that can't be written in what says {what}; type it anew."
        )
    # It is kept when the reader has been erased, and shown to who sees no addresses.
    if _ADDRESS.search(sentence):
        raise SubscriberError(f"Write down {what} without an e-mail address in it.")
    return sentence
