"""Reading a sheet of an Excel workbook as a table of texts, as a person sees them.

Of a formula the value counts that was last computed; nothing is computed here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from xml.etree.ElementTree import Element

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from subscribers.errors import ReaderFileError
from subscribers.importing.excel_archive import ExcelArchive
from subscribers.importing.excel_parts import SharedTexts, sheet_rows
from subscribers.importing.tables import Row

_TRUE = {"1": "TRUE", "0": "FALSE"}
# Beside the file itself, and deleted with it.
_TEXTS = "texts.sqlite3"
_SHARED = "sharedStrings"


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    part: str
    hidden: bool


class ExcelTable:
    """One sheet of a workbook that was found readable."""

    def __init__(self, archive: ExcelArchive, sheet: str) -> None:
        self._archive = archive
        part = _workbook_part(archive)
        self._related = archive.related_to(part)
        workbook = archive.xml(part)
        counts_from_1904 = any(
            one.get("date1904") in {"1", "true"} for one in _elements(workbook, "workbookPr")
        )
        self._epoch = MAC_EPOCH if counts_from_1904 else WINDOWS_EPOCH
        self._parts = self._sheets(workbook)
        self._dates = self._date_styles()
        self._texts: SharedTexts | None = None
        self._chosen = self._choose(sheet)

    @property
    def format(self) -> str:
        return f"sheet “{self._chosen.name}” of an Excel workbook"

    @property
    def sheets(self) -> list[str]:
        return [part.name for part in self._parts]

    @property
    def sheet(self) -> str:
        return self._chosen.name

    def rows(self) -> Iterator[tuple[Row, float]]:
        yield from self._rows(self._chosen)

    def _rows(self, part: _Part) -> Iterator[tuple[Row, float]]:
        for number, cells, done in sheet_rows(self._archive, part.part, self._understood):
            if any(cell.strip() for cell in cells):
                yield Row(number, number, cells), done

    def _choose(self, wanted: str) -> _Part:
        if wanted:
            for part in self._parts:
                if part.name == wanted:
                    return part
            names = ", ".join(f"“{name}”" for name in self.sheets)
            raise ReaderFileError(
                f"{self._archive.name} has no sheet of that name; it has {names}."
            )
        # What is hidden comes last.
        for part in sorted(self._parts, key=lambda part: part.hidden):
            if next(self._rows(part), None) is not None:
                return part
        raise ReaderFileError(f"{self._archive.name} has no row in any sheet.")

    def _sheets(self, workbook: Element) -> list[_Part]:
        found = []
        for element in _elements(workbook, "sheet"):
            key = next((value for name, value in element.items() if name.endswith("}id")), "")
            kind, part = self._related.get(key, ("", ""))
            if kind == "worksheet" and part in self._archive:
                name = "".join(filter(str.isprintable, element.get("name", "")))[:100]
                hidden = element.get("state", "visible") != "visible"
                found.append(_Part(name, part, hidden))
        if not found:
            raise self._archive.odd()
        return found

    def _date_styles(self) -> frozenset[str]:
        """The numbers of the styles in which a number is shown as a date."""
        part = next((part for kind, part in self._related.values() if kind == "styles"), "")
        if part not in self._archive:
            return frozenset()
        styles = self._archive.xml(part)
        codes: dict[int, str] = dict(BUILTIN_FORMATS)
        for element in _elements(styles, "numFmt"):
            if (number := element.get("numFmtId", "")).isdecimal():
                codes[int(number)] = element.get("formatCode", "")
        dates = set()
        for formats in _elements(styles, "cellXfs"):
            for place, style in enumerate(formats):
                number = style.get("numFmtId", "0")
                if number.isdecimal() and is_date_format(codes.get(int(number))):
                    dates.add(str(place))
        return frozenset(dates)

    def _understood(self, kind: str, style: str, content: str) -> str:
        """A cell as a person sees it; a date as ISO 8601 writes it."""
        if kind == "s":
            return self._text(content)
        if kind == "b":
            return _TRUE.get(content, content)
        if kind != "n":
            return content
        try:
            number = float(content)
        except ValueError:
            return content
        if style in self._dates and (day := self._day(number)):
            return day
        # 5.0 is written as 5.
        whole = math.isfinite(number) and number == int(number) and abs(number) < 1e15
        return str(int(number)) if whole else content

    def _text(self, content: str) -> str:
        if not content.isdecimal() or len(content) > 10:
            return ""
        if self._texts is None:
            self._texts = SharedTexts(self._archive.file.with_name(_TEXTS))
            part = next((part for kind, part in self._related.values() if kind == _SHARED), "")
            self._texts.read(self._archive, part)
        return self._texts[int(content)]

    def _day(self, number: float) -> str:
        try:
            found = from_excel(number, self._epoch)
        except (OverflowError, ValueError):
            return ""
        if not isinstance(found, datetime):
            return ""
        return found.isoformat() if found.time() != time() else found.date().isoformat()


def open_workbook(file: Path, name: str, sheet: str) -> ExcelTable:
    """Open a workbook at one of its sheets.

    Args:
        file: where it is; shared texts are put beside it.
        name: what the person calls it.
        sheet: the sheet's name; empty: the first one that has rows.

    Raises:
        ReaderFileError: if it is no workbook, has no such sheet, or has no row.
    """
    return ExcelTable(ExcelArchive(file, name), sheet)


def _workbook_part(archive: ExcelArchive) -> str:
    main = [part for kind, part in archive.related_to("").values() if kind == "officeDocument"]
    return next((part for part in [*main, "xl/workbook.xml"] if part in archive), "")


def _elements(root: Element, tag: str) -> Iterator[Element]:
    """Those of a name, in whatever of the format's two dialects."""
    return (one for one in root.iter() if one.tag.rpartition("}")[2] == tag)
