"""A workbook is read as a person sees it; one that is made to do harm is refused."""

from datetime import date, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from subscribers.errors import ReaderFileError
from subscribers.exporting import export_readers
from tests.subscribers.importing.workbooks import row, text, workbook

pytestmark = pytest.mark.django_db

ANN = row(1, "email", "name") + row(2, "ann@example.org", "Ann")


@pytest.fixture
def people(look, put_aside):
    """Those in a workbook."""

    def of(content, **options):
        found = look(content, "readers.xlsx", **options)
        return [(one.address, one.name) for one in put_aside(found)[0]]

    return of


def saved(*rows, **sheets):
    made = Workbook()
    for line in rows:
        made.active.append(line)
    for name, lines in sheets.items():
        sheet = made.create_sheet(name)
        for line in lines:
            sheet.append(line)
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def test_what_a_library_saved_is_read(look, put_aside):
    content = saved(
        ["E-mail", "First name", "Last name", "Consent date"],
        ["ann@example.org", "Ann", "Example", datetime(2025, 5, 1, 10, 30)],  # noqa: DTZ001
        [],
        ["bob@example.org", 5.0, 7.25, date(2025, 5, 2)],
    )
    found = look(content, "readers.xlsx")
    assert found.format == "sheet “Sheet” of an Excel workbook"
    assert found.columns["sheets"] == ["Sheet"]
    ann, bob = put_aside(found)[0]
    assert (ann.row, ann.name, ann.consented) == (2, "Ann Example", "2025-05-01T10:30:00+00:00")
    assert (bob.row, bob.name, bob.consented) == (4, "5 7.25", "2025-05-02T00:00:00+00:00")


def test_texts_that_cells_share_are_found_with_their_runs_and_without_how_they_sound(people):
    texts = (
        "<si><t>email</t></si><si><t>name</t></si>"
        "<si><t>ann@example.org</t></si>"
        '<si><r><t>Ann </t></r><r><t>Example</t></r><rPh sb="0" eb="1"><t>sounds</t></rPh></si>'
    )
    rows = "".join(
        f'<row r="{number}"><c r="A{number}" t="s"><v>{one}</v></c>'
        f'<c r="C{number}" t="s"><v>{other}</v></c></row>'
        for number, (one, other) in enumerate([(0, 1), (2, 3)], 1)
    )
    assert people(workbook({"List": rows}, texts=texts)) == [("ann@example.org", "Ann Example")]


def test_a_formula_is_what_was_computed_last_and_a_truth_a_word(people):
    rows = ANN + (
        '<row r="3"><c t="str"><f>LOWER(B9)</f><v>bob@example.org</v></c>'
        '<c t="b"><v>1</v></c></row>'
        '<row r="4"><c t="inlineStr"><is><t>carl@example.org</t></is></c><c t="e"><v>#REF!</v></c>'
        "</row>"
    )
    assert people(workbook({"List": rows}))[1:] == [
        ("bob@example.org", "TRUE"),
        ("carl@example.org", "#REF!"),
    ]


@pytest.mark.parametrize(
    ("properties", "day"),
    [("", "2025-05-01"), ('<workbookPr date1904="1"/>', "2029-05-02")],
)
def test_a_number_in_the_dress_of_a_date_is_one(people, properties, day):
    styles = (
        '<numFmts><numFmt numFmtId="170" formatCode="dd/mm/yyyy"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="14"/></cellXfs>'
    )
    for style in (1, 2):
        rows = row(1, "email", "name") + (
            f'<row r="2">{text("ann@example.org")}<c s="{style}"><v>45778</v></c></row>'
            f'<row r="3">{text("bob@example.org")}<c s="0"><v>45778</v></c></row>'
        )
        found = people(workbook({"List": rows}, styles=styles, properties=properties))
        assert [name for _, name in found] == [day, "45778"]


def test_the_first_sheet_with_rows_that_is_not_hidden_is_read_unless_another_is_chosen(people):
    other = row(1, "email") + row(2, "bob@example.org")
    content = workbook({"Empty": "", ".Hidden": other, "List": ANN, "Last": other})
    assert people(content) == [("ann@example.org", "Ann")]
    assert people(content, sheet="Last") == [("bob@example.org", "")]
    with pytest.raises(ReaderFileError, match="“Empty”, “Hidden”, “List”, “Last”"):
        people(content, sheet="None")


def test_an_export_to_excel_is_imported_again(people, subscribe, twtw, alerts):
    subscribe(twtw, "+ann@example.org", name="=Ann()")
    subscribe(twtw, "bob@example.org", state="ended")
    stream = BytesIO()
    assert export_readers(twtw, stream, format="xlsx") == 2
    assert people(stream.getvalue(), publication=alerts) == [
        ("+ann@example.org", "=Ann()"),
        ("bob@example.org", ""),
    ]


BOMB = f'<!DOCTYPE x [<!ENTITY a "{"ha" * 50}"><!ENTITY b "{"&a;" * 50}">]>'
HARMFUL = {
    "a macro": (workbook({"List": ANN}, **{"xl/vbaProject.bin": "x"}), "has macros"),
    "binary": (workbook({"List": ANN}, **{"xl/workbook.bin": ""}), "binary workbook"),
    "Numbers": (workbook({"List": ANN}, **{"Index/Document.iwa": ""}), "in Numbers, export it"),
    "OpenDocument": (workbook({"List": ANN}, mimetype="application/x"), "OpenDocument"),
    "no rows": (workbook(), "has no row in any sheet"),
    "no sheets": (workbook({}), "damaged"),
    "cut short": (workbook({"List": ANN})[:-30], "damaged"),
    "not closed": (workbook({"List": ANN + "<row>"}), "damaged"),
    "entities": (
        workbook({"List": ANN}, **{"xl/worksheets/sheet1.xml": BOMB + "<x>&b;</x>"}),
        "damaged",
    ),
    "entities in the workbook": (
        workbook({"List": ANN}, **{"xl/workbook.xml": BOMB + "<x>&b;</x>"}),
        "damaged",
    ),
    "a row out of bounds": (workbook({"List": ANN + row(10**9, "a@example.org")}), "damaged"),
    "a row without a number": (workbook({"List": '<row r="x"/>'}), "damaged"),
    "a cell nowhere": (workbook({"List": '<row r="1"><c r="1A"><v>1</v></c></row>'}), "damaged"),
    "a tag without end": (
        workbook({"List": f'<row r="1" x="{"y" * 3_000_000}"/>{ANN}'}),
        "damaged",
    ),
    "many entries": (
        workbook({"List": ANN}, **{f"xl/{number}": "" for number in range(2100)}),
        "damaged",
    ),
    "an archive": (workbook({}, **{"xl/workbook.xml": ""}), "damaged"),
}


@pytest.mark.parametrize("kind", HARMFUL)
def test_what_no_spreadsheet_saves_is_refused_in_one_sentence(look, imports, kind):
    content, sentence = HARMFUL[kind]
    with pytest.raises(ReaderFileError, match=sentence):
        look(content, "readers.xlsx")
    assert list(imports.iterdir()) == []


def test_an_archive_of_something_else_says_what_to_do(look):
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("readers.csv", "email\n")
    with pytest.raises(ReaderFileError, match="unpack it, and take the list in it"):
        look(file.getvalue(), "readers.xlsx")


def test_a_bomb_is_not_unpacked(look, tmp_path):
    bomb = BytesIO()
    with (
        ZipFile(BytesIO(workbook({"List": ANN}))) as whole,
        ZipFile(bomb, "w", ZIP_DEFLATED) as archive,
    ):
        for name in whole.namelist():
            if name != "xl/worksheets/sheet1.xml":
                archive.writestr(name, whole.read(name))
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(60):
                part.write(b" " * 1_000_000)
    with pytest.raises(ReaderFileError, match="unpacks to far more"):
        look(bomb.getvalue(), "readers.xlsx")


def test_cells_far_to_the_right_and_endless_texts_cost_nothing(people):
    far = '<row r="3"><c r="XFD3" t="inlineStr"><is><t>far</t></is></c></row>'
    long = f'<row r="4">{text("bob@example.org")}{text("x" * 100_000)}</row>'
    found = people(workbook({"List": ANN + far + long}))
    assert found == [("ann@example.org", "Ann")]


def test_both_dialects_and_prefixes_are_understood(people):
    sheet = (
        '<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData>'
        '<x:row><x:c t="inlineStr"><x:is><x:t>ann@example.org</x:t></x:is></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    content = workbook({"List": ""}, **{"xl/worksheets/sheet1.xml": sheet})
    assert people(content) == [("ann@example.org", "")]
