"""From a file to a parsed note: is it text at all, in which encoding, in which format."""

from __future__ import annotations

from pathlib import Path

from notes.importing.markdown import parse_markdown
from notes.importing.page_text import parse_page_text
from notes.importing.parsed import NoteFormatError, ParsedNote

LARGEST_BYTES = 2_000_000
_MARKDOWN = {".md", ".markdown"}
_NO_TEXT = {
    b"PK\x03\x04": "a Word document or another archive; save it as plain text or Markdown",
    b"\xd0\xcf\x11\xe0": "an old Word document; save it as plain text or Markdown",
    b"%PDF": "a PDF; copy its text into a .txt file",
    b"{\\rtf": "rich text; save it as plain text or Markdown",
}


def read_note(path: Path) -> ParsedNote:
    """The note in a file: Markdown with front matter, or a note page's text.

    Raises:
        NoteFormatError: if the file can't be read, is no text, or is no note.
    """
    text = _text_of(path)
    opening = text.lstrip().lower()
    if opening.startswith(("<!doctype html", "<html")):
        raise NoteFormatError(
            path.name, "this is a web page's HTML; open it and copy its text into a .txt file.", 1
        )
    if path.suffix.lower() in _MARKDOWN or opening.startswith("---"):
        return parse_markdown(text, path.name)
    return parse_page_text(text, path.name)


def _text_of(path: Path) -> str:
    if path.is_dir():
        raise NoteFormatError(path.name, "this is a folder; name the files in it.")
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise NoteFormatError(path.name, f"it can't be read: {error.strerror}.") from None
    if len(content) > LARGEST_BYTES:
        raise NoteFormatError(
            path.name, f"it has more than {LARGEST_BYTES // 1_000_000} MB, so it is no note."
        )
    for opening, what in _NO_TEXT.items():
        if content.startswith(opening):
            raise NoteFormatError(path.name, f"this is {what}.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(content, "utf-16", "UTF-16", path.name)
    if b"\x00" in content:
        raise NoteFormatError(path.name, "this is no text file.")
    return _decoded(content, "utf-8-sig", "UTF-8", path.name)


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
