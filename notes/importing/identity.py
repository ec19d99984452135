"""When two files are the same note, and when they say the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from django.db.models import Model

from notes.importing.parsed import ParsedNote
from notes.importing.photos import Checked
from notes.names import name_key

# Where it stands in the file, what was said of it, and pictures, which their hashes stand for.
_NOT_CONTENT = {"line", "warnings", "enclosed"}


def import_key(parsed: ParsedNote, publication: Model) -> str:
    """What makes it the same note: SHA-256 of the publication, the headline and the date."""
    headline = name_key(f"{parsed.subject} {parsed.claim}")
    return _sha256([str(publication.pk), headline, parsed.date.isoformat()])


def import_digest(parsed: ParsedNote, checked: Checked) -> str:
    """What makes it the same words and pictures: SHA-256 of everything that the file says."""

    def content(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return {key: value for key, value in pairs if key not in _NOT_CONTENT}

    hashes = [picture.file_hash for picture in checked.values()]
    return _sha256([asdict(parsed, dict_factory=content), hashes])


def _sha256(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
