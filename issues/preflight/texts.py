"""What belongs together: each note as a whole, and what the issue says itself."""

from __future__ import annotations

from collections.abc import Iterator

from issues.preflight.facts import IssueRendering
from issues.preflight.words import Passage, passages, passages_of


def texts(issue: IssueRendering) -> Iterator[tuple[str, str, list[Passage]]]:
    """The place, the page where it is mended, and the passages of each that has words."""
    own = [passage for passage in passages(issue) if passage.note is None]
    if own:
        yield "issue", issue.fix, own
    for note in issue.notes:
        yield note.headline, note.fix, list(passages_of(note))
