"""Excel workbooks, as Excel writes them and as nobody does."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(sheets=None, *, texts=None, styles="", properties="", **others):
    """A workbook's bytes.

    Args:
        sheets: what is inside of `<sheetData>`, by the sheet's name; a name that begins with "."
            is hidden.
        texts: what is inside of `<sst>`, if there is any.
        styles: what is inside of `<styleSheet>`.
        properties: what comes before `<sheets>`.
        others: more parts by their names, also in place of those made here.
    """
    sheets = {"List": ""} if sheets is None else sheets
    named = "".join(
        f'<sheet name="{name.lstrip(".")}" sheetId="{n}" r:id="r{n}" '
        f'state="{"hidden" if name.startswith(".") else "visible"}"/>'
        for n, name in enumerate(sheets, 1)
    )
    targets = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    targets += f'<Relationship Id="s" Type="{OFFICE}/styles" Target="styles.xml"/>'
    if texts is not None:
        targets += (
            f'<Relationship Id="t" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        )
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{RELATIONSHIPS}"><Relationship Id="w" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}'
        f"<sheets>{named}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONSHIPS}">{targets}'
        "</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
    }
    if texts is not None:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{texts}</sst>'
    for number, rows in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        )
    parts |= others
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def row(number, *cells):
    """A row of texts."""
    return f'<row r="{number}">{"".join(map(text, cells))}</row>'


def text(words):
    """A cell with a text of its own."""
    return f'<c t="inlineStr"><is><t>{words}</t></is></c>'
