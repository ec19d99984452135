"""The list beside the form: what looks like a slip in a note, with a button for each."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from notes.findings import KINDS, Finding, findings
from notes.known_names import known_names
from notes.models import Note

# So many are shown at once; when they are mended, the next ones come.
SHOWN = 40


def slips_of(note: Note) -> dict[str, Any]:
    """What the template `desk/note_slips.html` shows of a note in memory."""
    found = findings(note, known_names())
    alike: dict[str, list[Finding]] = defaultdict(list)
    for one in found[:SHOWN]:
        alike[one.code].append(one)
    return {
        "count": len(found),
        "more": max(0, len(found) - SHOWN),
        "kinds": [
            {
                "said": KINDS[code],
                "findings": ones,
                "marks": [one.mark for one in ones if one.suggestion is not None],
            }
            for code, ones in alike.items()
        ],
    }
