"""What is no Word document, or would do harm as one, gets a sentence and is not opened further."""

from contextlib import suppress
from io import BytesIO
from zipfile import ZIP_LZMA, ZIP_STORED, ZipFile

import pytest

from notes.importing.files import LARGEST_BYTES
from notes.importing.finding import note_files
from notes.importing.parsed import NoteFormatError
from notes.importing.reading import read_note
from tests.notes.word_files import (
    HEAD,
    MAIN_TYPE,
    SECTIONS,
    archive,
    document,
    link,
    p,
    part,
    parts,
    picture,
    read,
    reference,
    related,
    run,
)

PASSWORD = "EncryptedPackage".encode("utf-16-le")
LAUGHS = (
    '<!DOCTYPE lol [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


def refusal(content, name="note.docx"):
    with pytest.raises(NoteFormatError) as caught:
        read(content, name)
    message = str(caught.value)
    assert message.startswith(f"{name}: ")
    assert "\n" not in message
    return caught.value.without_name


def with_part(name, content):
    return archive({**parts(HEAD + SECTIONS), name: content})


def with_body(body):
    return archive({**parts(""), "word/document.xml": part("document", f"<w:body>{body}</w:body>")})


def packed(inside, how):
    made = BytesIO()
    with ZipFile(made, "w", how) as into:
        for name, content in inside.items():
            into.writestr(name, content)
    return made.getvalue()


def patched(content, old, new):
    assert old in content
    return content.replace(old, new)


def declared(content, size):
    """The archive with another size of its document in its list."""
    with ZipFile(BytesIO(content)) as opened:
        real = opened.getinfo("word/document.xml").file_size
    return content.replace(real.to_bytes(4, "little"), size.to_bytes(4, "little"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the file is empty."),
        (b"%PDF-1.7 and so on", "this is a PDF and no Word document; open it in Word, and save it"),
        (b"MZ\x90\x00", "this is a program and no Word document."),
        (b"{\\rtf1 words}", "this is rich text; in Word, save it as a Word document (.docx)."),
        (b"Just words.", "this is no Word document, whatever its name says; in Word, save it"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "this is an old Office document; in Word, save it as"),
        (b"\xd0\xcf\x11\xe0" + PASSWORD, "it is protected with a password; in Word, save it as"),
        (b"PK\x03\x04rest", "it is damaged, or no Word document; open it in Word, and save it as"),
        (document()[:-300], "it is damaged, or no Word document; open it in Word, and save it as"),
        (archive({"a.txt": "a"}), "this is an archive and no Word document; unpack it, and choose"),
        (
            archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}),
            "this is an OpenDocument file; save it as a Word document (.docx).",
        ),
        (
            archive(
                {
                    **parts(""),
                    "_rels/.rels": related(("a", "officeDocument", "xl/b.xml")),
                    "xl/b.xml": "<b/>",
                }
            ),
            "this is an Office document of another kind; in Word, save it as",
        ),
        (with_part("word/vbaProject.bin", b"x"), "it has macros; in Word, save it as a Word"),
        (
            with_part("[Content_Types].xml", "<Types>application/vnd.ms-word.macroEnabled</Types>"),
            "it has macros; in Word, save it as a Word document (.docx), which has none.",
        ),
        (
            with_part("../../etc/cron.d/x", b"x"),
            "it was not made by Word as it is; open it in Word",
        ),
        (with_part("C:\\x", b"x"), "it was not made by Word as it is; open it in Word"),
        (with_part("word/document.xml", "<broken"), "it is damaged, or no Word document; open it"),
        (with_part("word/document.xml", part("styles", "")), "its text can't be read; open it in"),
        (
            with_part("word/document.xml", LAUGHS + "<a>&c;</a>"),
            "it was not made by Word as it is;",
        ),
        (with_part("word/document.xml", OUTSIDE + "<a>&a;</a>"), "it was not made by Word as it"),
        (with_part("word/styles.xml", LAUGHS + "<a>&c;</a>"), "it was not made by Word as it is;"),
        (with_part("word/_rels/document.xml.rels", OUTSIDE + "<a/>"), "it was not made by Word as"),
        (document(""), "there is no text in it."),
        (document(HEAD), "there is no text below its headline."),
        (document(p(" \u00a0 ")), "there is no text in it."),
        (packed(parts(HEAD + SECTIONS), ZIP_LZMA), "it was not made by Word as it is; open it in"),
    ],
)
def test_what_can_not_be_opened_is_refused_in_a_sentence(content, sentence):
    assert refusal(content).startswith(sentence)


@pytest.mark.parametrize("ending", [".docx", ".DOCX", ".docm", ".doc", ".odt", ".dotx"])
def test_what_a_file_is_and_not_its_ending_decides(ending):
    assert read(document(), f"note{ending}").subject == "Chad and Niger"
    assert refusal(b"%PDF", f"note{ending}").startswith("this is a PDF")


class TestTooMuch:
    @pytest.mark.parametrize(
        ("body", "sentence"),
        [
            (
                p("word " * 10) * 6_000,
                "it is too long for a note, with more than 250,000 characters",
            ),
            (" " * 20_000_000, "it unpacks to far more than a note has; copy its text into a new"),
            ("<w:p/>" * 100_000, "it is too intricate for a note; copy its text into a new"),
            ("<w:sdt>" * 90 + "</w:sdt>" * 90, "it is too intricate for a note; copy its text"),
            (f'<w:p w:x="{"a" * 70_000}"/>', "it is too intricate for a note; copy its text"),
            (
                "<w:p " + " ".join(f'w:a{number}="1"' for number in range(101)) + "/>",
                "it is too intricate for a note; copy its text into a new document.",
            ),
            (
                p('<w:r><w:fldChar w:fldCharType="begin"/></w:r>' * 60),
                "it has too many fields; copy its text into a new document.",
            ),
        ],
        ids=["words", "bytes", "elements", "depth", "attribute", "attributes", "fields"],
    )
    def test_more_than_a_note_has_is_refused(self, body, sentence):
        assert refusal(with_body(body)).startswith(sentence)

    def test_a_file_larger_than_is_read_is_refused(self):
        assert refusal(b"PK\x03\x04" + bytes(LARGEST_BYTES)).startswith("it has more than 20 MB")

    def test_more_parts_than_a_document_has_are_refused_before_they_are_listed(self):
        many = {**parts(HEAD), **{f"word/{number}.xml": "" for number in range(2_001)}}
        assert refusal(archive(many)).startswith("it was not made by Word as it is")

    @pytest.mark.parametrize("size", [10, 4_000_000_000])
    def test_a_part_that_lies_about_its_size_is_refused(self, size):
        lying = declared(with_body(p("word " * 100) * 30), size)
        assert refusal(lying).startswith(("it is damaged", "it unpacks to far more"))

    def test_what_is_never_looked_at_may_be_as_large_as_it_likes(self):
        assert read(with_part("word/theme/theme1.xml", bytes(50_000_000))).subject

    def test_tables_as_deep_as_word_makes_them_are_read_and_deeper_ones_refused(self):
        inside, after = "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"
        assert read(with_body(HEAD + SECTIONS + inside * 15 + p("x") + after * 15)).subject
        assert refusal(with_body(HEAD + inside * 5_000 + p("x") + after * 5_000)).startswith(
            "it is too intricate"
        )

    def test_a_table_of_millions_of_cells_is_text(self):
        wide = "<w:tbl><w:tr>" + f"<w:tc>{p('a')}</w:tc>" * 2_000 + "</w:tr>"
        tall = f"<w:tr><w:tc>{p('b')}</w:tc></w:tr>" * 2_000 + "</w:tbl>"
        note = read(with_body(HEAD + p("A heading", style="Heading1") + wide + tall))
        assert any("a table is too large for a note" in warning for warning in note.warnings)


class TestBroken:
    @pytest.mark.parametrize(
        "body",
        [
            p(picture("nothing")),
            p(link("words", "nothing")),
            p(reference(99)),
            p("<w:r><w:footnoteReference/></w:r>"),
            p("<w:r><w:pict><v:imagedata r:id='x'/></w:pict></w:r>"),
            p(run("a"), properties='<w:numPr><w:numId w:val="77"/></w:numPr>'),
            p("a", style="Unheard"),
            "<w:tbl><w:tr/></w:tbl>",
            "<w:p><w:p/></w:p>",
            "<w:tbl><w:p/></w:tbl>",
        ],
    )
    def test_what_is_half_there_keeps_nothing_else_out(self, body):
        assert read(with_body(HEAD + SECTIONS + body)).sections[0].heading == "What happened?"

    @pytest.mark.parametrize("name", ["styles", "numbering"])
    def test_a_part_that_is_not_there_is_done_without(self, name):
        inside = parts(HEAD + SECTIONS)
        del inside[f"word/{name}.xml"]
        assert read(archive(inside)).subject == "Chad and Niger"

    def test_the_stricter_dialect_of_the_format_is_read(self):
        strict = {
            name: content.replace(
                "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                "http://purl.oclc.org/ooxml/wordprocessingml/main",
            ).replace(
                "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                "http://purl.oclc.org/ooxml/officeDocument/relationships",
            )
            for name, content in parts(HEAD + SECTIONS).items()
        }
        assert read(archive(strict)).sections[2].heading == "What does it mean?"

    def test_the_document_may_have_another_name(self):
        inside = parts(HEAD + SECTIONS)
        inside["word/document2.xml"] = inside.pop("word/document.xml")
        inside["word/_rels/document2.xml.rels"] = inside.pop("word/_rels/document.xml.rels")
        inside["_rels/.rels"] = related(("rId1", "officeDocument", "/word/document2.xml"))
        assert read(archive(inside)).sections[0].heading == "What happened?"

    def test_a_type_that_says_something_else_does_no_harm(self):
        types = str(parts("")["[Content_Types].xml"]).replace(MAIN_TYPE, "image/png")
        assert read(with_part("[Content_Types].xml", types)).subject == "Chad and Niger"

    @pytest.mark.parametrize("place", range(0, 2_000, 97))
    def test_a_changed_byte_gives_a_note_or_a_sentence(self, place):
        content = bytearray(packed(parts(HEAD + SECTIONS), ZIP_STORED))
        content[place] ^= 0x55
        with suppress(NoteFormatError):
            assert read(bytes(content)).subject


def test_of_a_folder_its_word_documents_are_meant_too_and_not_words_own_marks(tmp_path):
    for name in ("note.docx", "~$note.docx", "macro.docm"):
        (tmp_path / name).write_bytes(document())
    assert [path.name for path in note_files([tmp_path])] == ["note.docx"]
    assert read_note(tmp_path / "note.docx").subject == "Chad and Niger"
