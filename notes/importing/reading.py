"""From a file to a parsed note: is it a Word document or text, in which encoding and format."""

from __future__ import annotations

from pathlib import Path

from notes.importing.files import NoteFile, file_at
from notes.importing.markdown import parse_markdown
from notes.importing.page_text import parse_page_text
from notes.importing.parsed import NoteFormatError, ParsedNote, Preset

LARGEST_BYTES = 2_000_000
_MARKDOWN = {".md", ".markdown"}
_WORD = {".docx", ".dotx", ".docm", ".dotm", ".doc", ".odt", ".rtf"}
_NO_TEXT = {
    b"PK\x03\x04": "a Word document or another archive; save it as a Word document (.docx), plain "
    "text or Markdown",
    b"\xd0\xcf\x11\xe0": "an old Word document; save it as a Word document (.docx)",
    b"%PDF": "a PDF; copy its text into a .txt file",
    b"{\\rtf": "rich text; save it as a Word document (.docx), plain text or Markdown",
}


def read_note(source: Path | NoteFile, preset: Preset | None = None) -> ParsedNote:
    """The note in a file: a Word document, Markdown with front matter, or a note page's text.

    Args:
        source: a path, or a file that came another way.
        preset: what stands for what a Word document does not say.

    Raises:
        NoteFormatError: if the file can't be read, is of another kind, or is no note.
    """
    file = source if isinstance(source, NoteFile) else file_at(source)
    if file.ending in _WORD:
        # Mammoth takes 70 ms to import, and most commands read no Word document.
        from notes.importing.word import parse_word

        return parse_word(file, preset or Preset())
    text = _text_of(file)
    opening = text.lstrip().lower()
    if opening.startswith(("<!doctype html", "<html")):
        raise NoteFormatError(
            file.name, "this is a web page's HTML; open it and copy its text into a .txt file.", 1
        )
    if file.ending in _MARKDOWN or opening.startswith("---"):
        return parse_markdown(text, file.name)
    return parse_page_text(text, file.name)


def _text_of(file: NoteFile) -> str:
    content = file.content
    if len(content) > LARGEST_BYTES:
        raise NoteFormatError(
            file.name, f"it has more than {LARGEST_BYTES // 1_000_000} MB, so it is no note."
        )
    for opening, what in _NO_TEXT.items():
        if content.startswith(opening):
            raise NoteFormatError(file.name, f"this is {what}.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(content, "utf-16", "UTF-16", file.name)
    if b"\x00" in content:
        raise NoteFormatError(file.name, "this is no text file.")
    return _decoded(content, "utf-8-sig", "UTF-8", file.name)


def _decoded(content: bytes, codec: str, encoding: str, source_name: str) -> str:
    try:
        return content.decode(codec)
    except UnicodeDecodeError as error:
        # Latin-1 and its relatives fit any bytes, so guessing one could change words unseen.
        raise NoteFormatError(
            source_name,
            f"byte 0x{content[error.start]:02x} is not {encoding}; save the file in the encoding "
            "UTF-8.",
            content.count(b"\n", 0, error.start) + 1,
        ) from None
