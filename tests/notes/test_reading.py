"""From a file to a note: what is no text, and what is no note, is told apart in a sentence."""

import pytest

from notes.importing.finding import note_files
from notes.importing.parsed import NoteFormatError
from notes.importing.reading import LARGEST_BYTES, read_note
from tests.notes.pages import page
from tests.notes.test_markdown import markdown


def refusal(path):
    with pytest.raises(NoteFormatError) as caught:
        read_note(path)
    return str(caught.value)


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_a_file_with_front_matter_is_markdown_whatever_its_name(write):
    assert read_note(write("note.md", markdown())).subject == "Chad and Niger"
    assert read_note(write("note.txt", markdown())).sources == ()


def test_any_other_text_is_a_note_page(write):
    assert read_note(write("note.txt", page())).printed_under


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-with-mark"])
def test_text_whose_encoding_is_certain_is_read(write, encoding):
    text = page(author="Zoë Ążć")
    content = (
        b"\xff\xfe" + text.encode("utf-16-le")
        if encoding == "utf-16-le-with-mark"
        else text.encode(encoding)
    )
    assert read_note(write("note.txt", content)).authors[0].name == "Zoë Ążć"


def test_another_encoding_is_refused_with_the_line_because_guessing_could_change_words(write):
    message = refusal(write("note.txt", page().encode("cp1252")))
    assert message == (
        "note.txt, line 4: byte 0xa0 is not UTF-8; save the file in the encoding UTF-8."
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "note.txt: the file is empty."),
        (b"\n \n", "note.txt: the file is empty."),
        (b"PK\x03\x04rest", "note.txt: this is a Word document or another archive; save it as"),
        (b"%PDF-1.7", "note.txt: this is a PDF; copy its text into a .txt file."),
        (b"{\\rtf1", "note.txt: this is rich text; save it as a Word document (.docx), plain"),
        (b"a\x00b", "note.txt: this is no text file."),
        (b"\xff\xfea", "note.txt, line 1: byte 0x61 is not UTF-16; save the file in"),
        (b"<!DOCTYPE html><p>", "note.txt, line 1: this is a web page's HTML; open it and copy"),
        (b"a" * (LARGEST_BYTES + 1), "note.txt: it has more than 2 MB, so it is no note."),
        (b"# A title\n", "note.txt, line 1: the file ends without a section heading like"),
    ],
)
def test_what_is_no_note_is_refused_in_a_sentence(write, content, sentence):
    message = refusal(write("note.txt", content))
    assert message.startswith(sentence)
    assert "\n" not in message


def test_a_folder_and_a_file_that_is_not_there_are_refused(tmp_path):
    assert refusal(tmp_path).endswith("this is a folder; name the files in it.")
    assert refusal(tmp_path / "none.md") == "none.md: it can't be read: No such file or directory."


def test_of_a_folder_its_markdown_and_text_files_are_meant_by_name(write, tmp_path):
    for name in ("b.md", "a.txt", "picture.jpg", "c.markdown", "D.MD", "._b.md"):
        write(name, "x")
    elsewhere = tmp_path / "elsewhere.md"
    names = [path.name for path in note_files([tmp_path, elsewhere])]
    assert names == ["D.MD", "a.txt", "b.md", "c.markdown", "elsewhere.md"]
