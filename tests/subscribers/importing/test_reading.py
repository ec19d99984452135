"""A CSV file of whatever sort is read to its last row, and what is no list is refused."""

import codecs

import pytest

from subscribers.errors import ReaderFileError
from subscribers.importing.folders import Folder
from subscribers.importing.one_go import looked_through
from subscribers.importing.telling import columns_in_words, rows_of
from subscribers.models import Consent, ImportRun, Reader

pytestmark = pytest.mark.django_db


def people(candidates):
    return [(one.address, one.name) for one in candidates]


@pytest.mark.parametrize(
    ("delimiter", "named"),
    [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "vertical bar")],
)
@pytest.mark.parametrize("header", ["name{0}email\n", ""])
def test_the_delimiter_is_found_and_named_with_and_without_headings(
    look, put_aside, delimiter, named, header
):
    found = look(header.format(delimiter) + f"Ann{delimiter}ann@example.org\n")
    assert found.format.endswith(f"with a {named} between cells")
    assert people(put_aside(found)[0]) == [("ann@example.org", "Ann")]


def test_what_excel_writes_in_the_first_line_tells_the_delimiter(look, put_aside):
    found = look("sep=;\nemail;name\nann@example.org;Ann, A\n")
    assert people(put_aside(found)[0]) == [("ann@example.org", "Ann, A")]
    assert put_aside(found)[0][0].row == 3


GOITA = "address,name\r\nann@example.org,Goïta\r\n"
ENCODED = {
    "UTF-8": GOITA.encode(),
    "UTF-8 ": codecs.BOM_UTF8 + GOITA.encode(),
    "UTF-16": GOITA.encode("utf-16"),
    "UTF-16 ": codecs.BOM_UTF16_BE + GOITA.replace("\r\n", "\r").encode("utf-16-be"),
    "UTF-16  ": GOITA.encode("utf-16-le"),
    "UTF-16   ": GOITA.encode("utf-16-be"),
    "Latin-1 (Windows-1252)": GOITA.encode("cp1252"),
}


@pytest.mark.parametrize("named", ENCODED)
def test_the_encoding_is_found_and_named(look, put_aside, named):
    found = look(ENCODED[named])
    assert found.format.startswith(f"{named.strip()}, with a comma")
    assert people(put_aside(found)[0]) == [("ann@example.org", "Goïta")]


@pytest.mark.parametrize(
    ("codec", "named", "names"),
    [
        ("cp1251", "Windows-1251", ["Иван Петров", "Мария Сидорова", "Ольга Попова"]),
        ("cp1250", "Windows-1250", ["Łukasz Wójcik", "Jiří Dvořák", "Grażyna Dąbrowska"]),
        ("mac_roman", "Mac Roman", ["José García", "François Lefèvre", "Søren Ågård"]),
        ("cp1252", "Latin-1 (Windows-1252)", ["José García", "Jürgen Groß", "Céline Dupré"]),
    ],
)
def test_another_encoding_is_taken_only_where_it_is_sure(look, put_aside, codec, named, names):
    rows = "".join(f"{name},r{place}@example.org\n" for place, name in enumerate(names))
    found = look(f"name,email\n{rows}".encode(codec))
    assert found.format.startswith(f"{named}, ")
    assert [name for _, name in people(put_aside(found)[0])] == names


def test_of_a_utf_8_file_only_the_rows_with_damaged_letters_are_refused(look, refusals):
    good = "".join(f"r{number}@example.org,Goïta {number}\n" for number in range(30))
    damaged = b"bad@example.org,Go\xefta\nwo\xefrse@example.org,Worse\n"
    found = look(b"address,name\n" + good.encode() + damaged)
    assert found.format.startswith("UTF-8")
    assert refusals(found) == [
        (32, "A letter of the name was lost when the file was made; write it anew."),
        (33, "A letter of the address was lost when the file was made."),
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "readers.csv is empty"),
        (b"\n\n", "has no row in it"),
        (b"address,name\n", "has no row under them"),
        (b"town,name\nBonn,Ann\n", "no column that looks like addresses"),
        (b"address\nann@example.org\0\n", "not a text file"),
        (b"\x81address\n", "not a text file"),
        (b"PK\x03\x04\0\0", "is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls)"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "with a password"),
        (b"%PDF-1.7", "is a PDF"),
        (b"\x1f\x8b\x08", "is compressed; unpack it"),
        (b"\xef\xbb\xbf <HTML><table>", "is a web page or XML"),
        (b'address,name\nann@example.org,"Ann\nbob@example.org,Bob\n', "row 2: a quotation mark"),
        (b"address\n" + b"x" * 2_000_000, "row 2: the line is longer than any row"),
    ],
    ids=range(14),
)
def test_what_is_no_list_of_readers_is_refused_in_one_sentence(look, imports, content, sentence):
    with pytest.raises(ReaderFileError) as refusal:
        look(content)
    assert sentence in str(refusal.value)
    assert "@" not in str(refusal.value)
    assert not Reader.objects.exists()
    assert not ImportRun.objects.exists()
    assert list(imports.iterdir()) == []


def test_a_file_that_is_not_there_is_named(tmp_path, twtw):
    with pytest.raises(ReaderFileError, match=r"none\.csv can't be read: No such file"):
        looked_through(tmp_path / "none.csv", twtw, by="Ann")


WITH_REFUSED_ROWS = """\
address,name
ann@example.org,Ann
nobody,Nobody
"bob@example.org","Bob
Reader"

,No Address
carl@example.org,Carl,too many
dora@example.org,Dora\x07
,
eve@example.org,"Eve
fay@example.org,Fay"
gil@example.org,Gil
"""


def test_every_refused_row_is_named_by_its_line_with_its_reason_and_its_cells(look, refusals):
    found = look(WITH_REFUSED_ROWS)
    assert [row for row, _ in refusals(found)] == [3, 7, 8, 9, 11]
    reasons = dict(refusals(found))
    assert reasons[3] == "An email address must have an @-sign."
    assert reasons[7] == "There is no address in the row."
    assert reasons[8].startswith("The row has 3 cells and the first row 2;")
    assert reasons[9] == "The name has a control character in it."
    assert reasons[11].startswith("A cell with an address runs on to row 12;")
    assert not any("example.org" in reason for reason in reasons.values())
    assert found.counts == {"new": 3, "refused": 5}
    assert (Reader.objects.count(), Consent.objects.count()) == (0, 0)


def test_the_file_of_refused_rows_runs_in_no_spreadsheet(look):
    found = look('address,name\n=cmd(),"=1+1"\nann@example.org,Ann\n')
    lines = Folder(found.key).refused.read_text("utf-8-sig").splitlines()
    assert lines[0] == "row,reason,address,name"
    assert lines[1].startswith("2,An email address must have an @-sign.")
    assert lines[1].endswith(",'=cmd(),'=1+1")


@pytest.mark.parametrize(
    ("written", "address", "name"),
    [
        ('"""Reader, Ann"" <ann@example.org>"', "ann@example.org", "Reader, Ann"),
        ("Bob B. <bob@example.org>", "bob@example.org", "Bob B."),
        ("mailto:ann@example.org", "ann@example.org", ""),
        ("\u200bann@Example.ORG\xa0", "ann@example.org", ""),
        ("<ann@example.org>", "ann@example.org", ""),
    ],
)
def test_an_address_may_come_with_what_people_copy_along(look, put_aside, written, address, name):
    assert people(put_aside(look(f"address\n{written}\n"))[0]) == [(address, name)]


def test_a_duplicate_is_named_by_both_of_its_rows_and_put_aside_once(look, put_aside):
    found = look("address,name\nann@example.org,\nbob@example.org,\nANN@example.org,Ann\n")
    candidates, duplicates = put_aside(found)
    assert [(one.row, one.first_row) for one in duplicates] == [(4, 2)]
    assert people(candidates) == [("ann@example.org", "Ann"), ("bob@example.org", "")]
    assert found.counts == {"new": 2, "duplicate": 1}


def test_who_left_in_any_row_has_left(look, put_aside):
    rows = "confirmed", "", "ended", "pending", "confirmed"
    found = look("address,state\n" + "".join(f"ann@example.org,{state}\n" for state in rows))
    assert put_aside(found)[0][0].state == "ended"
    assert found.counts == {"left there": 1, "duplicate": 4}


def test_the_first_rows_and_the_columns_are_shown(look):
    found = look("E-mail,Full name,Town\nann@example.org,Ann,Bonn\n")
    assert found.headings == ["E-mail", "Full name", "Town"]
    assert found.sample == [["ann@example.org", "Ann", "Bonn"]]
    assert columns_in_words(found) == "addresses in “E-mail”, names in “Full name”"
    assert rows_of(found) == 1


def test_no_log_line_is_written_about_a_reader(bring, caplog):
    with caplog.at_level(0):
        bring(WITH_REFUSED_ROWS, skip_refused=True)
    assert not [line for line in caplog.records if "example.org" in line.getMessage()]
