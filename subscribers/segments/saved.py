"""Saved segments: a sentence with a name, by which it can be asked for, too."""

from __future__ import annotations

from subscribers.errors import SegmentError
from subscribers.models import Segment
from subscribers.segments.grammar import parse

LONGEST_NAME: int = Segment._meta.get_field("name").max_length or 0


def understood(words: str) -> str:
    """The normal form of a sentence, or of that of the saved segment with this name.

    The words are copied: what is made of the segment later changes nothing that was chosen by it.

    Raises:
        SegmentError: if they are neither.
    """
    try:
        return parse(words).sentence
    except SegmentError:
        name = words.strip()
        if not name.isprintable() or len(name) > LONGEST_NAME:
            raise  # No database can be asked for all of that.
        saved = Segment.objects.filter(name__iexact=name).first()
        if saved is None:
            raise
    return parse(saved.sentence).sentence
