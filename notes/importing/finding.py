"""Which files a person means who names files and folders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

NOTE_ENDINGS = {".docx", ".md", ".markdown", ".txt"}


def note_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files as they are named; of a folder, those that can be notes, by name."""
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.iterdir() if _can_be_note(file))
        else:
            yield path


def _can_be_note(file: Path) -> bool:
    # A hidden file is a system's own, like the `._note.md` that macOS leaves; `~$note.docx` is how
    # Word marks a note that is open.
    return file.suffix.lower() in NOTE_ENDINGS and not file.name.startswith((".", "~$"))
