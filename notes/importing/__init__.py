"""Takes notes that were written elsewhere into the newsroom, as drafts.

`import_notes` reads files and stores what they say; the parsers below it are plain
functions from text to a `ParsedNote`.
"""

from notes.importing.finding import note_files
from notes.importing.parsed import NoteFormatError, ParsedNote
from notes.importing.storing import Imported, import_note, import_notes

__all__ = [
    "Imported",
    "NoteFormatError",
    "ParsedNote",
    "import_note",
    "import_notes",
    "note_files",
]
