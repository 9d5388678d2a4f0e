"""PDF documents: text in reading order, without running heads; tables as lines, headings by how they look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pypdfium2 as pdfium
from pypdfium2 import raw

from yinju.readers import outline, tables
from yinju.readers.composing import Composer
from yinju.readers.headings import Line as Look
from yinju.readers.headings import found_headings
from yinju.readers.limits import MOST_CHARACTERS, MOST_PAGES
from yinju.readers.pdf.columns import regions
from yinju.readers.pdf.glyphs import Sheet, sheet
from yinju.readers.pdf.grids import divided
from yinju.readers.pdf.lines import Line, Run, lines, runs
from yinju.readers.pdf.paragraphs import Paragraph, linked, paragraphs, set_columns, words_of
from yinju.readers.pdf.running import without_heads
from yinju.readers.reasons import refusal
from yinju.records import Reading

_END = 2048  # bytes in which a file's end mark stands
_FEW = 20  # characters on a page that is a picture: a stamp, a page number
_LINEARIZED = re.compile(rb"/Linearized\s.{0,200}?/L\s+(\d{1,12})", re.DOTALL)
_AGAIN = "Open it in a PDF viewer, print it to PDF again, and add that."


def read(data: bytes, name: str) -> Reading:
    """Read a PDF. The title is what its first page sets largest, or the file's name; `pages` are its pages.

    Raises Unreadable for a file that is encrypted, cut off or damaged, and for one of pictures without text.
    """
    _check_end(name, data)
    document = _opened(name, data)
    try:
        count = len(document)
        if count > MOST_PAGES:
            raise refusal(name, "too-large", f"has more than {MOST_PAGES:,} pages. Divide it and add the parts.")
        pages = list(_pages(name, document))
        marks = _bookmarks(document)
    finally:
        document.close()
    return _Text(name, pages, marks).reading()


def _check_end(name: str, data: bytes) -> None:
    """PDFium makes what it can of a file without its end, which is less than was in it."""
    stated = _LINEARIZED.search(data[:2048])
    if b"%%EOF" not in data.rstrip(b"\x00\r\n\t ")[-_END:] or (stated and int(stated[1]) > len(data)):
        raise refusal(name, "truncated", "does not end as a PDF does: its end is missing. Copy or download it again.")


def _opened(name: str, data: bytes) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise refusal(
                name, "password", "is protected by a password. Save it without the password and add that."
            ) from error
        raise refusal(name, "damaged", f"is not a PDF that can be opened. {_AGAIN}") from error
    if not len(document):
        raise refusal(name, "damaged", f"is a PDF without pages. {_AGAIN}")
    return document


class _Page:
    """A page's lines in reading order, in regions, and what else is on it."""

    def __init__(self, number: int, found: Sheet) -> None:
        grids, outside = divided(found.glyphs, found.rules)
        self.number = number
        self.width, self.height = found.width, found.height
        self.characters = len(found.glyphs)
        self.unmapped = found.unmapped
        self.pictured = found.pictured
        placed = [*runs(outside), *(Run.around(grid.line()) for grid in grids)]
        self.parts = [lines(region) for region in regions(placed)]
        for line in self.lines:
            line.page = number

    @property
    def lines(self) -> list[Line]:
        return [line for part in self.parts for line in part]

    def keep(self, kept: Sequence[Line]) -> None:
        wanted = set(map(id, kept))
        self.parts = [[line for line in part if id(line) in wanted] for part in self.parts]


def _pages(name: str, document: pdfium.PdfDocument) -> Iterator[_Page]:
    characters = 0
    for number in range(len(document)):
        try:
            page = document[number]
        except pdfium.PdfiumError as error:
            raise refusal(name, "damaged", f"is damaged at page {number + 1}. {_AGAIN}") from error
        try:
            found = _Page(number, sheet(page))
        finally:
            page.close()
        characters += found.characters
        if characters > MOST_CHARACTERS:
            raise refusal(
                name, "too-large", f"holds more than {MOST_CHARACTERS:,} characters. Divide it and add the parts."
            )
        yield found


def _bookmarks(document: pdfium.PdfDocument) -> dict[str, int]:
    """The level of each entry of the document's outline, by its title without spaces; 1 for the highest."""
    try:
        return {_bare(mark.get_title()): mark.level + 1 for mark in document.get_toc(max_depth=6)}
    except (pdfium.PdfiumError, UnicodeDecodeError):
        return {}  # an outline is a help, not the text


def _bare(words: str) -> str:
    return "".join(words.split())


def _longer(row: Sequence[str | None], more: Sequence[str | None]) -> list[str | None]:
    return [f"{first or ''}\n{second}" if second else first for first, second in zip(row, more, strict=True)]


class _Text:
    def __init__(self, name: str, pages: Sequence[_Page], marks: dict[str, int]) -> None:
        self._name = name
        self._pages = pages
        self._marks = marks
        self._composer = Composer(name)
        self._turned = 0

    def reading(self) -> Reading:
        self._check_characters()
        kept = without_heads([page.lines for page in self._pages], [page.height for page in self._pages])
        if any(kept):  # else all there is looks like heads and page numbers, and is the text
            for page, lines_ in zip(self._pages, kept, strict=True):
                page.keep(lines_)
        parts = [part for page in self._pages for part in page.parts if part]
        set_columns(parts, [page.width for page in self._pages])
        words = words_of([line for part in parts for line in part])
        self._put(linked([paragraphs(part, words) for part in parts], words))
        if self._composer.is_empty:
            raise self._without_text()
        self._turn(len(self._pages) - 1)
        return self._composer.reading()

    def _check_characters(self) -> None:
        read, unmapped = (sum(getattr(page, key) for page in self._pages) for key in ("characters", "unmapped"))
        if unmapped * 3 > read + unmapped:
            raise refusal(
                self._name,
                "unmapped-fonts",
                "has fonts that do not say which characters they show. Have it recognised (OCR) and add the result.",
            )
        pictures = [page for page in self._pages if page.pictured > 0.4 and page.characters < _FEW]
        if len(pictures) * 2 > len(self._pages) and read < 4 * _FEW * len(self._pages):
            raise self._without_text()

    def _without_text(self) -> Exception:
        if any(page.pictured for page in self._pages):
            return refusal(
                self._name,
                "scan",
                "is a scan: pictures of pages without their text. Have it recognised (OCR) and add the result.",
            )
        return refusal(self._name, "no-text", "is a PDF without text. Add one that holds some.")

    def _put(self, found: Sequence[Paragraph]) -> None:
        levels = self._levels(found)
        table: list[Paragraph] = []
        for index, paragraph in enumerate(found):
            if table and (not paragraph.rows or len(paragraph.rows[0]) != len(table[0].rows[0])):
                self._put_table(table)
                table = []
            if paragraph.rows:
                table.append(paragraph)  # one that goes on over the page has its labels on the first alone
                continue
            self._turn(paragraph.pages[0])
            level = levels.get(index)
            if level == 0:
                self._composer.title(paragraph.text)
            elif level:
                self._composer.heading(paragraph.text, level)
            elif paragraph.is_entry:
                self._composer.entry(*paragraph.pieces)
            elif outline.is_caption(paragraph.text):
                self._composer.caption(paragraph.text)
            else:
                self._composer.paragraph(*paragraph.pieces)
            self._turned = paragraph.pages[-1] + 1
        self._put_table(table)

    def _put_table(self, parts: Sequence[Paragraph]) -> None:
        rows: list[tuple[int, list[str | None]]] = []
        for part in parts:
            for index, row in enumerate(part.rows):
                if rows and index == 0 and not row[0] and any(row):
                    rows[-1] = (rows[-1][0], _longer(rows[-1][1], row))  # a row that the page's end divided
                else:
                    rows.append((part.pages[0], row))
        for index, line in tables.numbered_lines([row for _, row in rows]):
            self._turn(rows[index][0])
            self._composer.entry(line)

    def _turn(self, page: int) -> None:
        while self._turned <= page:
            self._composer.turn_page()
            self._turned += 1

    def _levels(self, found: Sequence[Paragraph]) -> dict[int, int]:
        looks = [
            Look(each.text, each.first.size, each.is_bold, is_entry=each.is_entry and not outline.numbering(each.text))
            for each in found
        ]
        seen = found_headings(looks)
        marked = {
            index: self._marks[_bare(each.text)] for index, each in enumerate(found) if _bare(each.text) in self._marks
        }
        if len(marked) < 3:
            return seen
        return {index: level for index, level in seen.items() if level == 0 and index not in marked} | marked
