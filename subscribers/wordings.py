"""The words that people agreed to, kept once however many did."""

from __future__ import annotations

import hashlib

from subscribers.models import Wording


def wording_of(text: str) -> Wording:
    """The row that keeps these words; made if there is none.

    The same statements either way, so that an answer takes as long.
    """
    digest = hashlib.sha256(text.encode()).hexdigest()
    Wording.objects.bulk_create([Wording(digest=digest, text=text)], ignore_conflicts=True)
    return Wording.objects.get(digest=digest)


def together(*texts: str) -> str:
    """All paragraphs of some texts, in order, each of them once; they are parted by blank lines."""
    return "\n\n".join(dict.fromkeys(part for text in texts for part in text.split("\n\n") if part))
