"""Takes notes that were written elsewhere into the newsroom, as drafts.

`import_notes` reads files and stores what they say; the parsers below it are plain
functions from text to a `ParsedNote`.
"""

from notes.importing.files import NoteFile
from notes.importing.finding import NOTE_ENDINGS, note_files
from notes.importing.parsed import NoteFormatError, ParsedNote
from notes.importing.storing import Imported, import_each, import_note, import_notes

__all__ = [
    "NOTE_ENDINGS",
    "Imported",
    "NoteFile",
    "NoteFormatError",
    "ParsedNote",
    "import_each",
    "import_note",
    "import_notes",
    "note_files",
]
