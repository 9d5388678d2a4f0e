"""Excel workbooks: each sheet a section, each row a line with its columns' labels, figures as the sheet shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from zipfile import ZipFile

from lxml import etree
from openpyxl.cell import Cell, MergedCell
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.cell import range_boundaries

from yinju.readers import archive, tables
from yinju.readers.archive import damage_refused
from yinju.readers.cell_formats import shown
from yinju.readers.composing import Composer
from yinju.readers.limits import MOST_CELLS
from yinju.readers.reasons import refusal
from yinju.records import Reading

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_NAMED_BY_EXCEL = re.compile(r"(?:sheet|工作表|chart)\s*\d*", re.IGNORECASE)
_MOST_MERGES = 100_000


def read(data: bytes, name: str) -> Reading:
    """Read an .xlsx file; hidden sheets are left out. The title is the workbook's properties', or the file's name.

    Raises Unreadable for a workbook whose formulas have no results in it: they would be missing without a word.
    """
    archive.check(name, data)
    with damage_refused(name):
        reader = ExcelReader(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        reader.read()
        book = _Book(name)
        parts = {sheet.name: relation.target for sheet, relation in reader.parser.find_sheets()}
        if not set(parts.values()) <= set(reader.archive.namelist()):
            raise KeyError("a sheet that is not there")  # openpyxl goes on without it
        sheets = [sheet for sheet in reader.wb.worksheets if sheet.sheet_state == "visible"]
        for sheet in sheets:
            if len(sheets) > 1 or not _NAMED_BY_EXCEL.fullmatch(sheet.title):
                book.composer.heading(sheet.title, 1)
            sheet.reset_dimensions()  # what a sheet says of its size is often wrong, and sometimes enormous
            book.put(sheet.iter_rows(), _scan(reader.archive, parts[sheet.title]))
        return book.reading(reader.wb.properties.title or "")


class _Book:
    def __init__(self, name: str) -> None:
        self._name = name
        self.composer = Composer(name)
        self._cells = self._formulas = self._uncalculated = 0

    def put(self, rows: Iterable[Iterable[Cell | MergedCell]], scan: _Scan) -> None:
        """One sheet: a table between each two empty rows."""
        self._formulas += scan.formulas
        self._uncalculated += scan.uncalculated
        table: list[tables.Row] = []
        for number, row in enumerate(rows, start=1):
            cells = ["" if cell.value is None else shown(cell.value, cell.number_format) for cell in row]
            self._count(cells)
            filled = scan.merges.filled(number, cells)
            if any(filled):
                table.append(filled)
            elif table:
                self._put(table)
                table = []
        self._put(table)

    def reading(self, title: str) -> Reading:
        if self._uncalculated * 2 > self._formulas:
            raise refusal(
                self._name,
                "uncalculated",
                "has formulas that were never calculated. Open it in Excel or WPS, save it and add that.",
            )
        if self.composer.is_empty:
            raise refusal(self._name, "no-text", "is a workbook without anything in it. Add one that holds some text.")
        return self.composer.reading(title, lift=False)

    def _count(self, cells: list[str]) -> None:
        self._cells += sum(map(bool, cells))
        if self._cells > MOST_CELLS:
            raise refusal(self._name, "too-large", f"has more than {MOST_CELLS:,} cells. Divide it and add the parts.")

    def _put(self, rows: list[tables.Row]) -> None:
        for line in tables.lines(rows):
            self.composer.entry(line)


@dataclass(slots=True)
class _Merges:
    """The merged cells of a sheet, followed from its first row down."""

    starting: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)  # row: (first, last column, last row)
    open: list[tuple[int, int, int, str]] = field(default_factory=list)

    def filled(self, number: int, cells: list[str]) -> list[str | None]:
        """A row with the words of cells merged downwards repeated, and None where a cell goes on to the right."""
        filled: list[str | None] = list(cells)
        self.open = [merge for merge in self.open if merge[2] >= number]
        for first, last, _, words in self.open:
            _fill(filled, first, last, words)
        for first, last, below in self.starting.pop(number, []):
            words = cells[first] if first < len(cells) else ""
            _fill(filled, first, last, words)
            if below > number:
                self.open.append((first, last, below, words))
        return filled


def _fill(row: list[str | None], first: int, last: int, words: str) -> None:
    if words:
        row += [""] * (last + 1 - len(row))
        row[first : last + 1] = [words, *[None] * (last - first)]


@dataclass(slots=True)
class _Scan:
    """What openpyxl does not say of a sheet that it reads row by row."""

    merges: _Merges = field(default_factory=_Merges)
    formulas: int = 0
    uncalculated: int = 0


def _scan(package: ZipFile, part: str) -> _Scan:
    scan = _Scan()
    with package.open(part) as source:
        for element in _elements(
            etree.iterparse(source, tag=(f"{_MAIN}c", f"{_MAIN}mergeCell"), resolve_entities=False)
        ):
            if element.tag.endswith("mergeCell"):
                if len(scan.merges.starting) > _MOST_MERGES:
                    break
                left, top, right, bottom = range_boundaries(element.get("ref") or "")
                scan.merges.starting.setdefault(top or 1, []).append(
                    ((left or 1) - 1, min((right or 1) - 1, (left or 1) + 200), bottom or 1)
                )
            elif (formula := element.find(f"{_MAIN}f")) is not None and element.get("t") != "str":
                scan.formulas += 1
                scan.uncalculated += not element.findtext(f"{_MAIN}v") and formula is not None
    return scan


def _elements(events: Iterable[tuple[str, etree._Element]]) -> Iterator[etree._Element]:
    """Elements as they end, each forgotten once used: a sheet may hold millions."""
    for _, element in events:
        yield element
        element.clear()
        above = element.getparent()
        while above is not None and element.getprevious() is not None:
            del above[0]
