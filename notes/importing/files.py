"""A file with a note in it, wherever it comes from: a disk, or a form at the desk.

Its name is only ever shown, and only in a form in which it can do no harm.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from notes.importing.parsed import NoteFormatError

# A note's pictures come with a Word document; its words alone take a few kB.
LARGEST_BYTES = 20_000_000
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class NoteFile:
    """A file's name as it is shown, its bytes, and the folder where its pictures lie, if any.

    Of a file larger than `LARGEST_BYTES` only one byte more than those are here.
    """

    name: str
    content: bytes
    folder: Path | None = None

    @property
    def ending(self) -> str:
        """`.docx` for `Note.DOCX`; empty for a name without one."""
        return Path(self.name).suffix.lower()


def file_at(path: Path) -> NoteFile:
    """The file at a path.

    Raises:
        NoteFormatError: if it can't be read.
    """
    name = shown_name(path.name)
    if path.is_dir():
        raise NoteFormatError(name, "this is a folder; name the files in it.")
    try:
        with path.open("rb") as file:
            return NoteFile(name, file.read(LARGEST_BYTES + 1), path.resolve().parent)
    except OSError as error:
        raise NoteFormatError(name, f"it can't be read: {error.strerror}.") from None


def shown_name(name: str) -> str:
    """A file's name without folders and invisible characters, at most 80 characters long.

    A right-to-left override could show `note<202E>xcod.exe` as `noteexe.docx`.

    >>> shown_name("../../etc/note.docx")
    'note.docx'
    """
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(char for char in last if unicodedata.category(char)[0] != "C")
    seen = " ".join(seen.split()) or "a file without a name"
    if len(seen) <= _LONGEST_NAME:
        return seen
    return f"{seen[: _LONGEST_NAME - 13]}…{seen[-12:]}"
