"""What became of imported files, kept in the session until the next import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from notes.importing import Imported, NoteFormatError

SAID = {
    "new": "A new draft.",
    "changed": "A new version of a draft that was there.",
    "unchanged": "Nothing: it says what the draft says already.",
}
_KEY = "imported"
# A session is a row of the database; nobody reads more of a file than that.
_MOST_SENTENCES = 40
_LONGEST_SENTENCE = 400


def result_of(file: str, became: Imported | NoteFormatError) -> dict[str, Any]:
    """A row of the page, as the session keeps it.

    Args:
        file: its name, as it may be shown.
        became: the draft, or why there is none.
    """
    if isinstance(became, NoteFormatError):
        return {"file": file, "refused": _short(became.without_name)}
    return {
        "file": file,
        "note": became.note.pk,
        "said": SAID[became.status],
        "understood": [_short(one) for one in became.understood],
        "look": [_short(one) for one in became.warnings[:_MOST_SENTENCES]],
    }


def keep(session: Any, results: Sequence[Mapping[str, Any]]) -> None:
    """Keep them for the page that is shown next."""
    session[_KEY] = list(results)


def kept(session: Any) -> list[dict[str, Any]]:
    """Those of the last import; none if there was none."""
    found: list[dict[str, Any]] = session.get(_KEY, [])
    return found


def _short(sentence: str) -> str:
    short = sentence[:_LONGEST_SENTENCE]
    return short if short == sentence else f"{short}…"
