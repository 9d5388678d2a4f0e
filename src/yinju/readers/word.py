"""Word documents: paragraphs as they read with all changes accepted, headings by style, lists, tables as lines."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from io import BytesIO

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.styles.style import BaseStyle
from lxml import etree

from yinju.readers import archive, tables
from yinju.readers.archive import damage_refused
from yinju.readers.cleaning import clean, on_one_line
from yinju.readers.composing import Composer
from yinju.readers.headings import Line, found_headings
from yinju.readers.numbering import Numbering
from yinju.records import Reading

_P, _TBL, _TR, _TC, _R, _T = (qn(f"w:{tag}") for tag in ("p", "tbl", "tr", "tc", "r", "t"))
_VAL = qn("w:val")
_NOT_READ = frozenset(
    [
        *(qn(f"w:{tag}") for tag in ("del", "moveFrom", "instrText", "delText", "rPr", "pPr", "rt", "txbxContent")),
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    ]
)
_CHARACTERS = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-", qn("w:ptab"): " "}
_OFF = ("0", "false", "off")


def read(data: bytes, name: str) -> Reading:
    """Read a .docx file. The title is its Title paragraph, its only first heading, or its properties'."""
    archive.check(name, data)
    with damage_refused(name):
        document = docx.Document(BytesIO(data))
        return _Body(name, document).reading()


class _Body:
    def __init__(self, name: str, document: Document) -> None:
        self._document = document
        self._composer = Composer(name)
        self._numbering = Numbering(document)
        self._plain: list[Line] = []

    def reading(self) -> Reading:
        parts = [*self._parts(self._document.element.body), *self._footnotes()]
        guessed = {} if any(part.level is not None for part in parts) else found_headings(parts)
        for index, part in enumerate(parts):
            level = guessed.get(index, part.level)
            if level == 0:
                self._composer.title(on_one_line(part.text))
            elif level:
                self._composer.heading(on_one_line(part.text), level)
            elif part.is_entry:
                self._composer.entry(part.text)
            else:
                self._composer.paragraph(part.text)
        return self._composer.reading(self._document.core_properties.title or "")

    def _parts(self, root: etree._Element) -> Iterator[Line]:
        """The paragraphs and table rows below an element, in order. Content controls and the like are gone through."""
        for element in root:
            if element.tag == _P:
                yield from self._paragraph(element)
            elif element.tag == _TBL:
                yield from self._table(element)
            elif element.tag not in _NOT_READ:
                yield from self._parts(element)

    def _footnotes(self) -> Iterator[Line]:
        """What stands at the foot of pages or at the end, after the text: where on its pages is known to Word alone."""
        for relation in self._document.part.rels.values():
            if relation.reltype.endswith(("/footnotes", "/endnotes")) and not relation.is_external:
                root = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False))
                for paragraph in root.iter(_P):
                    if words := clean(_words(paragraph)):
                        yield Line(words, is_entry=True)

    def _paragraph(self, element: etree._Element) -> Iterator[Line]:
        style = self._styles.get(_value(element, "w:pPr/w:pStyle") or self._normal)
        name = (style.name or "").lower() if style is not None else ""
        words = clean(_words(element))
        if words and not name.startswith(("toc ", "table of contents", "index ", "目录")):
            label = self._numbering.label(element, style)
            level = _level(element, style, name)
            if level is None and (label or name.startswith("list")):
                yield Line(f"{label}{words}", is_entry=True)
            elif level is None:
                yield from (
                    Line(words, self._size(element, style), _is_bold(element, style)) for words in _split(words)
                )
            else:
                yield Line(f"{label}{words}", level=level)
        for box in element.iter(qn("w:txbxContent")):
            if not any(each.tag.endswith("}Fallback") for each in box.iterancestors()):
                yield from self._parts(box)

    def _table(self, table: etree._Element) -> Iterator[Line]:
        rows, headers = _rows(table)
        longest = max((len(cell or "") for row in rows for cell in row), default=0)
        if max(map(len, rows), default=0) < 2 or longest > 600:
            for cell in table.iter(_TC):  # a frame around text, not a table
                if not any(each.tag == _TC for each in cell.iterancestors()):
                    yield from self._parts(cell)
            return
        for line in tables.lines(rows, headers or None):
            yield Line(line, is_entry=True)

    @cached_property
    def _styles(self) -> dict[str, BaseStyle]:
        return {style.style_id: style for style in self._document.styles}

    @cached_property
    def _normal(self) -> str:
        return next((style.style_id for style in self._styles.values() if style.name == "Normal"), "")

    def _size(self, element: etree._Element, style: BaseStyle | None) -> float:
        """In points, of the paragraph's first run; 0 where nothing says."""
        stated = _value(element, "w:r/w:rPr/w:sz") or next(
            (value for each in _chain(style) if (value := _value(each.element, "w:rPr/w:sz"))), None
        )
        return float(stated) / 2 if stated and stated.isdigit() else 0.0


def _level(element: etree._Element, style: BaseStyle | None, name: str) -> int | None:
    """A heading's level, 0 for the title, None for other paragraphs."""
    if name in ("title", "标题"):
        return 0
    stated = _value(element, "w:pPr/w:outlineLvl") or next(
        (value for each in _chain(style) if (value := _value(each.element, "w:pPr/w:outlineLvl"))), None
    )
    if stated in tuple("012345678"):
        return int(stated) + 1
    number = name.removeprefix("heading ").removeprefix("标题 ")
    return int(number) if number != name and number in tuple("123456789") else None


def _chain(style: BaseStyle | None) -> Iterator[BaseStyle]:
    """A style and those it is based on."""
    for _ in range(12):
        if style is None:
            return
        yield style
        style = getattr(style, "base_style", None)


def _is_bold(element: etree._Element, style: BaseStyle | None) -> bool:
    runs = [run for run in element.iter(_R) if any((each.text or "").strip() for each in run.iter(_T))]
    if runs and all(run.find(qn("w:rPr") + "/" + qn("w:b")) is not None for run in runs):
        return all(_value(run, "w:rPr/w:b") not in _OFF for run in runs)
    return any(each.element.find(qn("w:rPr") + "/" + qn("w:b")) is not None for each in _chain(style))


def _value(element: etree._Element, path: str) -> str | None:
    found = element.find("/".join(map(qn, path.split("/"))))
    return None if found is None else found.get(_VAL)


def _words(paragraph: etree._Element) -> str:
    """A paragraph's text: insertions in, deletions, hidden runs, field codes and pronunciations out."""
    parts: list[str] = []
    walker = etree.iterwalk(paragraph, events=("start",))
    for _, element in walker:
        if element.tag in _NOT_READ or (element.tag == _R and _is_hidden(element)):
            walker.skip_subtree()
        elif element.tag == _T:
            parts.append(element.text or "")
        elif element.tag in _CHARACTERS:
            parts.append(_CHARACTERS[element.tag])
    return "".join(parts)


def _is_hidden(run: etree._Element) -> bool:
    vanish = run.find(qn("w:rPr") + "/" + qn("w:vanish"))
    return vanish is not None and vanish.get(_VAL) not in _OFF


def _split(words: str) -> list[str]:
    """The lines of a paragraph broken by hand, those together that are one sentence."""
    lines: list[str] = []
    for line in words.split("\n"):
        if lines and lines[-1][-1] not in "。！？：；.!?:;":
            lines[-1] += "\n" + line
        else:
            lines.append(line)
    return lines


def _rows(table: etree._Element) -> tuple[list[list[str | None]], int]:
    """The table's rows, and how many of the first it marks as headers."""
    rows: list[list[str | None]] = []
    headers = 0
    for row in table.iterchildren(_TR):
        cells: list[str | None] = []
        for cell in row.iter(_TC):
            if next(each for each in cell.iterancestors(_TR)) is not row:
                continue  # of a table within
            merge = cell.find(qn("w:tcPr") + "/" + qn("w:vMerge"))
            words = "\n".join(_words(each) for each in cell.iter(_P))
            if merge is not None and merge.get(_VAL) != "restart" and rows and len(cells) < len(rows[-1]):
                words = rows[-1][len(cells)] or ""
            span = _value(cell, "w:tcPr/w:gridSpan") or "1"
            cells += [words, *[None] * (min(int(span), 60) - 1 if span.isdigit() else 0)]
        rows.append(cells)
        if headers == len(rows) - 1 and row.find(qn("w:trPr") + "/" + qn("w:tblHeader")) is not None:
            headers += 1
    return rows, headers
